"""A plan with all files that it names, checked against the warehouse."""
