"""What `check` and `compare` do: the target's replies, and the verdict on them."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from flows.cli.asking_options import Asking, Target
from flows.cli.output import checks, costs
from flows.cli.start import starting
from tasks.adapters import terminal
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError
from tasks.domain.key_hosts import key_warnings

if TYPE_CHECKING:
    from tasks.adapters.inputs.target_replies import TargetReplies
    from tasks.domain.bank.bank import Bank
    from tasks.domain.bank.checking import Checked
    from tasks.domain.rows import Prompt
    from tasks.domain.verdict.population import DocumentedModel

Prompts = Callable[[], tuple[Sequence["Prompt"], str]]
"""Returns prompts with their texts, those of a bank among them, and where they are from."""


def print_check(bank: "Bank", target: Target, asking: Asking, prompts_of: Prompts, place: Home) -> None:
    """Ask a model, or read its replies, and print the verdict on it."""
    from tasks.adapters.inputs import target_replies

    documented = _documented(target)
    started, asked = monotonic(), dict[str, Any]()
    if target.replies is not None:
        answers = target_replies.read_replies(target.replies, target.model, place)
    else:
        answers, asked = _ask(target.model, bank, asking, prompts_of, place)
    checked = _check(bank, documented, answers)
    asked |= {"seconds": round(monotonic() - started, 1)}
    if asking.as_json:
        found = checks.as_json(bank, documented, checked, asked)
        terminal.out().out(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        terminal.print_lines(checks.lines(bank, documented, checked, answers))
        terminal.print_lines(checks.spent(asked))


def _documented(target: Target) -> "DocumentedModel":
    """Return what is documented of the target; it is asked about, so it is no control, whatever its card says."""
    from tasks.adapters.inputs import cards
    from tasks.domain.verdict.population import DocumentedModel

    model, vendor = target.model, target.vendor
    if target.replies is None or model in cards.card_names():
        row = cards.read_card(model).as_lineage()
        known = DocumentedModel(
            model=row.model,
            vendor=row.vendor or row.model,
            family=row.family or row.vendor or row.model,
            group=row.candidate_group or row.model,
            role=None if row.role == "independent" else row.role,
            is_control=False,
            learned_from=tuple(row.learned_from),
            parent=row.parent,
            base=row.base,
            released=row.released,
        )
    else:
        known = DocumentedModel(model, model, model, model, None, is_control=False)
    if vendor is not None:
        known = replace(known, vendor=vendor, family=vendor if known.family == known.vendor else known.family)
    return known if target.base is None else replace(known, base=target.base)


def _ask(
    model: str, bank: "Bank", asking: Asking, prompts_of: Prompts, place: Home
) -> tuple["TargetReplies", dict[str, Any]]:
    """Ask a model the prompts that have no reply yet; return all its replies to them, and what that took."""
    from tasks.adapters.inputs import cards
    from tasks.adapters.inputs.target_replies import TargetReplies
    from tasks.adapters.planning import bank_checks, budgets, kept_plans, plans
    from tasks.adapters.warehouse import store
    from tasks.domain.budget import BudgetPlan
    from tasks.domain.card import Sampling

    card = cards.read_card(model)
    chosen = bank_checks.chosen_prompts(bank, asking.n_prompts, asking.seed)
    prompts = bank_checks.prompts_by_id(bank, chosen, *prompts_of())
    money = budgets.with_options(BudgetPlan(), asking.budget, asking.allow_unknown_prices)
    sampling = Sampling(max_tokens=asking.max_tokens)
    fresh = bank_checks.prepared(bank, card, prompts, sampling, money, round_name=asking.round_name)
    settled = plans.answered(place)
    prepared = plans.reuse_published_rounds(fresh, place)
    terminal.print_warnings(key_warnings([card]))
    if not asking.as_json:
        terminal.print_lines(checks.before(bank, len(prompts)))
        costs.print_costs(prepared, settled, place)
    budgets.require_plan(prepared, settled)
    plans.require_reachable(prepared, settled, place)
    with starting(place, verbose=asking.verbose):
        from flows.collect import collect

    started = monotonic()
    prepared_id = kept_plans.store_plan(fresh, place)
    problems = asyncio.run(collect(prepared.plan.name, prepared.round, str(place.root), prepared_id))
    seconds = monotonic() - started
    with store.inspecting(place) as warehouse:
        rows = warehouse.read("core.reply", model=card.name, prompt_id=chosen).sort("prompt_id", "sample")
    rows = rows.filter(rows["reply_text"].is_not_null())
    if rows.is_empty():
        raise InputError(
            f"none of the {len(prompts)} prompts has a reply.",
            where=f"model {model}",
            remedy="; ".join(problems) or "Look at the model's card.",
        )
    texts = list(rows.select("prompt_id", "reply_text").iter_rows())
    by_id = {prompt.prompt_id: str(prompt.messages[-1].content) for prompt in prompts}
    usd = rows["cost_usd"].sum() if rows["cost_usd"].is_not_null().any() else None
    asked = {"n_prompts": len(prompts), "n_replies": len(texts), "usd": usd, "asking_seconds": round(seconds, 1)}
    return TargetReplies(texts, by_id), asked | {"problems": problems}


def _check(bank: "Bank", target: "DocumentedModel", answers: "TargetReplies") -> "Checked":
    from tasks.adapters.warehouse import measured
    from tasks.domain.bank import checking
    from tasks.domain.bank.bank import replies_of
    from tasks.domain.verdict.population import Population

    compared = replies_of(bank, answers.texts)
    if not len(compared.prompt):
        raise InputError(
            f"none of its {len(answers.texts)} replies is to a prompt of bank {bank.name}.",
            where=f"model {target.model}",
            remedy="A prompt is the same where its text is the same, but for line ends and blanks at ends.",
        )
    names = measured.named_vendors(Population((*bank.models, target)))
    return checking.check(bank, target, compared, names)
