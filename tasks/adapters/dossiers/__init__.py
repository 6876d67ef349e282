"""Dossiers as files: gathered out of a snapshot, written, read and held against their index."""
