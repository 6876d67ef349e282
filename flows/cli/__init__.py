"""The `distillometer` command: `main` lists the verbs and names the file of each."""
