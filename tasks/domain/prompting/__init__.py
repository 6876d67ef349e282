"""Prompts and the templates around them: their content, and the vendors that they name."""
