"""Has an endpoint changed between two rounds? Which rounds compare, and what is compared."""
