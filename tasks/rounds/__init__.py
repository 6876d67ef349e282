"""Rounds -> what changed between them."""
