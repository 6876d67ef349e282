"""A scoring before it runs: checked, recorded, and whether all of its scores exist."""

from pathlib import Path

from tasks.adapters.inputs import lineages
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import formed, store
from tasks.domain.scoring import ScoringPlan


def register(scoring: ScoringPlan, home: Home) -> bool:
    """Record lineage files and hypotheses; return whether all is scored already and nothing has changed since.

    Raises:
        InputError: there is nothing to score, or a name, a file or a hypothesis is wrong; nothing is written.
        WarehouseHeld: a run writes to it.
    """
    lineage, bases = (Path(path) if path else None for path in (scoring.lineage, scoring.bases))
    rows = lineages.scoring_lineages([*scoring.references, *scoring.grade_against], home, lineage, bases)
    hypotheses = lineages.read_hypotheses(scoring.hypotheses, rows, home)
    with store.writing(home) as warehouse:
        lineages.record_lineages(rows, warehouse)
        lineages.record_hypotheses(hypotheses, "score", warehouse)
        key = formed.formed_from(warehouse, list(scoring.references), scoring.embedding, scoring.seed)
        return all(formed.is_formed(warehouse, step, key) for step in (formed.SIMILARITY, formed.DRIFT))
