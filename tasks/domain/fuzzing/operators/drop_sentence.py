"""Drop sentence: a template without one of its sentences, never without that of the question."""

from collections.abc import Sequence

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.fuzzing.mutation import TextOperator
from tasks.domain.fuzzing.wording import pieces
from tasks.domain.prompting.template import PLACEHOLDER


def _drop(parents: Sequence[str], rng: Chance) -> str | None:
    sentences = pieces(parents[0])
    removable = [place for place, piece in enumerate(sentences) if PLACEHOLDER not in piece and piece.strip()]
    if not removable:
        return None
    dropped = pick(removable, rng)
    return "".join(piece for place, piece in enumerate(sentences) if place != dropped).strip()


DROP_SENTENCE = TextOperator(_drop)
