"""Rows -> readable text: sentences and the contents of pages."""
