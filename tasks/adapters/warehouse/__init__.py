"""The database: facts, what is computed of them, the snapshot, and queries of the steps."""
