"""The measurement itself, pure: no files, network, clock, environment or global randomness."""
