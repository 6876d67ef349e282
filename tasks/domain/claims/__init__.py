"""Rules that find what the speaker of a text claims about its own identity."""
