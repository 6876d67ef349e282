"""Rival statistics of likeness, as others published them: one file each, the constant has the file's name."""
