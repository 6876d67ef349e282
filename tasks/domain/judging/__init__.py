"""Reading replies: what the speaker says of itself, and whether that fits the facts."""
