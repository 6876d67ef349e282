"""The verb `plan`: prints the calls of a plan, and the power of its verdicts."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flows.cli import completions
from flows.cli.output import costs, grades, power
from flows.cli.start import HomeOption
from tasks.adapters import settings, terminal
from tasks.adapters.settings import Home
from tasks.domain import registry
from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.judging import judges
from tasks.domain.judging.judge import asks_model
from tasks.domain.key_hosts import key_warnings

if TYPE_CHECKING:
    from tasks.adapters.planning.plans import Prepared


def plan(
    name: Annotated[
        str,
        typer.Argument(
            metavar="PLAN",
            help="A plan of data/plans, or a path that ends in .toml.",
            autocompletion=completions.plan_names,
        ),
    ],
    round_name: Annotated[str | None, typer.Option("--round", help="Default: this ISO week.")] = None,
    home: HomeOption = None,
) -> None:
    """Check a plan and all that it names; say what it would ask. Asks nothing."""
    place = settings.home_at(home)
    from tasks.adapters.planning import plans

    prepared = plans.reuse_published_rounds(plans.read(name, round_name), place)
    terminal.print_warnings(key_warnings(plans.cards_to_call(prepared, set())))
    print_plan(prepared, plans.answered(place), place)
    terminal.print_lines(power.planned(prepared))


def print_plan(prepared: "Prepared", answered: set[str], home: Home, *, is_brief: bool = False) -> None:
    """Print a plan's models, prompts and calls, and which own files it reads in the place of shipped ones.

    Brief, as before a run: its models, the calls, and what they cost.
    """
    plan = prepared.plan
    terminal.print_lines(_notes(prepared))
    terminal.print_lines(
        [f"Plan {plan.name}, round {prepared.round}" + (f": {plan.description}" if plan.description else "")]
    )
    n_calls = Counter(request.model for request in prepared.requests)
    n_done = Counter(request.model for request in prepared.requests if request.request_id in answered)
    rows = [
        {
            "model": name,
            "reached at": address(prepared.cards[name]),
            "calls": n_calls[name],
            "answered": n_done[name],
            "to be made": n_calls[name] - n_done[name],
        }
        for name in plan.models
    ]
    sets = [
        {
            "prompt set": choice.set,
            "version": prepared.set_cards[choice.set].version,
            "prompts": min(choice.limit or len(prepared.prompts[choice.set]), len(prepared.prompts[choice.set])),
            "of": len(prepared.prompts[choice.set]),
            "samples": choice.samples,
        }
        for choice in plan.prompts
    ]
    n_answered = n_done.total()
    console = terminal.out()
    console.print(terminal.table("", pl.DataFrame(rows)))
    if not is_brief:
        console.print(terminal.table("", pl.DataFrame(sets)))
        terminal.print_lines([*_bank(prepared), *grades.planned(prepared.grading)])
    terminal.print_lines(
        [f"Calls: {len(prepared.requests)}; answered: {n_answered}; to be made: {len(prepared.requests) - n_answered}"]
    )
    costs.print_costs(prepared, answered, home, is_brief=is_brief)


def _notes(prepared: "Prepared") -> list[str]:
    """Return a sentence for each own file of the plan that is read in the place of a shipped one."""
    from tasks.adapters.inputs import data_files

    identity = prepared.plan.identity
    templates, questions = ([identity.templates], [identity.questions]) if identity else ([], [])
    names = {
        data_files.PLANS: [prepared.plan.name],
        data_files.CARDS: sorted(prepared.cards),
        data_files.PROMPTS: [*prepared.set_cards, *questions],
        data_files.TEMPLATES: templates,
    }
    return data_files.notes((pattern, name) for pattern, of_pattern in names.items() for name in of_pattern)


def _bank(prepared: "Prepared") -> list[str]:
    """Return sentences on a plan's identity probes."""
    bank, identity = prepared.bank, prepared.plan.identity
    if bank is None or identity is None:
        return []
    n_leading = sum(template.is_leading for template in bank.templates)
    n_questions = len({probe.wrapped.question.prompt_id for probe in bank.probes})
    lines = [
        f"Identity probes: {len(bank.templates)} templates of set {bank.card.name} {bank.card.version} "
        f"({n_leading} of them name a vendor or model) x {n_questions} questions x {identity.samples} samples; "
        f"read by {', '.join(identity.judges)}."
    ]
    if bank.judge_card is not None:
        n_judges = sum(asks_model(registry.load(judges, name)) for name in identity.judges)
        lines.append(
            f"Calls to the judge {bank.judge_card.name}: up to {n_judges * len(bank.probes)}, and one more for each "
            "verdict that can't be read."
        )
    return lines


def address(card: ModelCard) -> str:
    """Return the address of a model, in words."""
    return card.endpoint.base_url if isinstance(card.endpoint, HostedEndpoint) else "this machine (llama.cpp)"
