"""Ways to reach models: one file each, chosen by `endpoint.provider` of a card."""
