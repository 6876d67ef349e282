"""What RSE by text, embeddings and drift compare of two replies; the verdict's own comparisons are `channels`."""
