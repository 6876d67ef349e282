"""Sums over prompts of how alike each pair of models is, channel by channel."""
