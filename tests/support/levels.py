"""How often tests speak where there is nothing to find, and where there is: p-values over repetitions of planted cases."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from tasks.domain.drift.features import style_vectors
from tasks.domain.stats.two_sample import two_sample
from tasks.domain.verdict.analysis import analyse
from tasks.domain.verdict.decision import POSITIVE, SUGGESTIVE
from tasks.domain.verdict.family_null import FamilyNull, compare, family_null
from tasks.domain.verdict.tail import Tail, upper_tail_p
from tasks.domain.verdict.verdicts import verdicts
from tests.support import personas
from tests.support.populations import Population, references, strangers, student

PROMPTS = [[{"role": "user", "content": f"How do I repair a kettle, way {n}?"}] for n in range(30)]
NAMES = [str(n) for n in range(len(PROMPTS))]


def asked(model: str, round_number: int, samples: int = 1) -> np.ndarray:
    """Return how `model` answers in a round; at temperature 1 each round draws anew."""
    return style_vectors(
        [personas.reply(model, prompt, 100 * round_number + n) for prompt in PROMPTS for n in range(samples)]
    )


def p_of_unchanged_rounds(n: int) -> np.ndarray:
    """Return the p of `n` changes of round of a stub that stays."""
    rng = np.random.default_rng(3)
    rounds = [asked("independent-alpha", number) for number in range(n + 1)]
    return np.array([two_sample(before, after, NAMES, rng).p_value for before, after in pairwise(rounds)])


def p_of_noise(n: int) -> np.ndarray:
    """Return the p of `n` pairs of sets that differ by noise without a mean."""
    rng = np.random.default_rng(1)
    prompts = [str(place // 2) for place in range(16)]
    base = rng.standard_cauchy((16, 3))
    pairs = ((base + rng.standard_cauchy((16, 3)), base + rng.standard_cauchy((16, 3))) for _ in range(n))
    return np.array([two_sample(before, after, prompts, rng).p_value for before, after in pairs])


def p_of(score: float, null: FamilyNull) -> float:
    found = compare(score, null, None)
    assert found.t is not None
    assert found.dof is not None
    return float(upper_tail_p(found.t, found.dof, Tail()))


def p_of_new_families(layout: tuple[int, ...], between: float, n: int) -> np.ndarray:
    """Return the p of `n` new models of new families beside known ones that divide into families so."""
    dice = np.random.default_rng(sum(layout))
    names = [f"family {number}" for number, size in enumerate(layout) for _ in range(size)]
    found = []
    for _ in range(n):
        families = dice.normal(scale=np.sqrt(between), size=len(layout) + 1)
        values = np.repeat(families[:-1], layout) + dice.normal(size=len(names))
        found.append(p_of(families[-1] + dice.normal(), family_null(values.tolist(), names)))
    return np.array(found)


@dataclass
class Unrelated:
    """What was found in runs over populations in which nobody is related but kin."""

    n: int = 0
    n_called: int = 0
    n_suggestive: int = 0
    n_kin: int = 0
    n_first_alone: int = 0
    """Runs in which the first target, asked alone, falls below .05."""
    alone: list[float] = field(default_factory=list)
    cells: list[float] = field(default_factory=list)
    pairs: list[float] = field(default_factory=list)


def unrelated(n: int, first_seed: int) -> Unrelated:
    """Judge `n` populations of sixteen references of eight vendors and three targets, a hundred prompts each."""
    told = Unrelated(n)
    for seed in range(first_seed, first_seed + n):
        analysis = analyse(Population([*references(8), *strangers(3)], n_prompts=100, seed=seed).measured())
        rows = list(verdicts(analysis))
        apart = [row for row in rows if not row.is_kin]
        told.n_called += any(row.verdict in POSITIVE for row in apart)
        told.n_suggestive += any(row.verdict == SUGGESTIVE for row in apart)
        told.n_kin += any(row.verdict in POSITIVE for row in rows if row.is_kin)
        alone = {row.target: row.p_target for row in apart if row.p_target is not None}
        told.n_first_alone += any(
            row.p_target <= 0.05 for row in rows if row.p_target is not None and row.target == "target-1"
        )
        told.alone.extend(alone.values())
        told.cells.extend(analysis.plain.vendors.p[analysis.plain.vendors.is_left_out])
        told.pairs.extend(row.p_t for row in rows if row.target.startswith("target") and row.p_t is not None)
    return told


@dataclass
class Taught:
    """What was found in runs over populations with a student of half of a teacher, beside strangers."""

    n: int = 0
    n_first: int = 0
    n_called: int = 0
    n_alone: int = 0
    n_false: int = 0
    """Positive verdicts on strangers, of three a run."""


def taught(n: int, first_seed: int) -> Taught:
    """Judge `n` populations with a student of half of its teacher and three strangers."""
    told = Taught(n)
    for seed in range(first_seed, first_seed + n):
        models = [*references(8), *strangers(3), student("pupil", "ref-c2", 0.5)]
        rows = list(verdicts(analyse(Population(models, n_prompts=100, seed=seed).measured())))
        [found] = [row for row in rows if (row.target, row.candidate_group) == ("pupil", "ref-c2")]
        told.n_first += found.rank == 1
        told.n_called += found.verdict in POSITIVE
        told.n_alone += found.p_target is not None and found.p_target <= 0.05
        told.n_false += sum(row.verdict in POSITIVE for row in rows if row.target.startswith("target"))
    return told
