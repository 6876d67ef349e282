"""Drop sentence: a template without one of its sentences, never without that of the question."""

from collections.abc import Sequence

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.fuzzing.mutation import TextOperator
from tasks.domain.fuzzing.wording import pieces
from tasks.domain.prompting.template import PLACEHOLDER


def _drop(parents: Sequence[str], rng: Chance) -> str | None:
    found = pieces(parents[0])
    loose = [place for place, piece in enumerate(found) if PLACEHOLDER not in piece and piece.strip()]
    if not loose:
        return None
    dropped = pick(loose, rng)
    return "".join(piece for place, piece in enumerate(found) if place != dropped).strip()


DROP_SENTENCE = TextOperator(_drop)
