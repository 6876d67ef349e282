"""Ways to reach models that speak OpenAI's protocol: one file each, as `endpoint.provider` of a card names it."""
