"""Mutations of templates: one file each, the constant has the file's name. Some ask an attacker, most need none."""
