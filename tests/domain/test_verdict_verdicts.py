"""All pairs of a run together: which are tested how, and what a confound, kin or a second channel changes."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tasks.domain.verdict.decision import CONFOUNDED, FEW_CONTROLS, FEW_PROMPTS, NO_EVIDENCE, SAME_MODEL, STRONG
from tasks.domain.verdict.degree import SelfScore
from tasks.domain.verdict.pair_score import Known, PairScore
from tasks.domain.verdict.verdicts import Verdict, verdicts

CONTROLS = {
    f"{vendor}{number}": Known(f"{vendor}{number}", vendor, vendor, f"{vendor}{number}", "independent", is_control=True)
    for vendor in "abcdef"
    for number in (1, 2)
}
TARGET = Known("target", "maker", "maker", "target", "student", is_control=False)
KNOWN = CONTROLS | {"target": TARGET}


def pair(target: str, reference: str, d: float, **beside: float) -> PairScore:
    row = PairScore(target, reference, d + 0.4, d, d - 0.05, d + 0.05, 0.6, None, 200)
    return replace(row, **beside)


def run(special: Mapping[str, PairScore], known: Mapping[str, Known] = KNOWN, seed: int = 1) -> list[PairScore]:
    """Return D of every pair from a normal of .02 around 0, the target's with some references as given."""
    dice = np.random.default_rng(seed)
    rows = []
    for target in known:
        for reference in CONTROLS:
            if target != reference:
                drawn = pair(
                    target, reference, float(dice.normal(scale=0.02)), embedding=float(dice.normal(scale=0.02))
                )
                rows.append(special.get(reference, drawn) if target == "target" else drawn)
    return rows


def verdict_on(rows: list[Verdict], group: str, target: str = "target") -> Verdict:
    [found] = [row for row in rows if (row.target, row.candidate_group) == (target, group)]
    return found


def selves(samples: float = 0.5) -> dict[str, SelfScore]:
    return {model: SelfScore(samples, None, 2.0) for model in CONTROLS}


def test_nothing_planted_is_no_evidence() -> None:
    rows = verdicts(run({}), KNOWN, selves())
    assert {row.verdict for row in rows if not row.is_kin} == {NO_EVIDENCE}
    assert len(rows) == 12 * 11 + 12


def test_planted_pair_is_found_and_measured() -> None:
    rows = verdicts(run({"a1": pair("target", "a1", 0.25)}), KNOWN, selves())
    found = verdict_on(rows, "a1")
    assert (found.verdict, found.rank, found.is_kin) == (STRONG, 1, False)
    # Ten controls in five families: those of a's maker are left out.
    assert (found.n_controls, found.n_control_families) == (10, 5)
    assert found.null_mean == pytest.approx(0.0, abs=0.02)
    assert found.null_sd == pytest.approx(0.02, rel=0.4)
    assert found.degree == pytest.approx((0.25 - found.null_mean) / (0.5 - found.null_mean))
    assert found.degree_low < found.degree < found.degree_high
    assert (found.ceiling_d, found.ceiling_kind) == (0.5, "samples")
    assert {row.verdict for row in rows if row.target == "target"} == {STRONG, NO_EVIDENCE}


def test_order_of_pairs_leaves_no_trace() -> None:
    pairs = run({"a1": pair("target", "a1", 0.25)})
    assert verdicts(pairs[::-1], dict(reversed(KNOWN.items())), selves()) == verdicts(pairs, KNOWN, selves())


def test_nobody_is_a_candidate_for_itself() -> None:
    """Nor does a pair without D say anything."""
    pairs = run({})
    beside = [*pairs, pair("a1", "a1", 9.0), replace(pair("target", "a1", 0.0), opening_d=None)]
    assert verdicts(beside, KNOWN, selves()) == verdicts(pairs, KNOWN, selves())


def test_own_family_is_no_control() -> None:
    """A reference that is tested leaves its family out of its null; so does a target that shares the family."""
    rows = verdicts(run({}), KNOWN, selves())
    assert (verdict_on(rows, "a1", "b1").n_controls, verdict_on(rows, "a1", "b1").n_control_families) == (8, 4)
    known = KNOWN | {"target": replace(TARGET, family="b")}
    assert verdict_on(verdicts(run({}, known), known, selves()), "a1").n_controls == 8


def test_raised_twin_in_the_null_does_not_hide_a_control() -> None:
    """Both models of b stand near a1: each is judged by the others."""
    pairs = [
        replace(row, opening_d=0.3) if row.target in {"b1", "b2"} and row.reference == "a1" else row for row in run({})
    ]
    rows = verdicts(pairs, KNOWN, selves())
    assert verdict_on(rows, "a1", "b1").verdict == STRONG
    assert verdict_on(rows, "a1", "b2").verdict == STRONG


def test_same_model_takes_both_channels() -> None:
    near = pair("target", "a1", 0.45, embedding=0.4)
    assert verdict_on(verdicts(run({"a1": near}), KNOWN, selves()), "a1").verdict == SAME_MODEL
    for alone in (replace(near, embedding=0.0), replace(near, embedding=None), replace(near, opening_d=0.3)):
        assert verdict_on(verdicts(run({"a1": alone}), KNOWN, selves()), "a1").verdict == STRONG
    # The second channel alone is no verdict.
    only = verdict_on(verdicts(run({"a1": replace(near, opening_d=0.0)}), KNOWN, selves()), "a1")
    assert (only.verdict, only.embedding) == (NO_EVIDENCE, 0.4)
    assert only.embedding_p_holm < 0.001


def test_few_prompts() -> None:
    rows = verdicts(run({"a1": pair("target", "a1", 0.9, n_prompts=49)}), KNOWN, selves())
    assert verdict_on(rows, "a1").verdict == FEW_PROMPTS


@pytest.mark.parametrize("kept", ["abc", "abcde"])
def test_few_controls(kept) -> None:
    """Of three makers none has eight unrelated models; of five each has."""
    pairs = [row for row in run({"a1": pair("target", "a1", 9.0)}) if row.reference[0] in kept]
    pairs = [row for row in pairs if row.target == "target" or row.target[0] in kept]
    known = {name: row for name, row in KNOWN.items() if name == "target" or name[0] in kept}
    found = verdict_on(verdicts(pairs, known, {}), "a1")
    if kept == "abc":
        assert (found.verdict, found.n_controls, found.p_t) == (FEW_CONTROLS, 4, None)
    else:
        assert (found.verdict, found.n_controls) == (STRONG, 8)


def test_nobody_documented_is_no_control() -> None:
    known = {name: replace(row, role=None, is_control=False) for name, row in KNOWN.items()}
    assert {row.verdict for row in verdicts(run({"a1": pair("target", "a1", 9.0)}), known, {})} == {FEW_CONTROLS}


def test_control_asked_too_little_is_none() -> None:
    pairs = [replace(row, n_prompts=49) if row.target == "f1" else row for row in run({})]
    assert verdict_on(verdicts(pairs, KNOWN, selves()), "a1").n_controls == 9


def test_kin_is_adjusted_apart() -> None:
    """That a maker's models resemble each other makes no other pair pass, and costs it nothing."""
    planted = run({"a1": pair("target", "a1", 0.12)})
    kin = [
        replace(row, opening_d=0.8) if row.target[0] == row.reference[0] and row.target != "target" else row
        for row in planted
    ]
    plain, beside = (verdict_on(verdicts(pairs, KNOWN, selves()), "a1") for pairs in (planted, kin))
    assert (plain.p_holm, plain.q) == (beside.p_holm, beside.q)
    rows = verdicts(kin, KNOWN, selves())
    assert {row.verdict for row in rows if row.is_kin} == {STRONG}


def test_snapshots_count_by_their_nearest_for_target_and_controls_alike() -> None:
    """Two snapshots make one group; the best of two is compared with controls' best of two."""
    known = {name: replace(row, group="a") if row.vendor == "a" else row for name, row in KNOWN.items()}
    pairs = run({"a1": pair("target", "a1", 0.05), "a2": pair("target", "a2", 0.25)}, known)
    found = verdict_on(verdicts(pairs, known, selves()), "a")
    assert (found.reference, found.opening_d, found.verdict) == ("a2", 0.25, STRONG)
    best = [
        max(row.opening_d for row in pairs if row.target == control and row.reference in {"a1", "a2"})
        for control in CONTROLS
        if control[0] != "a"
    ]
    assert found.null_mean == pytest.approx(np.mean(best))
    assert found.null_mean > 0.0


def test_ranks_go_by_d() -> None:
    rows = verdicts(run({"c1": pair("target", "c1", 0.3), "d2": pair("target", "d2", 0.2)}), KNOWN, selves())
    mine = [row for row in rows if row.target == "target"]
    assert [row.rank for row in mine] == list(range(1, 13))
    assert [row.candidate_group for row in mine[:2]] == ["c1", "d2"]
    assert [row.opening_d for row in mine] == sorted((row.opening_d for row in mine), reverse=True)


# Length

SLOPE = 0.5


def long_run(target_length: float, target_d: float) -> list[PairScore]:
    """Return a run in which D among unrelated models rises with closeness of length, for all groups alike."""
    dice = np.random.default_rng(2)
    rows = []
    for target in KNOWN:
        for reference in CONTROLS:
            if target == reference:
                continue
            length = float(dice.uniform(0.45, 0.75))
            d = SLOPE * (length - 0.6) + float(dice.normal(scale=0.01))
            if (target, reference) == ("target", "a1"):
                length, d = target_length, target_d
            rows.append(pair(target, reference, d, length_closeness=length))
    return rows


def test_near_by_length_only_is_confounded() -> None:
    found = verdict_on(verdicts(long_run(0.99, SLOPE * 0.39 + 0.03), KNOWN, selves()), "a1")
    assert found.verdict == CONFOUNDED
    assert found.p_holm <= 0.05
    assert found.p_at_length > 0.05


def test_near_beyond_its_length_is_not() -> None:
    assert verdict_on(verdicts(long_run(0.99, 0.6), KNOWN, selves()), "a1").verdict == STRONG


def test_near_at_usual_length_is_not() -> None:
    found = verdict_on(verdicts(long_run(0.6, SLOPE * 0.39 + 0.03), KNOWN, selves()), "a1")
    assert found.verdict == STRONG
    assert found.p_at_length == pytest.approx(found.p_t, rel=0.9)


def test_falling_slope_explains_nothing() -> None:
    """Where unrelated models are less alike at equal length, a target gains nothing by it."""
    falling = [
        replace(row, length_closeness=1.2 - row.length_closeness) if row.length_closeness is not None else row
        for row in long_run(0.99, 0.25)
    ]
    found = verdict_on(verdicts(falling, KNOWN, selves()), "a1")
    assert found.p_at_length == found.p_t


def test_unknown_length_takes_nothing_off() -> None:
    pairs = [replace(row, length_closeness=None) if row.target == "target" else row for row in long_run(0.99, 0.25)]
    found = verdict_on(verdicts(pairs, KNOWN, selves()), "a1")
    assert found.p_at_length == found.p_t


def test_what_was_asked_beforehand_is_adjusted_alone() -> None:
    rows = run({"a1": pair("target", "a1", 0.06)})
    plain = verdict_on(verdicts(rows, KNOWN, selves()), "a1")
    asked = verdict_on(verdicts(rows, KNOWN, selves(), [("target", "a1"), ("nobody", "a1")]), "a1")
    assert (plain.is_asked, plain.verdict) == (False, NO_EVIDENCE)
    assert (asked.is_asked, asked.n_tests, asked.verdict) == (True, 1, STRONG)
    assert asked.p_holm == asked.p_t == plain.p_t
    others = [row for row in verdicts(rows, KNOWN, selves(), [("target", "a1")]) if not row.is_kin and not row.is_asked]
    assert {row.n_tests for row in others} == {plain.n_tests - 1}
