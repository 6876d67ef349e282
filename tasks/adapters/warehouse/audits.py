"""Runs the audits of `sql/audit`: each selects rows that violate a rule."""

from tasks.adapters.warehouse import sqlfiles
from tasks.adapters.warehouse.store import Store
from tasks.domain.rows import Finding

SHOWN = 5
"""Rows of an audit in its finding; a SELECT returns all of them."""


def findings(database: Store) -> list[Finding]:
    """Return the finding of each audit that has rows in the warehouse or a snapshot, in a fixed order."""
    result = []
    for relation in sqlfiles.relations():
        if relation.schema == "audit":
            rows = database.read(relation.quoted)
            if not rows.is_empty():
                first = rows.sort(*rows.columns).head(SHOWN).to_dicts()
                result.append(Finding(relation.name, relation.level, relation.comment, rows.height, first))
    return result
