"""The prompts to grade, the order of replies, the targets that need more grades; all chance comes from the seed."""

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
    """Return the prompts in an order of which every beginning has the strata's shares.

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
        start = Fraction(_draw("start", seed, stratum), STEPS)
        shuffled = sorted(prompts, key=lambda prompt: content_id("place", seed, prompt))
        places += [((rank + start) / len(prompts), prompt) for rank, prompt in enumerate(shuffled)]
    return [prompt for _, prompt in sorted(places)]


def is_target_first(target: str, reference: str, prompt: str, seed: int) -> bool:
    """Return whether a judge reads the target's reply first, by a random draw.

    It is drawn for the two models, whichever is the target: where both are references of each other, the two gradings
    are one call.
    """
    first, second = sorted((target, reference))
    return (_draw("order", seed, first, second, prompt) < STEPS // 2) == (target == first)


def is_graded_in_both_orders(target: str, reference: str, prompt: str, share: float, seed: int) -> bool:
    """Return whether a pair is graded in the other order as well, by a random draw of this share of all pairs."""
    return _draw("again", seed, *sorted((target, reference)), prompt) < share * STEPS


def uncertain_targets(standings: Iterable[RankState]) -> set[str]:
    """Return the targets whose interval overlaps with that of a neighbour in rank, or that have no interval yet."""
    intervals, doubtful = [], set()
    for state in standings:
        if state.grade is None or state.low is None or state.high is None:
            doubtful.add(state.target)
        else:
            intervals.append((state.grade, state.target, state.low, state.high))
    intervals.sort(reverse=True)
    for (_, above, low, _), (_, below, _, high) in pairwise(intervals):
        if low <= high:
            doubtful |= {above, below}
    return doubtful


def extended_selection(order: Sequence[str], n_chosen: int, step: int, most: int | None) -> Sequence[str]:
    """Return the prompts to choose when `step` are added to the `n_chosen` so far: a beginning of `order`."""
    n_prompts = n_chosen + step
    return order[: n_prompts if most is None else min(n_prompts, max(most, n_chosen))]


def _draw(*parts: object) -> int:
    return int(content_id("lot", *parts)[:8], 16)
