"""Rules that find in a text what its speaker says of its own identity."""
