"""Relations whose rows are not told apart by their grain."""

from collections.abc import Collection

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles, store


def repeated(home: Home, schemas: Collection[str] = sqlfiles.SCHEMAS) -> list[str]:
    """Return the relations of the published snapshot in which two rows have the same grain, of these schemas."""
    with store.reading(home) as snapshot:
        counts = {
            relation.full_name: snapshot.ask(
                f"select count(*), count(distinct row({relation.grain})) from {relation.quoted}"
            ).row(0)
            for relation in sqlfiles.published()
            if relation.schema in schemas
        }
    return [name for name, (n_rows, n_keys) in counts.items() if n_rows != n_keys]
