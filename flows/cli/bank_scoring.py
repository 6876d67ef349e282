"""`score --bank`: the models of a home against the models of a reference bank."""

from typing import TYPE_CHECKING, Any

import polars as pl

from flows.cli.output import checks
from tasks.adapters import terminal
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.bank.bank import Bank, Replies
    from tasks.domain.bank.checking import Checked
    from tasks.domain.verdict.population import DocumentedModel, Population


def print_bank_verdicts(bank_name: str, place: Home) -> None:
    """Print the verdict on each model of a home that a bank does not hold; nothing is written."""
    from tasks.adapters.inputs import bank_files
    from tasks.adapters.warehouse import measured, store
    from tasks.domain.bank.checking_many import check_all
    from tasks.domain.verdict.population import Population

    bank = bank_files.read(bank_files.path_of(bank_name, place))
    with store.reading(place) as snapshot:
        population = measured.population_of(snapshot)
        targets = _targets(bank, population, snapshot)
    if not targets:
        raise InputError(
            "no model that is not in the bank has a reply to one of its prompts.",
            where=f"{place.root}, bank {bank.name}",
            remedy=f"Its prompts are of {', '.join(sorted({prompt.prompt_set for prompt in bank.prompts}))}.",
        )
    names = measured.named_vendors(Population((*bank.models, *(model for model, _ in targets))))
    found = check_all(bank, targets, names)
    terminal.print_lines([checks.answer(model, checked) for model, checked in found.items()])
    terminal.out().print(terminal.table("", _table(found)))
    terminal.print_lines(_limits(bank, population, found))


def _targets(bank: "Bank", population: "Population", snapshot: Any) -> "Sequence[tuple[DocumentedModel, Replies]]":
    """Return the models of a home that the bank does not hold, with their replies to its prompts, if any."""
    from tasks.domain.bank.bank import replies_of

    held, prompts = {model.model for model in bank.models}, {prompt.prompt_id for prompt in bank.prompts}
    targets = []
    for model in population.models:
        if model.model in held:
            continue
        rows = snapshot.read_columns("core.reply", ["prompt_id", "sample", "reply_text"], model=model.model)
        rows = rows.filter(pl.col("reply_text").is_not_null() & pl.col("prompt_id").is_in(list(prompts)))
        replies = replies_of(bank, list(rows.sort("prompt_id", "sample").select("prompt_id", "reply_text").iter_rows()))
        if len(replies.prompt):
            targets.append((model, replies))
    return targets


def _table(found: "dict[str, Checked]") -> pl.DataFrame:
    """Return the best candidate of each target, the surest first."""
    columns = ("target", "verdict", "candidate_vendor", "reference", "degree", "p_target", "q", "n_prompts")
    best = [next((row for row in checked.rows if not row["is_kin"]), None) for checked in found.values()]
    rows = [{name: row[name] for name in columns} for row in best if row is not None]
    rows.sort(key=lambda row: (row["p_target"] is None, row["p_target"] or 0.0, row["target"]))
    return pl.DataFrame(rows, infer_schema_length=None)


def _limits(bank: "Bank", population: "Population", found: "dict[str, Checked]") -> list[str]:
    held = sorted({model.model for model in bank.models} & set(population.place))
    without = sorted(set(population.place) - set(found) - set(held))
    return [
        f"Bank: {bank.name}, {len(bank.models)} models, {len(bank.prompts)} prompts. {bank.note}",
        *([f"In the bank itself, and not asked about: {', '.join(held)}"] if held else []),
        *([f"Without a reply to its prompts: {', '.join(without)}"] if without else []),
        "Nothing was written: `score` without --bank compares the home's models with one another.",
    ]
