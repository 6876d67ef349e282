"""Embedders: one file each, an `Embedder` of `domain/ports.py`."""
