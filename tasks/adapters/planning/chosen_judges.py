"""Judges of identity replies that a plan or the command names, and the card of the model that they ask."""

from tasks.adapters.inputs import cards
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.judging import judges
from tasks.domain.judging.calls import asks_model, decides_score
from tasks.domain.plan import SearchPlan


def judge_card(judge: str, model: str | None, where: str, model_key: str) -> ModelCard | None:
    """Return the card of the model that `judge` asks, or None where it reads the text alone.

    Args:
        judge: its name.
        model: name of the model's card, if one is named.
        where: key or option that names the judge.
        model_key: key or option that names the model.

    Raises:
        InputError: there is no such judge or card, or the judge asks a model and none is named.
    """
    registry.require(judges, judge, where)
    if not asks_model(judge):
        return None
    if model is None:
        raise InputError(
            f"{judge!r} asks a model, and none is named.", where=where, remedy=f"Add {model_key}, or take text_claim."
        )
    return cards.read_card(model)


def search_judge(wanted: SearchPlan, place: str) -> ModelCard | None:
    """Return the card of the model that a search's judge asks, or None where it reads the text alone.

    Args:
        wanted: the search.
        place: where its keys stand: what an error begins with.

    Raises:
        InputError: as `judge_card`, or the judge does not read for what counts as a success.
    """
    card = judge_card(wanted.judge, wanted.judge_model, f"{place}judge'", "key 'search.judge_model'")
    if not decides_score(wanted.judge, wanted.score):
        other = "loose" if wanted.score == "strict" else "strict"
        raise InputError(
            f"it is {wanted.score!r}, which judge {wanted.judge!r} does not read for.",
            where=f"{place}score'",
            remedy=f"Set 'score = \"{other}\"', or take another judge.",
        )
    return card
