"""The front page in three tiers: a line for each target by verdict, the population, and what limits the run."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest

from tasks.domain.reporting import front, limits, pairs, picture
from tasks.domain.reporting.cells import Row, Rows
from tasks.domain.reporting.label_places import names_on_map
from tasks.domain.reporting.model_accounts import few_prompts
from tasks.domain.reporting.population_sentences import front_sentences
from tasks.domain.reporting.sentences import check
from tasks.domain.reporting.short_answer import short_answers
from tasks.domain.rows import Finding
from tasks.domain.verdict import same_model
from tests.domain.test_verdict_sentences import row as verdict


def made(**relations: list[Row]) -> Rows:
    named = {name.replace("__", "."): rows for name, rows in relations.items()}
    return Rows(defaultdict(tuple, named), [], {}, [], [], 0, datetime(2026, 1, 5))


def row(target: str, word: str, role: str = "student", **changes: Any) -> dict[str, Any]:
    return verdict(target=target, verdict=word, target_role=role, **changes)


STRONG, OPEN, CONTROL = "shares lineage (strong)", "not conclusive", "documented as independent"


def headings(*verdicts: dict[str, Any]) -> list[tuple[str, list[str]]]:
    groups = front.groups(made(mart__verdict=list(verdicts)))
    return [(group.heading, [line.target for line in group.lines]) for group in groups]


def test_the_surprising_stands_first_and_what_says_little_is_folded() -> None:
    found = headings(
        row("c", CONTROL, "independent"),
        row("o", OPEN),
        row("h", "suggestive"),
        row("e", STRONG, expected_by="documents"),
        row("v", STRONG, "variant"),
        row("n2", "shares lineage (moderate)", p_target=0.0001),
        row("n1", STRONG, p_target=0.01),
        row("k", STRONG, is_kin=True),
        row("f", "insufficient prompts", p_target=None, p_t=None),
    )
    assert found == [
        ("Not expected", ["n1", "n2"]),
        ("As expected", ["e"]),
        ("Hints, no findings", ["h"]),
        ("Not conclusive", ["o"]),
        ("Nothing can be said", ["f"]),
        ("Variants and documented fine-tunes", ["v"]),
        ("The yardstick", ["c"]),
    ]
    folded = {
        group.heading
        for group in front.groups(made(mart__verdict=[row("o", OPEN), row("n", STRONG)]))
        if group.is_folded
    }
    assert folded == {"Not conclusive"}


def test_a_control_that_looks_like_a_student_is_the_greatest_surprise_unless_the_relation_runs_the_other_way() -> None:
    student = row("s", STRONG, resembling_controls=["c"], p_target_without=0.001, verdict_without=STRONG)
    odd = row("c", CONTROL, "independent", p_t=0.00002)
    assert headings(student, odd)[0] == ("Against what is documented", ["c"])
    of_student = row("acme-1-b", STRONG, reference="c", candidate_group="g", candidate_vendor="globex")
    found = dict(headings(student, odd, of_student))
    assert "Against what is documented" not in found
    assert found["The other end of findings above"] == ["c"]


def test_a_line_says_whom_how_sure_and_on_what() -> None:
    [group] = front.groups(made(mart__verdict=[row("s", STRONG, p_target=1e-9, candidate_group="acme")]))
    [line] = group.lines
    assert (line.resembles, line.sure, line.basis) == ("acme", "sure", "p < .0001 over 9 vendors")
    assert line.href == "#model?name=s"


def test_a_group_shows_ten_lines_and_folds_the_rest() -> None:
    [group] = front.groups(made(mart__verdict=[row(f"s{n:02}", STRONG) for n in range(13)]))
    assert (len(group.first), [line.target for line in group.rest]) == (10, ["s10", "s11", "s12"])


def test_controls_are_ticks_on_the_scale_of_the_targets_own_degree() -> None:
    others = [
        row(name, CONTROL, "independent", prefix_overlap_d=d) for name, d in (("u", 0.1), ("w", 0.35), ("kin", 0.6))
    ]
    background = [{"model": name, "is_background": True, "role": "independent"} for name in ("u", "w", "kin")]
    models = [{"model": name, "family": "own" if name in ("s", "kin") else name} for name in ("s", "u", "w", "kin")]
    groups = front.groups(
        made(mart__verdict=[row("s", STRONG), *others], mart__background=background, core__model=models)
    )
    drawn = groups[0].lines[0].picture
    assert drawn is not None
    assert drawn.ticks == [picture.place(0.0), picture.place(0.5)]
    assert (drawn.dot, drawn.low, drawn.high) == (picture.place(0.8), picture.place(0.6), picture.place(1.1))
    assert drawn.text == (
        "0.80 from 0, as unrelated models, to 1, as the same model, 0.60 to 1.10; 2 unrelated models as ticks"
    )


def test_what_lies_beyond_the_scale_is_drawn_at_its_end() -> None:
    assert picture.place(-9.0) == picture.MARGIN
    assert picture.place(9.0) == picture.WIDTH - picture.MARGIN
    assert picture.place(0.0) < picture.place(0.5) < picture.place(1.0)


def alike(equality: str = same_model.SAME, p: float | None = 0.4) -> dict[str, Any]:
    pair = {"left_model": "copy", "right_model": "original", "n_prompts": 24, "equality": equality}
    return pair | {"p_equality_holm": p, "distance": 0.05, "distance_high": 0.2, "detectable_distance": 0.22}


UNTESTED = {"p_t": None, "p_target": None, "degree": None}


def test_without_a_null_a_copy_is_seen_beside_its_own_samples_if_there_are_prompts_enough() -> None:
    rows = [row("copy", "insufficient prompts", **UNTESTED)]
    groups = front.groups(made(mart__verdict=rows, mart__pair_self_normalised=[alike()]))
    [line] = groups[0].lines
    assert groups[0].heading == "The same model twice?"
    assert groups[0].ends == ("nothing in common", "like itself")
    assert (line.target, line.resembles, line.sure) == ("copy", "original", "same model")
    assert line.basis == "p .400 over 24 prompts; a distance of 22% would have been found"
    few = front.groups(made(mart__verdict=rows, mart__pair_self_normalised=[alike(same_model.UNTESTED, None)]))
    assert [group.heading for group in few] == ["Nothing can be said"]


def test_the_population_is_told_by_its_clusters() -> None:
    home = {"kernel": "prefix_overlap", "population": "all", "n_members": 6, "n_prompts": 40, "vendi": 4.2}
    home |= {"vendi_low": None, "vendi_high": None}
    rest = {"kernel": "prefix_overlap", "population": "all", "height": 0.5}
    nodes = [
        rest | {"members": ["a", "b", "c"], "n_members": 3, "support": 0.99},
        rest | {"members": ["a", "b"], "n_members": 2, "support": 1.0},
        rest | {"members": ["d", "e"], "n_members": 2, "support": 0.5},
        rest | {"members": list("abcdef"), "n_members": 6, "support": 1.0},
    ]
    assert front_sentences([home], nodes) == [
        "By how they begin, 6 models write like 4.2 distinct ones.",
        "1 cluster stands whichever prompts are drawn: a, b and c.",
        "3 of the 6 stand in none of them.",
    ]
    assert front_sentences([home | {"n_prompts": 1}], nodes) == []
    assert front_sentences([home | {"n_members": 3}], nodes) == []


def limits_of(**relations: list[Row]) -> list[str]:
    named = {name.replace("__", "."): rows for name, rows in relations.items()}
    return limits.limit_sentences(named, ("acme", "globex", "initech"))


def coverage(**changes: Any) -> dict[str, Any]:
    return {"model": "s", "n_requests": 100, "n_answered": 98, "n_missing": 2, "n_truncated": 5} | changes


def test_each_limit_is_said_once_and_in_words() -> None:
    background = [{"vendor": "acme", "is_background": True, "role": "independent"}]
    lines = limits_of(mart__coverage=[coverage()], mart__background=background)
    assert lines == [
        "Candidates were models of acme. Not among them, so not to be found: models of globex, initech.",
        "No verdict on lineage: that takes 8 models documented as independent, and 1 of them are here, so nothing says "
        "that a similarity is more than chance.",
        "2 of 100 replies are missing and in no figure; most of s.",
        "5 of 98 replies were cut at the token limit, which changes how long they are, not how they begin.",
        "Similarity can't tell a teacher from a fellow student, nor who learned from whom.",
    ]
    whole = [coverage(n_missing=0, n_truncated=0)]
    assert len(limits_of(mart__coverage=whole, mart__background=background)) == 3
    assert limits_of() == []


def test_power_is_a_limit_where_there_is_a_null() -> None:
    vendors = [{"vendor": f"v{n}", "is_background": True, "role": "independent"} for n in range(9)]
    said = []
    for targets in ("s", "st"):
        verdicts = [row(name, OPEN) for name in targets]
        lines = limits_of(mart__coverage=[coverage()], mart__background=vendors, mart__verdict=verdicts)
        said += [line for line in lines if "A student" in line]
    alone, two = said
    assert "if asked about alone: 9 unrelated models of 9 vendors, 100 prompts." in alone
    assert "among 2 targets: 9 unrelated models of 9 vendors, 100 prompts." in two


def test_a_check_is_a_note_without_names_of_columns() -> None:
    finding = Finding(
        "x", "warn", "one row per model that answers late.", 4, [{"model": "a", "n_late": 3}, {"model": "b"}]
    )
    assert check(finding) == "4 found: model that answers late (a, b and more)."


def test_what_was_asked_is_answered_last_else_what_was_not_expected() -> None:
    asked = row("a", OPEN, kind="asked")
    assert short_answers([row("s", STRONG), asked], []) == [
        "No lineage found for a: nearest are acme models (p .003, asked about beforehand; nearest: acme-1), not conclusive."
    ]
    many = [row(f"s{n}", STRONG) for n in range(7)] + [
        row("e", STRONG, expected_by="name"),
        row("v", STRONG, "variant"),
    ]
    lines = short_answers(many, [])
    assert len(lines) == 6
    assert lines[-1] == "And 2 more models not expected and 1 model as expected: distillometer show leaderboard"
    assert short_answers([row("o", OPEN)], []) == [
        "No lineage found: not conclusive for 1 model, which is no proof of none."
    ]
    [copy] = short_answers([row("copy", "insufficient prompts", **UNTESTED)], [alike()])
    assert copy.startswith("copy and original write as one and the same model")
    assert short_answers([], []) == []


def test_d_without_the_prompts_that_carry_most_of_it() -> None:
    said = few_prompts(row("s", STRONG, prefix_overlap_d=0.5, n_prompts=10), [2.5, 1.5])
    assert (
        said == "Without the 2 prompts that carry most of it D is 0.12 instead of 0.50, over 8 prompts instead of 10."
    )
    assert few_prompts(row("s", STRONG, n_prompts=2), [2.5, 1.5]) == ""


@pytest.mark.parametrize(("own", "expected"), [("other", ["near", "far"]), ("near", ["far"])])
def test_beside_a_pair_stand_the_unrelated_models_that_are_hardest_to_beat(own, expected) -> None:
    controls = [row(name, CONTROL, "independent", prefix_overlap_d=d) for name, d in (("far", 0.1), ("near", 0.3))]
    relations = {
        "mart.verdict": [row("s", STRONG), *controls],
        "mart.background": [{"model": name, "is_background": True, "role": "independent"} for name in ("far", "near")],
        "core.model": [{"model": name, "family": name} for name in ("far", "near")] + [{"model": "s", "family": own}],
    }
    beside = [one["model"] for one in pairs.unrelated(relations) if one["target"] == "s"]
    assert beside == expected


def test_models_at_one_place_of_the_map_stand_there_in_one_name() -> None:
    at = [("a", 0.1, 2.0), ("copy-of-a", 0.1, 2.0), ("b", 0.5, 4.0)]
    rows = [{"target": model, "hard": hard, "grade": grade} for model, hard, grade in at]
    blank = dict.fromkeys(("hard_high", "grade_low", "grade_high"))
    on_right, on_left = names_on_map([row | blank for row in rows], {model: model for model, *_ in at})
    assert on_right | on_left == {"a": "a, copy-of-a", "b": "b"}
