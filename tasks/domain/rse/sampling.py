"""Which prompts are graded, in which order replies are shown, who needs more grades; all chance comes from the seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tasks.domain.ids import content_id

STEPS = 2**32


@dataclass(frozen=True)
class RankState:
    """A target's grade with its interval, all three None where there is none yet."""

    target: str
    grade: float | None
    low: float | None
    high: float | None


def stratified_order(strata: Mapping[str, str], seed: int) -> list[str]:
    """Return the prompts in an order of which every beginning is spread over the strata as all of them are.

    Systematic sampling with a random start in each stratum (Cochran, Sampling Techniques, 1977, 8.1): in a stratum of m
    prompts, those in random order stand at (0 + u) / m, (1 + u) / m, ..., u drawn for the stratum. A longer beginning
    keeps those of a shorter one.

    Args:
        strata: the stratum, such as language and category, of each prompt.
        seed: the plan's seed.
    """
    members: dict[str, list[str]] = {}
    for prompt, stratum in strata.items():
        members.setdefault(stratum, []).append(prompt)
    places: list[tuple[Fraction, str]] = []
    for stratum, prompts in members.items():
        start = Fraction(_lot("start", seed, stratum), STEPS)
        shuffled = sorted(prompts, key=lambda prompt: content_id("place", seed, prompt))
        places += [((rank + start) / len(prompts), prompt) for rank, prompt in enumerate(shuffled)]
    return [prompt for _, prompt in sorted(places)]


def is_target_first(target: str, reference: str, prompt: str, seed: int) -> bool:
    """Return the lot that says which of two replies a judge sees first.

    It is drawn for the two models, whichever is the target: where both are references of each other, the two gradings
    are one call.
    """
    first, second = sorted((target, reference))
    return (_lot("order", seed, first, second, prompt) < STEPS // 2) == (target == first)


def is_read_again(target: str, reference: str, prompt: str, share: float, seed: int) -> bool:
    """Return the lot that says whether a pair is read in the other order as well, as a share of all pairs is."""
    return _lot("again", seed, *sorted((target, reference)), prompt) < share * STEPS


def uncertain_targets(standings: Iterable[RankState]) -> set[str]:
    """Return the targets whose interval overlaps with that of a neighbour in rank, or that have no interval yet."""
    known, doubtful = [], set()
    for one in standings:
        if one.grade is None or one.low is None or one.high is None:
            doubtful.add(one.target)
        else:
            known.append((one.grade, one.target, one.low, one.high))
    known.sort(reverse=True)
    for (_, above, low, _), (_, below, _, high) in pairwise(known):
        if low <= high:
            doubtful |= {above, below}
    return doubtful


def extended(order: Sequence[str], n_chosen: int, step: int, most: int | None) -> Sequence[str]:
    """Return the prompts to choose when `step` more are wanted than the `n_chosen` so far: a beginning of `order`."""
    wanted = n_chosen + step
    return order[: wanted if most is None else min(wanted, max(most, n_chosen))]


def _lot(*parts: object) -> int:
    return int(content_id("lot", *parts)[:8], 16)
