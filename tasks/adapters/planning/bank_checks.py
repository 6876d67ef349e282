"""Asking one model the prompts of a reference bank: the plan that does it, made of a card and not of a file."""

import json
from collections.abc import Sequence
from hashlib import sha256

from tasks.adapters.inputs import cards, target_replies
from tasks.adapters.planning import plans
from tasks.adapters.planning.gathered import Gathered
from tasks.adapters.planning.plans import Prepared
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.bank.bank import Bank
from tasks.domain.budget import BudgetPlan
from tasks.domain.card import ModelCard, Sampling
from tasks.domain.errors import InputError
from tasks.domain.ids import content_id
from tasks.domain.plan import EmbeddingPlan, Plan, PromptChoice, RefreshPlan
from tasks.domain.prompting.prompt_set import PromptSetCard
from tasks.domain.rows import Prompt


def chosen_prompts(bank: Bank, most: int | None, seed: int) -> list[str]:
    """Return the ids of the bank's prompts to ask, all or `most` of them; a smaller number is part of a larger one."""
    ids = sorted((prompt.prompt_id for prompt in bank.prompts), key=lambda one: content_id("check", seed, one))
    return sorted(ids[:most])


def prompts_of_sets(bank: Bank) -> list[Prompt]:
    """Return the prompts of the data folders' prompt sets that the bank has by name."""
    names = sorted({prompt.prompt_set for prompt in bank.prompts} & set(cards.prompt_set_names()))
    return [prompt for name in names for prompt in cards.read_prompt_set(name)[1]]


def prompts_of_home(home: Home) -> list[Prompt]:
    """Return the prompts of a home's warehouse."""
    with store.inspecting(home) as warehouse:
        return target_replies.as_prompts(warehouse.read("raw.prompt"))


def prompts_by_id(bank: Bank, ids: Sequence[str], available: Sequence[Prompt], where: str) -> list[Prompt]:
    """Return the bank's prompts with their texts, which the bank itself does not hold.

    Args:
        bank: the bank.
        ids: the prompts.
        available: prompts with their texts.
        where: what these are from.

    Raises:
        InputError: a prompt is not among them.
    """
    found = {prompt.prompt_id: prompt for prompt in available}
    lacking = [one for one in ids if one not in found]
    if lacking:
        sets = ", ".join(sorted({prompt.prompt_set for prompt in bank.prompts}))
        raise InputError(
            f"the texts of {len(lacking)} of {len(ids)} prompts of bank {bank.name} are not here; it holds none.",
            where=where,
            remedy=f"Give --prompts-from: replies of any model to prompt set {sets}, as `ingest` takes them.",
        )
    return [found[one] for one in ids]


def prepared(
    bank: Bank,
    card: ModelCard,
    prompts: Sequence[Prompt],
    sampling: Sampling,
    budget: BudgetPlan,
    *,
    round_name: str | None,
) -> Prepared:
    """Return the plan of a check with its calls. A prompt that an earlier round answered is not asked again."""
    by_set: dict[str, list[Prompt]] = {}
    for prompt in prompts:
        by_set.setdefault(prompt.prompt_set, []).append(prompt)
    plan = Plan(
        name=f"check-{bank.name}",
        models=(card.name,),
        prompts=tuple(PromptChoice(set=name) for name in sorted(by_set)),
        sampling=sampling,
        embedding=EmbeddingPlan(enabled=False),
        refresh=RefreshPlan(policy="once"),
        budget=budget,
    )
    return plans.expanded(
        Gathered(
            plan=plan,
            plan_text=json.dumps(plan.model_dump(mode="json"), ensure_ascii=False),
            round=plans.valid_round(round_name),
            cards={card.name: card},
            set_cards={name: _card(name, of_set, bank) for name, of_set in by_set.items()},
            prompts=by_set,
        )
    )


def _card(name: str, prompts: Sequence[Prompt], bank: Bank) -> PromptSetCard:
    ids = "\n".join(prompt.prompt_id for prompt in prompts)
    return PromptSetCard(
        name=name,
        version="1.0.0",
        purpose=f"prompts of bank {bank.name}",
        author="see the bank",
        licence="see the bank",
        languages=(),
        n_prompts=len(prompts),
        sha256=sha256(ids.encode()).hexdigest(),
    )
