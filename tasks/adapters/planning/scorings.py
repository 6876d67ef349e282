"""A scoring before it runs: checked, put on record, and whether all that it asks for is there."""

from pathlib import Path

from tasks.adapters.inputs import lineages
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import formed, store
from tasks.domain.scoring import ScoringPlan


def register(wanted: ScoringPlan, home: Home) -> bool:
    """Put lineage files and hypotheses on record; say whether all is scored already, as if nothing had changed since.

    Raises:
        InputError: there is nothing to score, or a name, a file or a hypothesis is wrong; nothing is written.
        WarehouseHeld: a run writes to it.
    """
    lineage, bases = (Path(path) if path else None for path in (wanted.lineage, wanted.bases))
    rows = lineages.checked([*wanted.references, *wanted.grade_against], home, lineage, bases)
    hypotheses = lineages.read_hypotheses(wanted.hypotheses, rows, home)
    with store.writing(home) as warehouse:
        lineages.keep(rows, warehouse)
        lineages.keep_hypotheses(hypotheses, "score", warehouse)
        key = formed.formed_from(warehouse, list(wanted.references), wanted.embedding, wanted.seed)
        return all(formed.is_formed(warehouse, step, key) for step in (formed.SIMILARITY, formed.DRIFT))
