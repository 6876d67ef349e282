"""Grading how alike two replies are: judges of pairs, and which pairs they read."""
