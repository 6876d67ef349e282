"""Order and loops only: each file holds one Prefect flow; `cli` is the command."""
