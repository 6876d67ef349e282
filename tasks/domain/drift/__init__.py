"""Has an endpoint changed between two rounds? The rounds to compare, and the measures."""
