"""What `check` prints: the bank and its power before, the verdict with its grounds after."""

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tasks.adapters.inputs import lexicons
from tasks.domain.reporting.formatting import counted, figure
from tasks.domain.reporting.power_sentences import Design, power_sentences
from tasks.domain.reporting.verdict_of_model import account
from tasks.domain.reporting.verdict_sentences import absent_vendors
from tasks.domain.similarity.lexical import words
from tasks.domain.verdict.power import power

if TYPE_CHECKING:
    from tasks.adapters.inputs.target_replies import TargetReplies
    from tasks.domain.bank.bank import Bank
    from tasks.domain.bank.checking import Checked
    from tasks.domain.verdict.population import DocumentedModel

MOST_STARTS = 3
LONGEST_PROMPT = 100


def before(bank: "Bank", n_prompts: int) -> list[str]:
    """Return sentences on the bank, and on the power of a verdict with it."""
    controls = Counter(model.vendor for model in bank.models if model.is_control)
    return [
        f"Bank {bank.name}: {counted(len(bank.models), 'model')}, {counted(len(bank.prompts), 'prompt')}. {bank.note}",
        f"Prompts to ask: {n_prompts}.",
        *power_sentences(Design(controls, n_prompts, 1)),
    ]


def answer(target: str, checked: "Checked") -> str:
    """Return the verdict on a target in a sentence."""
    return account(target, checked.rows, checked.models).answer


def lines(bank: "Bank", target: "DocumentedModel", checked: "Checked", answers: "TargetReplies") -> list[str]:
    """Return the verdict on the target: the answer, what it rests on, and what limits it."""
    verdict = account(target.model, checked.rows, checked.models)
    if verdict.row is None:
        return [verdict.answer]
    grounds = [f"- {heading}: {text}" for heading, text in verdict.grounds]
    row = verdict.row
    vendors = sorted({model.vendor for model in bank.models if model.is_background})
    absent = absent_vendors((vendor.id for vendor in lexicons.read_lexicon().vendors), vendors)
    limits = [
        f"- Bank: {bank.name}, {counted(checked.n_prompts, 'prompt')} of {len(bank.prompts)} compared. {bank.note}",
        f"- Power: {_power(row)}",
        *([f"- Not in the bank: {absent}"] if absent else []),
    ]
    return [verdict.answer, "", *grounds, *limits, *_starts(str(row["reference"]), checked, answers)]


def spent(asked: dict[str, Any]) -> list[str]:
    """Return sentences on calls, cost and time."""
    if "n_prompts" not in asked:
        return ["", f"Nothing was asked; {asked['seconds']:.0f} s."]
    usd = "cost not known" if asked["usd"] is None else f"{asked['usd']:.2f} USD"
    text = (
        f"{asked['n_replies']} replies to {asked['n_prompts']} prompts, {usd}; asking {asked['asking_seconds']:.0f} s"
    )
    return [
        "",
        *(f"Unanswered: {problem}" for problem in asked["problems"]),
        f"{text}, in all {asked['seconds']:.0f} s.",
    ]


def as_json(bank: "Bank", target: "DocumentedModel", checked: "Checked", asked: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict, all candidates and the evidence as values that JSON can hold."""
    verdict = account(target.model, checked.rows, checked.models)
    return {
        "target": target.model,
        "answer": verdict.answer,
        "verdict": verdict.row,
        "candidates": checked.rows,
        "shared_starts": [asdict(start) for start in checked.starts],
        "n_prompts": checked.n_prompts,
        "bank": {"name": bank.name, "digest": bank.digest, "n_models": len(bank.models), "note": bank.note},
        "asked": asked,
    }


def _power(row: Any) -> str:
    found = power(row["n_controls"], row["n_control_families"], max(row["n_candidates"], 1), row["n_prompts"])
    if found.reason is not None:
        return f"no verdict can be reached: {found.reason}."
    return f"a student like the documented ones is found with probability {figure(found.alone)}."


def _starts(reference: str, checked: "Checked", answers: "TargetReplies") -> list[str]:
    """Return the prompts on which the target begins as its reference does, and unrelated models do not."""
    reply_to = dict(reversed(answers.texts))
    found = []
    for start in checked.starts[:MOST_STARTS]:
        if start.n_words < 1.0 or start.prompt_id not in reply_to:
            continue
        prompt = " ".join(answers.prompts.get(start.prompt_id, start.prompt_id).split())
        shown = prompt if len(prompt) <= LONGEST_PROMPT else f"{prompt[: LONGEST_PROMPT - 4]} ..."
        begins = " ".join(words(reply_to[start.prompt_id])[: round(start.n_words)])
        found.append(
            f"- {counted(round(start.n_words), 'word')}, unrelated models {figure(start.unrelated, 1)}: "
            f'"{begins} ..." to: {shown}'
        )
    return ["", f"Begins as {reference} does, most beyond unrelated models:", *found] if found else []
