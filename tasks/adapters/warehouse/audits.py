"""Runs the relations of `sql/audit`, each of which selects rows that should not be."""

from tasks.adapters.warehouse import sqlfiles
from tasks.adapters.warehouse.store import Store
from tasks.domain.rows import Finding

SHOWN = 5
"""Rows of a check that a finding carries; all of them are a SELECT away."""


def findings(database: Store) -> list[Finding]:
    """Return what each check that found anything found in the warehouse or a snapshot, in a fixed order."""
    found = []
    for relation in sqlfiles.relations():
        if relation.schema == "audit":
            rows = database.read(relation.quoted)
            if not rows.is_empty():
                first = rows.sort(*rows.columns).head(SHOWN).to_dicts()
                found.append(Finding(relation.name, relation.level, relation.comment, rows.height, first))
    return found
