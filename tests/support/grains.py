"""Relations whose rows are not told apart by their grain."""

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles, store


def repeated(home: Home) -> list[str]:
    """Return the relations of the published snapshot in which two rows have the same grain."""
    with store.reading(home) as snapshot:
        counts = {
            relation.full_name: snapshot.ask(
                f"select count(*), count(distinct row({relation.grain})) from {relation.quoted}"
            ).row(0)
            for relation in sqlfiles.published()
        }
    return [name for name, (n_rows, n_keys) in counts.items() if n_rows != n_keys]
