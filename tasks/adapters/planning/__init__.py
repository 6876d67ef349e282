"""A plan with all that it names, checked against the warehouse."""
