"""Prompts and the templates around them: what they ask for, and which vendors they name."""
