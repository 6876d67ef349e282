"""Prints the power of verdicts, before requests are sent and after they are scored."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tasks.adapters.inputs import cards
from tasks.adapters.settings import Home
from tasks.domain.reporting.power_sentences import Design, power_sentences

if TYPE_CHECKING:
    from tasks.adapters.planning.plans import Prepared

INDEPENDENT = "independent"


def planned(prepared: "Prepared") -> list[str]:
    """Return sentences on the power of a plan's verdicts; none for a plan without prompts to compare."""
    plan = prepared.plan
    n_prompts = sum(
        min(choice.limit or len(prepared.prompts[choice.set]), len(prepared.prompts[choice.set]))
        for choice in plan.prompts
    )
    if not n_prompts:
        return []
    chosen = [prepared.cards[name] for name in plan.references or plan.models]
    controls = [card.vendor for card in chosen if card.lineage.role == INDEPENDENT]
    n_targets = sum(prepared.cards[name].lineage.role != INDEPENDENT for name in plan.models)
    return power_sentences(Design(Counter(controls), n_prompts, n_targets, _available(controls)))


def scored(home: Home) -> list[str]:
    """Return sentences on the power of the published verdicts; none where there are no verdicts."""
    from tasks.adapters.warehouse import store

    with store.reading(home) as snapshot:
        background = snapshot.read_columns("mart.background", ["vendor", "role", "is_background"])
        targets = snapshot.read_columns("core.verdict_of_target", ["target"])
        models = snapshot.read_columns("core.model", ["model", "role"], role=INDEPENDENT)
        n_prompts = snapshot.read_columns("mart.verdict", ["n_prompts"])["n_prompts"]
    if n_prompts.is_empty():
        return []
    controls = [
        vendor for vendor, role, is_background in background.iter_rows() if is_background and role == INDEPENDENT
    ]
    n_targets = len(set(targets["target"]) - set(models["model"]))
    median = int(n_prompts.median() or 0)  # type: ignore[arg-type]
    return power_sentences(Design(Counter(controls), median, n_targets, _available(controls)))


def _available(vendors: Iterable[str]) -> list[str]:
    """Return the vendors of independent models that have a card and are not among `vendors`, the most models first."""
    present = set(vendors)
    counts = Counter(
        card.vendor
        for name in cards.card_names()
        if (card := cards.read_card(name)).lineage.role == INDEPENDENT and card.vendor not in present
    )
    return [vendor for vendor, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
