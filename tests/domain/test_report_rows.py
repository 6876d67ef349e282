"""What charts and pairs are drawn from: controls as verdicts have them, the largest of many, one order, safe names."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from tasks.domain.reporting import chart_rows, lineage_graph, pairs
from tasks.domain.reporting.cells import Row, Rows


def made(**relations: list[Row]) -> Rows:
    named = {name.replace("__", "."): rows for name, rows in relations.items()}
    return Rows(defaultdict(tuple, named), [], {}, [], [], 0, datetime(2026, 1, 5))


def similarity(target: str, reference: str, d: float, **changes: Any) -> dict[str, Any]:
    row = {
        "target": target,
        "reference": reference,
        "prefix_overlap_d": d,
        "prefix_overlap": 0.5,
        "is_same_family": False,
    }
    row |= {"n_prompts": 10}
    return row | changes


def test_controls_are_those_that_the_null_was_formed_from() -> None:
    rest = {"candidate_group": "acme-1", "is_kin": False, "n_prompts": 50, "prefix_overlap_d": 0.1}
    verdicts = [
        rest | {"target": "stranger"},
        rest | {"target": "kin", "is_kin": True},
        rest | {"target": "short", "n_prompts": 49},
        rest | {"target": "silent", "prefix_overlap_d": None},
        rest | {"target": "student", "prefix_overlap_d": 0.9},
        rest | {"target": "outside", "prefix_overlap_d": 0.2},
    ]
    background = [
        {"model": name, "is_background": name != "outside", "role": "student" if name == "student" else "independent"}
        for name in ("stranger", "kin", "short", "silent", "student", "outside")
    ]
    found = pairs.controls(made(mart__verdict=verdicts, mart__background=background))
    assert found == {"acme-1": [("stranger", 0.1)]}


def test_names_are_safe_and_told_apart() -> None:
    models = [{"model": name, "family": "f", "vendor": "v"} for name in ("a\u202e", "a\u200b", "b")]
    label = chart_rows.names(made(core__model=models)).label
    assert sorted(label.values()) == ["a\ufffd", "a\ufffd (2)", "b"]


def test_only_large_families_have_a_colour() -> None:
    sizes = {f"family-{number}": 12 - number for number in range(10)} | {"alone": 1}
    models = [
        {"model": f"{family} {number}", "family": family, "vendor": family}
        for family, n in sizes.items()
        for number in range(n)
    ]
    found = chart_rows.names(made(core__model=models))
    assert found.families == [f"family-{number}" for number in range(chart_rows.MOST_FAMILIES)] + [chart_rows.OTHERS]
    assert found.family["alone 0"] == chart_rows.OTHERS


def test_of_many_models_those_with_the_highest_d_outside_their_family_are_drawn() -> None:
    names = [f"m{number:03}" for number in range(chart_rows.MOST_DRAWN + 20)]
    rows = [similarity(name, "r", number / 100) for number, name in enumerate(names)]
    rows.append(similarity("kin", "r", 9.0, is_same_family=True))
    targets, references_drawn = chart_rows.drawn_models(made(mart__pair_similarity=rows))
    assert targets == names[20:]
    assert references_drawn == ["r"]


def test_pairs_with_a_verdict_are_held_before_all_others(monkeypatch) -> None:
    monkeypatch.setattr(pairs, "HELD_PAIRS", 3)
    rows = [similarity("s", "a", 0.9), similarity("s", "b", 0.1), similarity("t", "a", 0.5), similarity("t", "b", 0.8)]
    told = [
        {"target": "s", "reference": "b", "verdict": "shares lineage (moderate)", "rank": 7},
        {"target": "t", "reference": "a", "verdict": "not conclusive", "rank": 1},
    ]
    assert pairs.pairs_with_replies(rows, told) == [("s", "b"), ("t", "a"), ("s", "a")]


def test_tree_and_heat_map_stand_in_one_order() -> None:
    nodes = [
        {"node": 0, "parent": None, "height": 0.9, "support": None, "members": ["a", "b", "c"]},
        {"node": 1, "parent": 0, "height": 0.0, "support": None, "members": ["b"]},
        {"node": 2, "parent": 0, "height": 0.4, "support": 0.97, "members": ["a", "c"]},
        {"node": 3, "parent": 2, "height": 0.0, "support": None, "members": ["c"]},
        {"node": 4, "parent": 2, "height": 0.0, "support": None, "members": ["a"]},
    ]
    tree = [row | {"kernel": "prefix_overlap", "population": "all"} for row in nodes]
    models = [{"model": name, "family": name, "vendor": name} for name in "abcd"]
    rows = made(mart__model_tree=tree, core__model=models)
    assert chart_rows.order(rows) == ["b", "c", "a", "d"]
    lines, joints, leaves, population = chart_rows.tree(rows)
    assert (population, [leaf["name"] for leaf in leaves]) == ("all", ["b", "c", "a"])
    assert [(joint["x"], joint["y"], joint["support"]) for joint in joints] == [(0.6, 1.5, 0.97)]
    assert {"x": 0.1, "x2": 0.1, "y": 0.0, "y2": 1.5} in lines
    assert {"x": 0.1, "x2": 0.6, "y": 1.5, "y2": 1.5} in lines


def test_modes_of_identity_probes_are_not_mixed_in_a_chart() -> None:
    row = {"target": "s", "score": "strict", "slice": "all", "low": None, "high": None, "n": 9}
    scores = [row | {"mode": "search", "value": 0.9}, row | {"mode": "bank", "value": 0.1}]
    scores.append(row | {"target": "hunted", "mode": "search", "value": 0.8})
    models = [{"model": name, "family": name, "vendor": name} for name in ("s", "hunted")]
    summary = [{"target": "s", "identity_mode": "bank"}, {"target": "hunted", "identity_mode": None}]
    [point] = chart_rows.rates(made(mart__identity_score=scores, core__model=models, mart__target_summary=summary))
    assert (point["target"], point["mode"], point["value"]) == ("s", "bank", 0.1)


def identity_and_rse(target: str, hard: float, grade: float) -> dict[str, Any]:
    row = {"target": target, "reference": "r", "hard": hard, "grade": grade}
    return row | dict.fromkeys(("hard_low", "hard_high", "grade_low", "grade_high"))


def test_names_on_the_map_do_not_overlap() -> None:
    def names_of(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
        models = [{"model": row["target"], "family": "f", "vendor": "v"} for row in rows]
        points = chart_rows.scatter(made(mart__identity_and_rse=rows, core__model=models))
        return [(point["name"], point["name_left"]) for point in points if point["name"] or point["name_left"]]

    crowd = [identity_and_rse(f"a-long-name-{n}", 0.1 + n / 1000, 2.0) for n in range(9)]
    outermost = identity_and_rse("the-outermost", 0.5, 2.0)
    assert names_of([*crowd, outermost]) == [
        ("", "a-long-name-2"),
        ("a-long-name-8", ""),
        ("", "the-outermost"),
    ]
    assert names_of([identity_and_rse("a", 0.1, 1.5), identity_and_rse("b", 0.5, 3.5)]) == [("a", ""), ("", "b")]


def verdict(target: str, vendor: str, group: str, **changes: Any) -> dict[str, Any]:
    row = {"target": target, "candidate_vendor": vendor, "candidate_group": group, "reference": f"{group}-1"}
    row |= {"is_positive": True, "is_kin": False, "place": 1, "p_target": 0.001, "degree": 0.5, "expected_by": None}
    return row | {"verdict": "shares lineage (strong)"} | changes


def test_lineage_graph_has_an_edge_for_each_target_and_vendor_beyond_chance() -> None:
    rows = [
        verdict("s", "acme", "acme-1", expected_by="documents"),
        verdict("s", "acme", "acme-2", place=2),
        verdict("s", "globex", "globex-1", place=3, degree=1.7),
        verdict("t", "acme", "acme-1", degree=None, expected_by="name"),
        verdict("u", "acme", "acme-1", is_positive=False),
        verdict("v", "acme", "acme-1", is_kin=True),
    ]
    edges, models = lineage_graph.graph(made(mart__verdict=rows))
    assert [(edge["target"], edge["group"], edge["strength"], edge["known"]) for edge in edges] == [
        ("s", "acme-1", 0.5, "documented"),
        ("s", "globex-1", 1.0, "not documented"),
        ("t", "acme-1", lineage_graph.LEAST_STRENGTH, "not documented"),
    ]
    assert [(model["x"], model["name"], model["vendor"]) for model in models] == [
        (0, "s", "acme"),
        (0, "t", "acme"),
        (1, "globex-1", "globex"),
        (1, "acme-1", "acme"),
    ]
    assert lineage_graph.graph(made(mart__verdict=[rows[4]])) == ([], [])
