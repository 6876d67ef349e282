"""Foreign files of replies that can be ingested: one file each, found by name."""
