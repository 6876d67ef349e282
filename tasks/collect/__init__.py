"""Plan -> requests -> replies."""
