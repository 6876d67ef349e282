"""Foreign files of replies that can be ingested: one file each, a `ForeignFormat` of `domain/ports.py`."""
