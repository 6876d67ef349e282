"""How much the answers to one question agree, in Python: what `mart.identity_consistency` is held against."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log2


@dataclass(frozen=True)
class Consistency:
    """The answers to the questions of one group.

    `top_answer` is the commonest (of several, the first in alphabetical order), `top_share` its share. `entropy_bits`
    is Shannon's entropy of the shares, 0 where all answers agree; `n_answers_effective` = 2^entropy, the number of
    equally frequent answers of that entropy (Hill 1973, order 1). Observed entropy falls short on average:
    `entropy_corrected_bits` adds (number of distinct answers - 1) / (2 n) nats (Miller 1955). `pair_agreement` is the
    chance that two of the answers, drawn without replacement, are the same (Simpson 1949); unlike `top_share` it does
    not rise as n falls. It is None with fewer than two answers, everything but the counts is None without any.
    """

    group: str
    n: int
    n_missing: int
    top_answer: str | None = None
    top_share: float | None = None
    entropy_bits: float | None = None
    entropy_corrected_bits: float | None = None
    n_answers_effective: float | None = None
    pair_agreement: float | None = None


def consistency(answers: Sequence[str | None], groups: Sequence[str]) -> list[Consistency]:
    """Return one row per group, in alphabetical order of groups.

    Args:
        answers: n answers brought to one form, such as the maker that is named; None where there is none.
        groups: n names of question groups.

    Raises:
        ValueError: lengths differ.
    """
    if len(answers) != len(groups):
        raise ValueError(f"{len(answers)} answers, but {len(groups)} group names.")
    given: dict[str, Counter[str]] = {group: Counter() for group in sorted(set(groups))}
    asked = Counter(groups)
    for answer, group in zip(answers, groups, strict=True):
        if answer is not None:
            given[group][answer] += 1
    return [_of_one_group(group, counts, asked[group] - counts.total()) for group, counts in given.items()]


def _of_one_group(group: str, counts: Counter[str], n_missing: int) -> Consistency:
    n = counts.total()
    if n == 0:
        return Consistency(group, 0, n_missing)
    # In a fixed order, so that the sums do not depend on the order of the rows.
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    top_answer, top_count = ordered[0]
    entropy = -sum(count / n * log2(count / n) for _, count in ordered) + 0.0
    return Consistency(
        group,
        n,
        n_missing,
        top_answer,
        top_count / n,
        entropy,
        entropy + (len(ordered) - 1) / (2 * n * log(2)),
        2**entropy,
        sum(count * (count - 1) for _, count in ordered) / (n * (n - 1)) if n > 1 else None,
    )
