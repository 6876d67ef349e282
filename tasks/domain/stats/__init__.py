"""Intervals, tests and summaries that respect clusters and missing values; chance is always an argument."""
