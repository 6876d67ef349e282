"""Shared lineage of targets and candidates: a score against its null, its degree, and the verdict."""
