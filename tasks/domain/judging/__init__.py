"""Judges: what the speaker of a reply claims about itself, and whether the facts agree."""
