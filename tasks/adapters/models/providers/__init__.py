"""Ways to reach models that speak OpenAI's protocol: one file each, a `Provider` of `domain/ports.py`."""
