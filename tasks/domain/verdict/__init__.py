"""Who shares lineage with whom: a score against its null, how much of the way to the same model, and the verdict."""
