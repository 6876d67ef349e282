"""All pairs of a run -> a verdict for each target and candidate group."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tasks.domain.stats.multiple_testing import benjamini_hochberg, holm
from tasks.domain.verdict.channel import NOT_TESTED, Cell, Channel, channel, controls_of
from tasks.domain.verdict.decision import Evidence, decide
from tasks.domain.verdict.degree import Ceiling, SelfScore, ceilings, degree
from tasks.domain.verdict.pair_score import Known, PairScore, candidates, highest_embedding, nearest


@dataclass(frozen=True)
class Verdict:
    """The verdict on one target and candidate group, with all that it rests on; `mart.verdict` has the same columns."""

    target: str
    candidate_group: str
    reference: str
    is_kin: bool
    is_asked: bool
    n_tests: int
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


def verdicts(
    pairs: Sequence[PairScore],
    known: Mapping[str, Known],
    selves: Mapping[str, SelfScore],
    questions: Collection[Cell] = (),
) -> list[Verdict]:
    """Return a verdict for each target and candidate group, by target and rank.

    Args:
        pairs: every target with every reference.
        known: every model that occurs.
        selves: what is known of each reference's likeness to itself.
        questions: pairs that were asked about before anything was seen; p values are adjusted over these alone.
    """
    cells = candidates(pairs, dict(known))
    best = {cell: nearest(snapshots) for cell, snapshots in cells.items()}
    lengths = {cell: pair.length_closeness for cell, pair in best.items()}
    controls = controls_of(best, known)
    opening = channel(
        {c: pair.opening_d for c, pair in best.items() if pair.opening_d is not None}, lengths, controls, known
    )
    embedded = {cell: highest_embedding(snapshots) for cell, snapshots in cells.items()}
    embedding = channel({cell: e for cell, e in embedded.items() if e is not None}, lengths, controls, known)
    kin = {cell: known[cell[0]].is_kin(known[best[cell].reference]) for cell in cells}
    asked = set(questions) & set(cells)
    # A question that was put beforehand is not one of all that could be looked for; and whether two models of one maker
    # are alike is another question than whose pupil a model is. Each kind has its own tests.
    kinds = {cell: (cell in asked, kin[cell] and cell not in asked) for cell in cells}
    families = [[cell for cell in sorted(cells) if kinds[cell] == kind] for kind in sorted(set(kinds.values()))]
    adjusted = {cell: tests for part in families for cell, tests in _adjusted(part, opening, embedding).items()}
    tops = ceilings(selves)
    ranks = _ranks(best)
    return sorted(
        (
            _verdict(
                cell, best[cell], (opening, embedding), (kin[cell], cell in asked, ranks[cell], tops), adjusted[cell]
            )
            for cell in cells
        ),
        key=lambda row: (row.target, row.rank),
    )


@dataclass(frozen=True)
class Adjusted:
    """The p values of one pair over the n_tests pairs of its kind that could be tested."""

    n_tests: int
    p_holm: float | None
    q: float | None
    p_holm_at_length: float | None
    q_at_length: float | None
    embedding_p_holm: float | None


def _adjusted(cells: Sequence[Cell], opening: Channel, embedding: Channel) -> dict[Cell, Adjusted]:
    plain = [opening.tests.get(cell, NOT_TESTED).p_t for cell in cells]
    level = [opening.at_length.get(cell, NOT_TESTED).p_t for cell in cells]
    meant = [embedding.at_length.get(cell, NOT_TESTED).p_t for cell in cells]
    n_tests = sum(p is not None for p in plain)
    columns = zip(
        holm(plain), benjamini_hochberg(plain), holm(level), benjamini_hochberg(level), holm(meant), strict=True
    )
    return {cell: Adjusted(n_tests, *values) for cell, values in zip(cells, columns, strict=True)}


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
    placed: tuple[bool, bool, int, Mapping[str, Ceiling]],
    adjusted: Adjusted,
) -> Verdict:
    opening, embedding = channels
    is_kin, is_asked, rank, tops = placed
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
        is_asked=is_asked,
        n_tests=adjusted.n_tests,
        opening_d=opening.scores[cell],
        low=pair.low,
        high=pair.high,
        null_mean=null.mean if null else None,
        null_sd=(opening.scores[cell] - null.mean) / test.z if null and test.z else None,
        z=test.z,
        t=test.t,
        p_t=test.p_t,
        p_rank=test.p_rank,
        p_holm=adjusted.p_holm,
        q=adjusted.q,
        p_at_length=opening.at_length.get(cell, NOT_TESTED).p_t,
        degree=degrees[0],
        degree_low=degrees[1],
        degree_high=degrees[2],
        ceiling_d=ceiling.opening_d if ceiling else None,
        ceiling_kind=ceiling.kind if ceiling else None,
        embedding=embedding.scores.get(cell),
        embedding_z=embedding.tests.get(cell, NOT_TESTED).z,
        embedding_p=meant.p_t,
        embedding_p_holm=adjusted.embedding_p_holm,
        length_closeness=pair.length_closeness,
        n_prompts=pair.n_prompts,
        n_controls=null.n_controls if null else 0,
        n_control_families=null.n_families if null else 0,
        rank=rank,
        verdict=decide(
            Evidence(
                n_prompts=pair.n_prompts,
                is_null_sufficient=null is not None and null.is_sufficient,
                p_holm=adjusted.p_holm,
                q=adjusted.q,
                p_holm_at_length=adjusted.p_holm_at_length,
                q_at_length=adjusted.q_at_length,
                embedding_p=meant.p_t,
                degree=degrees[0],
            )
        ),
    )
