"""Each example query runs as it stands on a published snapshot, in plain DuckDB, and finds what is there."""

from pathlib import Path

import duckdb
import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles

EXPECTED = {
    "base_against_aligned": [
        ("family", "alpha", "aligned", "loose", 1, 0, 0.5),
        ("weights", "open", "aligned", "loose", 1, 0, 0.5),
    ],
    "changed_since_last_round": [
        ("gamma-1", "2026-W02", "2026-W03", 2, False, 1, 1, 1.88, 0, 0),
    ],
    "claimed_vendors": [
        ("alpha-1", "bank", "foreign", "beta", 1, 2, 0.5),
        ("alpha-1", "bank", "own", "alpha", 1, 2, 0.5),
        ("alpha-2", "bank", "foreign", "beta", 2, 2, 1.0),
        ("beta-1", "bank", "none", "none", 1, 2, 0.5),
        ("beta-1", "bank", "refused", "none", 1, 2, 0.5),
    ],
    "closest_pairs": [
        ("alpha-2", "beta", "beta-1", "shares lineage (strong)", 0.9, None, None, 1.5, 0.005, 2),
        ("alpha-2", "gamma", "gamma-1", "shares lineage (moderate)", 0.5, None, None, 0.8, 0.02, 2),
        ("alpha-1", "beta", "beta-1", "not conclusive", 0.2, None, None, 0.4, 0.1, 2),
    ],
    "consistent_answers": [
        ("alpha-1", "bank", "text_claim", 2, 0.5, 1.0),
        ("alpha-2", "bank", "text_claim", 2, 1.0, 0.0),
        ("alpha-1", "bank", "llm_claim", 0, None, None),
        ("alpha-2", "bank", "llm_claim", 0, None, None),
        ("beta-1", "bank", "llm_claim", 0, None, None),
        ("beta-1", "bank", "text_claim", 0, None, None),
    ],
    "cost_of_interval": [
        ("alpha-1", "bank", "loose", 0.5, 0.1, 4, 1, 0.0075),
        ("beta-1", "bank", "loose", 0.5, 0.05, 4, 3, None),
        ("alpha-2", "bank", "loose", 1.0, 0.01, 4, None, None),
    ],
    "grades_beside_prefix_overlaps": [
        ("alpha-2", "beta-1", "text_similarity", 3.5, None, None, 1.031035, 1, 1),
        ("alpha-2", "gamma-1", "text_similarity", 1.25, None, None, -1.031035, 2, 2),
    ],
    "identical_replies": [("alpha-1", "beta-1", 2), ("alpha-2", "beta-1", 1)],
    "identity_attributes": [("alpha-1", "maker", 1, 1, 1.0, "beta"), ("alpha-2", "maker", 2, 2, 1.0, "beta")],
    "identity_differences": [("alpha-1", "beta-1", "loose", 0.5, 0.1, 0.9, 0.03, 2)],
    "identity_leaks": [
        ("bank", "en", "role", 2, 2, 0, 3, 0, 0.666667),
        ("bank", "zh", "plain", 2, 1, 1, 3, 1, 0.333333),
    ],
    "judge_disagreements": [
        (
            "alpha-1",
            "llm_claim",
            "text_claim",
            True,
            True,
            False,
            True,
            None,
            "made by Beta",
            "I am Beta One, made by Beta.",
        ),
    ],
    "leaking_templates": [
        ("bank", "role-en", "role", "en", True, 2, 3, 2, 3),
        ("bank", "plain-zh", "plain", "zh", False, 1, 3, 1, 3),
    ],
    "length_or_similarity": [
        ("beta-1", 3, 0.947, 0.948),
        ("alpha-2", 3, 0.916, 0.957),
        ("alpha-1", 3, -0.896, 1.0),
        ("gamma-1", 3, None, None),
    ],
    "similarity_and_claims": [
        ("alpha-2", "beta", "beta", "shares lineage (strong)", 0.9, 1, 1, 1.0),
    ],
    "similarity_by_prompt_set": [
        ("alpha-1", "small", "beta-1", 0.2986, 0.3333, 0.6667, 6),
        ("alpha-2", "small", "beta-1", 1.031, 0.3833, 0.9333, 6),
        ("beta-1", "small", "alpha-2", 1.031, 0.3833, 0.9333, 6),
        ("gamma-1", "small", "alpha-1", 0.0, 0.0, 0.8958, 6),
    ],
    "missing_replies": [
        ("alpha-2", "small", 7, 1, 0.1429, "timeout 1", 0),
        ("beta-1", "small", 7, 1, 0.1429, "timeout 1", 0),
    ],
    "model_against_base": [
        ("alpha-2", "alpha-1", "beta-1", 1.031035, 0.298627, 0.732408, 0.278457, 1.186359, 6),
    ],
    "nearest_replies": [
        ("alpha-1", "beta-1", 1.0, "Question p2", "A red kite.", "A red kite."),
        ("alpha-2", "beta-1", 0.75, "Question p2", "A red kite, of course.", "A red kite."),
    ],
    "same_answers_everywhere": [
        ("small", "p1", 0.4, 0.855, 5, "Question p1"),
        ("small", "p2", 0.3, 0.555, 5, "Question p2"),
        ("small", "p4", 0.04, 0.22, 5, "Question p4"),
        ("small", "p5", 0.04, 0.22, 5, "Question p5"),
        ("small", "p6", 0.04, 0.22, 5, "Question p6"),
        ("small", "p7", 0.04, 0.22, 5, "Question p7"),
    ],
    "separating_prompts": [
        ("small", "p2", 1.386, 0.555, 0.831, 1, "Question p2"),
        ("small", "p1", 1.099, 0.855, 0.244, 1, "Question p1"),
        ("small", "p4", 0.0, 0.22, -0.22, 1, "Question p4"),
        ("small", "p5", 0.0, 0.22, -0.22, 1, "Question p5"),
        ("small", "p6", 0.0, 0.22, -0.22, 1, "Question p6"),
        ("small", "p7", 0.0, 0.22, -0.22, 1, "Question p7"),
    ],
    "several_teachers": [
        ("alpha-2", 2, "beta, gamma"),
    ],
    "snapshots_of_one_vendor": [
        ("alpha", "alpha-1", "alpha-2", 0.149313, -0.073526, 6),
        ("alpha", "alpha-2", "alpha-1", -0.216891, -0.647237, 6),
    ],
    "spend_by_model": [
        ("alpha-1", "identity", 2, 1000, 500, 0.015, 7.5),
        ("gamma-1", "reply", 8, 2000, 1000, 0.006, 0.75),
        ("alpha-1", "reply", 7, None, None, None, None),
        ("alpha-2", "identity", 3, None, None, None, None),
        ("alpha-2", "reply", 7, None, None, None, None),
        ("beta-1", "identity", 2, None, None, None, None),
        ("beta-1", "reply", 7, None, None, None, None),
    ],
    "telling_replies": [
        ("alpha-2", "beta-1", 1.386, "Question p2", "A red kite, of course.", "A red kite."),
        ("alpha-2", "beta-1", 1.099, "Question p4", "Gold is soft 4.", "Gold is heavy 4."),
        ("alpha-2", "beta-1", 1.099, "Question p5", "Gold is soft 5.", "Gold is heavy 5."),
        ("alpha-2", "gamma-1", -0.405, "Question p1", "Plain water.", "Plain ice."),
        ("alpha-2", "gamma-1", -1.099, "Question p4", "Gold is soft 4.", "Lead 4."),
        ("alpha-2", "gamma-1", -1.099, "Question p5", "Gold is soft 5.", "Lead 5."),
    ],
    "undecided_pairs": [
        ("alpha-2", "beta", "shares lineage (strong)", 2.5, 0.1, 0.2, 0.01, 0.01, 2, 2, 9, 0.25),
        ("alpha-1", "beta", "not conclusive", 1.4, 0.1, 0.2, 0.2, 0.2, 2, 2, 9, 0.25),
    ],
}


@pytest.fixture
def snapshot(analysed: Home) -> Path:
    return analysed.published


@pytest.mark.parametrize("name", EXPECTED)
def test_example_finds_what_is_there(name: str, snapshot: Path) -> None:
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        assert connection.execute(sqlfiles.examples()[name]).fetchall() == EXPECTED[name]


def test_what_is_here_lists_what_people_read_first(snapshot: Path) -> None:
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        rows = connection.execute(sqlfiles.examples()["what_is_here"]).fetchall()
    schemas = [relation.split(".")[0] for relation, *_ in rows]
    assert list(dict.fromkeys(schemas)) == ["mart", "core", "audit", "score", "raw", "meta"]
    assert {row[0] for row in rows} == {relation.full_name for relation in sqlfiles.published()}


def test_there_are_many_examples_and_each_is_tested() -> None:
    assert sqlfiles.examples().keys() == EXPECTED.keys() | {"what_is_here"}
    assert len(EXPECTED) >= 15


@pytest.mark.parametrize("name", sqlfiles.examples())
def test_example_says_on_its_first_line_what_it_asks(name: str) -> None:
    first = sqlfiles.examples()[name].splitlines()[0]
    assert first.startswith("-- ")
    assert "?" in first
    assert sqlfiles.examples()[name].endswith(";\n"), "a shell that reads the file would wait for more"
