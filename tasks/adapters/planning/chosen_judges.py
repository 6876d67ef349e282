"""Judges of identity replies that a plan or the command names, and the card of their model."""

from tasks.adapters.inputs import cards
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.judging import judges
from tasks.domain.judging.calls import decides_score
from tasks.domain.judging.judge import asks_model
from tasks.domain.plan import SearchPlan


def judge_card(judge: str, model: str | None, where: str, model_key: str) -> ModelCard | None:
    """Return the card of the model that `judge` calls, or None where it reads the text alone.

    Args:
        judge: its name.
        model: name of the model's card, if any.
        where: key or option that names the judge.
        model_key: key or option that names the model.

    Raises:
        InputError: there is no such judge or card, or the judge asks a model and none is named.
    """
    registry.require(judges, judge, where)
    if not asks_model(registry.load(judges, judge)):
        return None
    if model is None:
        raise InputError(
            f"{judge!r} asks a model, and none is named.", where=where, remedy=f"Add {model_key}, or take text_claim."
        )
    return cards.read_card(model)


def search_judge(search: SearchPlan, place: str) -> ModelCard | None:
    """Return the card of the model that a search's judge calls, or None where it reads the text alone.

    Args:
        search: the search.
        place: place of its keys, with which an error begins.

    Raises:
        InputError: as `judge_card`, or the judge does not read for what counts as a success.
    """
    card = judge_card(search.judge, search.judge_model, f"{place}judge'", "key 'search.judge_model'")
    if not decides_score(search.judge, search.score):
        other = "loose" if search.score == "strict" else "strict"
        raise InputError(
            f"it is {search.score!r}, which judge {search.judge!r} does not read for.",
            where=f"{place}score'",
            remedy=f"Set 'score = \"{other}\"', or take another judge.",
        )
    return card
