"""All pairs of a run -> a verdict for each target and candidate group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from tasks.domain.stats.multiple_testing import benjamini_hochberg, holm
from tasks.domain.verdict.decision import LEAST_PROMPTS, Evidence, decide
from tasks.domain.verdict.degree import Ceiling, SelfScore, ceilings, degree
from tasks.domain.verdict.family_null import FamilyNull, NullTest, common_prior, compare, family_null
from tasks.domain.verdict.pair_score import Known, PairScore, candidates, highest_embedding, nearest

Cell = tuple[str, str]
"""A target and a candidate group."""

NOT_TESTED = NullTest(None, None, None, None)


@dataclass(frozen=True)
class Channel:
    """One score of every target and group, tested against unrelated models. `slope`: of the score on length closeness.

    `tests` are of the score as it is, `at_length` of what is left after closeness of length has explained its part.
    """

    scores: Mapping[Cell, float]
    nulls: Mapping[Cell, FamilyNull]
    tests: Mapping[Cell, NullTest]
    at_length: Mapping[Cell, NullTest]
    slope: float


@dataclass(frozen=True)
class Verdict:
    """The verdict on one target and candidate group, with all that it rests on; `mart.verdict` has the same columns."""

    target: str
    candidate_group: str
    reference: str
    is_kin: bool
    opening_d: float
    low: float | None
    high: float | None
    null_mean: float | None
    null_sd: float | None
    z: float | None
    t: float | None
    p_t: float | None
    p_rank: float | None
    p_holm: float | None
    q: float | None
    p_at_length: float | None
    degree: float | None
    degree_low: float | None
    degree_high: float | None
    ceiling_d: float | None
    ceiling_kind: str | None
    embedding: float | None
    embedding_z: float | None
    embedding_p: float | None
    embedding_p_holm: float | None
    length_closeness: float | None
    n_prompts: int
    n_controls: int
    n_control_families: int
    rank: int
    verdict: str


def verdicts(pairs: Sequence[PairScore], known: Mapping[str, Known], selves: Mapping[str, SelfScore]) -> list[Verdict]:
    """Return a verdict for each target and candidate group, by target and rank.

    Args:
        pairs: every target with every reference.
        known: every model that occurs.
        selves: what is known of each reference's likeness to itself.
    """
    cells = candidates(pairs, dict(known))
    best = {cell: nearest(snapshots) for cell, snapshots in cells.items()}
    lengths = {cell: pair.length_closeness for cell, pair in best.items()}
    controls = _controls(best, known)
    opening = _channel(
        {c: pair.opening_d for c, pair in best.items() if pair.opening_d is not None}, lengths, controls, known
    )
    embedded = {cell: highest_embedding(snapshots) for cell, snapshots in cells.items()}
    embedding = _channel({cell: e for cell, e in embedded.items() if e is not None}, lengths, controls, known)
    kin = {cell: known[cell[0]].is_kin(known[best[cell].reference]) for cell in cells}
    # Whether two models of one maker are alike is another question than whose pupil a model is: each has its own tests.
    families = [[cell for cell in sorted(cells) if kin[cell] == is_kin] for is_kin in (False, True)]
    adjusted = {cell: tests for part in families for cell, tests in _adjusted(part, opening, embedding).items()}
    tops = ceilings(selves)
    ranks = _ranks(best)
    return sorted(
        (
            _verdict(cell, best[cell], (opening, embedding), (kin[cell], ranks[cell], tops), adjusted[cell])
            for cell in cells
        ),
        key=lambda row: (row.target, row.rank),
    )


def _controls(best: Mapping[Cell, PairScore], known: Mapping[str, Known]) -> dict[str, list[Cell]]:
    """Return for each group the independent models of other makers and families, as targets: its pseudo-students."""
    found: dict[str, list[Cell]] = {}
    for cell in sorted(best):
        target, head = known[cell[0]], known[best[cell].reference]
        if target.is_control and not target.is_kin(head) and best[cell].n_prompts >= LEAST_PROMPTS:
            found.setdefault(cell[1], []).append(cell)
    return found


def _channel(
    scores: Mapping[Cell, float],
    lengths: Mapping[Cell, float | None],
    of_group: Mapping[str, Sequence[Cell]],
    known: Mapping[str, Known],
) -> Channel:
    controls = {group: told for group, cells in of_group.items() if (told := [c for c in cells if c in scores])}
    slope = _slope(controls, scores, lengths)
    prior = common_prior([_null(cells, scores, known) for cells in controls.values()])
    nulls: dict[Cell, FamilyNull] = {}
    tests: dict[Cell, NullTest] = {}
    at_length: dict[Cell, NullTest] = {}
    cache: dict[tuple[str, str], FamilyNull | None] = {}
    for cell, score in scores.items():
        family = known[cell[0]].family
        others = [c for c in controls.get(cell[1], []) if known[c[0]].family != family]
        key = (cell[1], family if len(others) < len(controls.get(cell[1], [])) else "")
        if key not in cache:
            cache[key] = _null(others, scores, known) if others else None
        null = cache[key]
        if null is None:
            continue
        nulls[cell] = null
        tests[cell] = compare(score, null, prior)
        at_length[cell] = compare(score - _explained(cell, others, slope, lengths), null, prior)
    return Channel(scores, nulls, tests, at_length, slope)


def _null(cells: Sequence[Cell], scores: Mapping[Cell, float], known: Mapping[str, Known]) -> FamilyNull:
    return family_null([scores[cell] for cell in cells], [known[target].family for target, _ in cells])


def _slope(
    controls: Mapping[str, Sequence[Cell]], scores: Mapping[Cell, float], lengths: Mapping[Cell, float | None]
) -> float:
    """Return how much the score rises with length closeness among unrelated models, within groups; never below 0."""
    top = bottom = 0.0
    for cells in controls.values():
        told = [(length, scores[cell]) for cell in cells if (length := lengths[cell]) is not None]
        if len(told) < 2:
            continue
        length_mean, score_mean = fmean(x for x, _ in told), fmean(y for _, y in told)
        top += sum((x - length_mean) * (y - score_mean) for x, y in told)
        bottom += sum((x - length_mean) ** 2 for x, _ in told)
    return max(top / bottom, 0.0) if bottom > 0.0 else 0.0


def _explained(cell: Cell, controls: Sequence[Cell], slope: float, lengths: Mapping[Cell, float | None]) -> float:
    """Return the part of a score that its closeness of length explains, beyond that of the controls."""
    mine, theirs = lengths[cell], [x for c in controls if (x := lengths[c]) is not None]
    return 0.0 if mine is None or not theirs else slope * (mine - fmean(theirs))


def _adjusted(cells: Sequence[Cell], opening: Channel, embedding: Channel) -> dict[Cell, dict[str, float | None]]:
    plain = [opening.tests.get(cell, NOT_TESTED).p_t for cell in cells]
    level = [opening.at_length.get(cell, NOT_TESTED).p_t for cell in cells]
    meant = [embedding.at_length.get(cell, NOT_TESTED).p_t for cell in cells]
    columns = {
        "p_holm": holm(plain),
        "q": benjamini_hochberg(plain),
        "p_holm_at_length": holm(level),
        "q_at_length": benjamini_hochberg(level),
        "embedding_p_holm": holm(meant),
    }
    return {cell: {name: values[i] for name, values in columns.items()} for i, cell in enumerate(cells)}


def _ranks(best: Mapping[Cell, PairScore]) -> dict[Cell, int]:
    """Return each group's place among a target's candidates by D, 1 the nearest; equals by name."""
    of_target: dict[str, list[Cell]] = {}
    for cell in best:
        of_target.setdefault(cell[0], []).append(cell)
    return {
        cell: place
        for cells in of_target.values()
        for place, cell in enumerate(sorted(cells, key=lambda cell: (-(best[cell].opening_d or 0.0), cell[1])), 1)
    }


def _verdict(
    cell: Cell,
    pair: PairScore,
    channels: tuple[Channel, Channel],
    placed: tuple[bool, int, Mapping[str, Ceiling]],
    adjusted: Mapping[str, float | None],
) -> Verdict:
    opening, embedding = channels
    is_kin, rank, tops = placed
    null, test = opening.nulls.get(cell), opening.tests.get(cell, NOT_TESTED)
    ceiling = tops.get(pair.reference)
    degrees = [
        degree(value, null.mean, ceiling) if null is not None else None
        for value in (pair.opening_d, pair.low, pair.high)
    ]
    meant = embedding.at_length.get(cell, NOT_TESTED)
    return Verdict(
        target=cell[0],
        candidate_group=cell[1],
        reference=pair.reference,
        is_kin=is_kin,
        opening_d=opening.scores[cell],
        low=pair.low,
        high=pair.high,
        null_mean=null.mean if null else None,
        null_sd=(opening.scores[cell] - null.mean) / test.z if null and test.z else None,
        z=test.z,
        t=test.t,
        p_t=test.p_t,
        p_rank=test.p_rank,
        p_holm=adjusted["p_holm"],
        q=adjusted["q"],
        p_at_length=opening.at_length.get(cell, NOT_TESTED).p_t,
        degree=degrees[0],
        degree_low=degrees[1],
        degree_high=degrees[2],
        ceiling_d=ceiling.opening_d if ceiling else None,
        ceiling_kind=ceiling.kind if ceiling else None,
        embedding=embedding.scores.get(cell),
        embedding_z=embedding.tests.get(cell, NOT_TESTED).z,
        embedding_p=meant.p_t,
        embedding_p_holm=adjusted["embedding_p_holm"],
        length_closeness=pair.length_closeness,
        n_prompts=pair.n_prompts,
        n_controls=null.n_controls if null else 0,
        n_control_families=null.n_families if null else 0,
        rank=rank,
        verdict=decide(
            Evidence(
                n_prompts=pair.n_prompts,
                is_null_sufficient=null is not None and null.is_sufficient,
                p_holm=adjusted["p_holm"],
                q=adjusted["q"],
                p_holm_at_length=adjusted["p_holm_at_length"],
                q_at_length=adjusted["q_at_length"],
                embedding_p=meant.p_t,
                degree=degrees[0],
            )
        ),
    )
