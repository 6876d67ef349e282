"""Verdicts held against a documented lineage: figures of our score and of rivals, for `validate` and the benchmarks."""
