"""Replies -> similarity of every pair of models -> verdicts."""
