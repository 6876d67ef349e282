"""Prefect: server, workers, limits, progress, artifacts."""
