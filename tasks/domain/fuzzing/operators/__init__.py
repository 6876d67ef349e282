"""Mutations of templates: one file each, the constant has the file's name. Some ask a helper model, most need none."""
