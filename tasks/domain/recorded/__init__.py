"""Replies that were recorded elsewhere -> rows."""
