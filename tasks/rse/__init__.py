"""Pairs of replies -> grades from 1 to 5."""
