"""A home as version 0.1.0 left it: its warehouse and snapshot, made by its own code (`tests/fixtures`)."""

import lzma

from tasks.adapters.settings import PROJECT, Home

FIXTURES = PROJECT / "tests" / "fixtures"


def write(home: Home) -> Home:
    """Write the warehouse and the snapshot of version 0.1.0 into `home` and return it."""
    home.root.mkdir(parents=True, exist_ok=True)
    for path in (home.warehouse, home.published):
        path.write_bytes(lzma.decompress((FIXTURES / f"{path.stem}_0_1.duckdb.xz").read_bytes()))
    return home
