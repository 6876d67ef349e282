"""Similarity of two replies, from their text alone."""
