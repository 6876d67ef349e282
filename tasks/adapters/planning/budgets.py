"""The budget of a plan: which calls it can hold for, and the ledger that it is kept by."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tasks.adapters.planning import plans
from tasks.adapters.planning.plans import Prepared
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import ledger
from tasks.adapters.warehouse.ledger import Ledger, name_of
from tasks.domain.budget import BudgetPlan
from tasks.domain.card import HostedEndpoint, ModelCard, Sampling
from tasks.domain.errors import InputError
from tasks.domain.pricing import most_answer_tokens

if TYPE_CHECKING:
    from tasks.adapters.planning.searches import PreparedSearch

OLD_PRICE_DAYS = 90
"""Older prices are pointed out."""


def with_options(budget: BudgetPlan, usd: float | None, allow_unknown_prices: bool) -> BudgetPlan:
    """Return a plan's budget with the options of the command; None and False: as the plan says."""
    allows = allow_unknown_prices or budget.allow_unknown_prices
    return BudgetPlan(
        usd=budget.usd if usd is None else usd, usd_per_model=budget.usd_per_model, allow_unknown_prices=allows
    )


def with_budget(prepared: Prepared, budget: BudgetPlan) -> Prepared:
    """Return a prepared plan with another budget; its calls, run and recipe are the same."""
    plan = prepared.plan.model_copy(update={"budget": budget})
    return replace(prepared, gathered=replace(prepared.gathered, plan=plan))


def called_cards(prepared: Prepared) -> list[tuple[ModelCard, Sampling]]:
    """Return the cards that `evaluate` may call, judges among them, each with the sampling of its calls."""
    plan = prepared.plan
    judges = [prepared.bank.judge_card] if prepared.bank is not None else []
    judges += prepared.grading.judge_cards if prepared.grading is not None else []
    found = [(card, card.sampling) for card in {card.name: card for card in judges if card is not None}.values()]
    return found + [(card, plan.sampling.over(card.sampling)) for card in prepared.cards.values()]


def require_plan(prepared: Prepared, answered: set[str]) -> None:
    """Require of all models that `evaluate` will call what `require_bounded` does.

    Raises:
        InputError: a price is unknown, or a cost has no bound.
    """
    names = {card.name for card in plans.cards_to_call(prepared, answered)}
    cards = [(card, sampling) for card, sampling in called_cards(prepared) if card.name in names]
    require_bounded(cards, prepared.plan.budget, f"plan {prepared.plan.name}")


def require_search(prepared: "PreparedSearch", budget: BudgetPlan) -> None:
    """Require of all models that a search calls what `require_bounded` does.

    Raises:
        InputError: a price is unknown, or a cost has no bound.
    """
    target, plan = prepared.target, prepared.plan
    others = [card for card in (prepared.attacker, prepared.judge_card) if card is not None]
    cards = [(target, plan.sampling.over(target.sampling)), *((card, card.sampling) for card in others)]
    require_bounded(cards, budget, f"plan {plan.name}, [search]")


def unpriced(cards: Iterable[ModelCard]) -> list[ModelCard]:
    """Return the cards of paid models without a price: not served by this machine."""
    return [card for card in cards if card.call_price is None]


def require_bounded(cards: Iterable[tuple[ModelCard, Sampling]], budget: BudgetPlan, where: str) -> None:
    """Require a known price of every paid model and, where there is a limit, a greatest cost of each of its calls.

    Args:
        cards: each card that is called, with the sampling of its calls.
        budget: the limits.
        where: the plan or command, for errors.

    Raises:
        InputError: a price is unknown and not allowed to be, or calls have no greatest cost and there is a limit.
    """
    pairs = list(cards)
    if missing := unpriced({card.name: card for card, _ in pairs}.values()):
        names = ", ".join(card.name for card in missing)
        remedy = "Add a table [price] to each card (input_usd, output_usd, as_of; 0 where it costs nothing)"
        if budget.is_limited:
            raise InputError(
                f"a budget can't hold for models without a price: {names}.", where=where, remedy=f"{remedy}."
            )
        if not budget.allow_unknown_prices:
            raise InputError(
                f"the price of {len(missing)} paid models is not known: {names}.",
                where=where,
                remedy=f"{remedy}, or give --allow-unknown-prices ('budget.allow_unknown_prices = true' in a plan).",
            )
    if not budget.is_limited:
        return
    unbounded = [card.name for card, sampling in pairs if is_unbounded(card, sampling)]
    if unbounded:
        raise InputError(
            f"a budget can't hold for calls whose answers have no greatest length: {', '.join(unbounded)}.",
            where=where,
            remedy="Set 'sampling.max_tokens' (or 'max_completion_tokens') in the card, or for targets in the plan.",
        )


def is_unbounded(card: ModelCard, sampling: Sampling) -> bool:
    """Return whether a paid model's calls have no greatest cost with this sampling."""
    price = card.call_price
    is_free = price is not None and price.input_usd == price.output_usd == 0
    return not is_free and most_answer_tokens(sampling.for_sample(0)) is None


def old_prices(cards: Iterable[ModelCard], today: date) -> list[ModelCard]:
    """Return the cards whose price was read more than `OLD_PRICE_DAYS` days before `today`, oldest first."""
    priced = [
        (card.price.as_of, card.name, card)
        for card in cards
        if card.price is not None and isinstance(card.endpoint, HostedEndpoint)
    ]
    return [card for as_of, _, card in sorted(priced, key=lambda one: one[:2]) if (today - as_of).days > OLD_PRICE_DAYS]


@contextmanager
def opened(home: Home, name: str, budget: BudgetPlan) -> Iterator[Ledger]:
    """Yield the ledger of this name, as `ledger.opened` does, with what workers elsewhere spent in an earlier run."""
    from tasks.adapters.warehouse import shared_journal  # fsspec: a plan is looked at without it.

    with ledger.opened(home, name, budget) as kept:
        shared_journal.settle_earlier(kept, home.journal)
        yield kept


@contextmanager
def of_plan(home: Home, prepared: Prepared) -> Iterator[Ledger]:
    """Yield the ledger of a plan and its round."""
    with opened(home, name_of(prepared.plan.name, prepared.round), prepared.plan.budget) as kept:
        yield kept
