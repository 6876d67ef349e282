"""Several models against a bank: each as `checking.check` has it, with p over all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from tasks.domain.bank.bank import Bank, Replies
from tasks.domain.bank.checking import Checked, conclude
from tasks.domain.bank.comparing import Compared, compare
from tasks.domain.verdict.kinds import ASKED, KIN
from tasks.domain.verdict.population import DocumentedModel


def check_all(
    bank: Bank, targets: Iterable[tuple[DocumentedModel, Replies]], named_vendors: Mapping[str, frozenset[str]]
) -> dict[str, Checked]:
    """Return the verdicts on each target by its name, corrected over all of them as those of a scoring are.

    Args:
        bank: the bank.
        targets: models with their replies.
        named_vendors: vendors that models' names name.
    """
    compared: dict[str, Compared] = {}
    p_of: dict[str, list[tuple[str, str, float]]] = {}
    for target, replies in targets:
        one = compare(bank, target, replies)
        compared[target.model] = one
        p_of[target.model] = list(_p_by_kind(conclude(one, named_vendors).rows, target))
    return {name: conclude(one, named_vendors, p_of_others=_others(p_of, name)) for name, one in compared.items()}


def _p_by_kind(rows: Iterable[Mapping[str, Any]], target: DocumentedModel) -> Iterable[tuple[str, str, float]]:
    """Yield kind, name and p of a target's hypotheses: one of each family, or of each pair that is corrected apart."""
    for row in rows:
        is_apart = row["kind"] in (ASKED, KIN)
        if row["p_target"] is not None and (is_apart or target.role != "independent"):
            name = f"{target.model}, {row['candidate_group']}" if is_apart else target.model
            yield row["kind"], name, row["p_target"]


def _others(p_of: Mapping[str, Iterable[tuple[str, str, float]]], without: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for target in p_of:
        for kind, name, p in p_of[target] if target != without else ():
            found.setdefault(kind, {})[name] = p
    return found
