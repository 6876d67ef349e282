"""Files that a user gives: cards, plans, prompts, lineage, recorded replies."""
