"""A reference bank: what verdicts need of many models' replies to fixed prompts, and none of their text."""
