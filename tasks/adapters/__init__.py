"""The only modules that touch the world: database, network, files, environment, models."""
