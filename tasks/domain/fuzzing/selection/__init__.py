"""Policies that choose which template is mutated next: one file each, the constant has the file's name."""
