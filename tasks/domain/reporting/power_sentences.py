"""Sentences on the power of a verdict with these controls and prompts, and how to raise it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.domain.verdict.power import Power, power

MOST_NAMED = 6


@dataclass(frozen=True)
class Design:
    """The inputs of the power of a verdict.

    `controls_of`: number of independent models by vendor; `n_targets`: number of hypotheses; `available`: vendors that
    could be added, those with most independent models first.
    """

    controls_of: Mapping[str, int]
    n_prompts: int
    n_targets: int
    available: Sequence[str] = ()


def design_power(design: Design, n_more: int = 0) -> Power:
    """Return the power for a candidate of the largest vendor, with `n_more` further vendors of one control each."""
    sizes = sorted(design.controls_of.values())
    others = sizes[:-1] if sizes else []
    return power(
        n_controls=sum(others) + n_more,
        n_families=len(others) + n_more,
        n_candidates=len(sizes) + n_more,
        n_prompts=design.n_prompts,
        n_targets=design.n_targets,
    )


def power_sentences(design: Design) -> list[str]:
    """Return sentences on the power, and on vendors that would raise it."""
    expected = design_power(design)
    named = ", ".join(design.available[:MOST_NAMED])
    if expected.reason is not None:
        more = f" Models of further vendors would help, such as {named}." if named else ""
        return [f"No verdict can be reached: {expected.reason}.{more}"]
    n_vendors = len(design.controls_of)
    lines = [
        f"With independent models of {n_vendors} vendors and {design.n_prompts} prompts, a student like the documented "
        f"ones is found with probability {expected.alone:.2f} where it is asked about alone, "
        f"{expected.over_targets:.2f} after correction for {design.n_targets} targets."
    ]
    if named:
        steps = ", ".join(
            f"{n} more: {design_power(design, n).alone:.2f}" for n in (1, 2, 4) if len(design.available) >= n
        )
        lines.append(
            f"With independent models of further vendors, who are candidates, too ({steps}), its teacher may be among "
            f"them; there are cards of {named}."
        )
    return lines
