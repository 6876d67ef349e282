"""The `distillometer` command: one file a verb; `main` lists them."""
