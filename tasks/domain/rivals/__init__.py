"""Rival statistics of similarity, as others published them: one file each, the constant has the file's name."""
