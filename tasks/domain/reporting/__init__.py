"""Rows -> what a person reads: sentences and the contents of pages."""
