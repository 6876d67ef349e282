"""Output of the verbs: one file a stage."""
