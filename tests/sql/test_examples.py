"""Each example query runs as it stands on a published snapshot, in plain DuckDB, and finds what is there."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tasks.adapters import sqlfiles, store
from tasks.adapters.settings import Home
from tests.support import small_home

VENDORS = {"alpha-1": "alpha", "alpha-2": "alpha", "beta-1": "beta", "gamma-1": "gamma"}
RECORDED = [
    ("alpha-1", "p1", 0, "Plain water."),
    ("alpha-2", "p1", 0, "Plain water."),
    ("beta-1", "p1", 0, "Plain water."),
    ("alpha-1", "p2", 0, "A red kite."),
    ("alpha-2", "p2", 0, "A red kite, of course."),
    ("beta-1", "p2", 0, "A red kite."),
    ("alpha-1", "p3", 0, "我不知道。"),
    ("alpha-2", "p3", 0, None),
    ("beta-1", "p3", 0, None),
    ("gamma-1", "p1", 0, "Plain ice."),
    ("gamma-1", "p2", 0, "One green kite."),
    *(
        (model, f"p{number}", 0, f"{opening} {number}.")
        for model, opening in (
            ("alpha-1", "No"),
            ("alpha-2", "Gold is soft"),
            ("beta-1", "Gold is heavy"),
            ("gamma-1", "Lead"),
        )
        for number in range(4, 8)
    ),
]
THIS_ROUND = [("gamma-1", "p1", 0, "Plain ice."), ("gamma-1", "p2", 0, "One green kite, and one that is blue.")]
NEIGHBOURS = [
    ("within_prompt", "alpha-1/p2/0", "beta-1/p2/0", 1, 1.0),
    ("within_prompt", "alpha-1/p2/0", "alpha-2/p2/0", 2, 0.75),
    ("within_prompt", "alpha-2/p2/0", "beta-1/p2/0", 1, 0.75),
    ("centred_global", "alpha-1/p2/0", "beta-1/p1/0", 1, 0.5),
]
TRIALS = [
    ("alpha-1", "role-en/maker", 0, "I am Beta One, made by Beta."),
    ("alpha-1", "plain-zh/maker", 0, "我由 Alpha 开发。"),
    ("alpha-2", "role-en/maker", 0, "Beta made me."),
    ("alpha-2", "plain-zh/maker", 0, None),
    ("alpha-2", "plain-zh/maker", 1, "Beta."),
    ("beta-1", "role-en/maker", 0, "I can't tell."),
    ("beta-1", "plain-zh/maker", 0, "I was made in 1850."),
]
TEMPLATES = {"role-en": ("en", "role", True), "plain-zh": ("zh", "plain", False)}
READ = {
    "alpha-1/role-en/maker/0": (True, True, "foreign", "beta"),
    "alpha-1/plain-zh/maker/0": (False, False, "own", "alpha"),
    "alpha-2/role-en/maker/0": (True, True, "foreign", "beta"),
    "alpha-2/plain-zh/maker/1": (True, True, "foreign", "beta"),
    "beta-1/role-en/maker/0": (False, False, "refused", None),
    "beta-1/plain-zh/maker/0": (True, False, "none", None),
}
EXPECTED = {
    "changed_since_last_round": [
        ("gamma-1", "2026-W02", "2026-W03", 2, False, 1, 1, 1.88, 0, 0),
    ],
    "claimed_makers": [
        ("alpha-1", "bank", "foreign", "beta", 1, 2, 0.5),
        ("alpha-1", "bank", "own", "alpha", 1, 2, 0.5),
        ("alpha-2", "bank", "foreign", "beta", 2, 2, 1.0),
        ("beta-1", "bank", "none", "none", 1, 2, 0.5),
        ("beta-1", "bank", "refused", "none", 1, 2, 0.5),
    ],
    "closest_pairs": [
        ("alpha-2", "beta", "beta-1", "shares lineage (strong)", 0.9, None, None, 1.5, 0.01, 2),
        ("alpha-2", "gamma", "gamma-1", "shares lineage (moderate)", 0.5, None, None, 0.8, 0.04, 2),
        ("alpha-1", "beta", "beta-1", "no evidence", 0.2, None, None, 0.4, 0.2, 2),
    ],
    "cost_of_interval": [
        ("alpha-1", "bank", "loose", 0.5, 0.1, 4, 1, 0.0075),
        ("beta-1", "bank", "loose", 0.5, 0.05, 4, 3, None),
        ("alpha-2", "bank", "loose", 1.0, 0.01, 4, None, None),
    ],
    "grades_beside_openings": [
        ("alpha-2", "beta-1", "text_likeness", 3.5, None, None, 1.031035, 1, 1),
        ("alpha-2", "gamma-1", "text_likeness", 1.25, None, None, -1.031035, 2, 2),
    ],
    "identical_replies": [("alpha-1", "beta-1", 2), ("alpha-2", "beta-1", 1)],
    "identity_slips": [
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
    "length_or_likeness": [
        ("beta-1", 3, 0.947, 0.948),
        ("alpha-2", 3, 0.916, 0.957),
        ("alpha-1", 3, -0.896, 1.0),
        ("gamma-1", 3, None, None),
    ],
    "likeness_and_claims": [
        ("alpha-2", "beta", "beta", "shares lineage (strong)", 0.9, 1, 1, 1.0),
    ],
    "likeness_by_prompt_set": [
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
    "snapshots_of_one_maker": [
        ("alpha", "alpha-1", "alpha-2", 0.149313, -0.073526, 6),
        ("alpha", "alpha-2", "alpha-1", -0.216891, -0.647237, 6),
    ],
    "spend_by_model": [
        ("alpha-1", "identity trials", 2, 1000, 500, 0.015, 7.5),
        ("gamma-1", "replies", 8, 2000, 1000, 0.006, 0.75),
        ("alpha-1", "replies", 7, None, None, None, None),
        ("alpha-2", "identity trials", 3, None, None, None, None),
        ("alpha-2", "replies", 7, None, None, None, None),
        ("beta-1", "identity trials", 2, None, None, None, None),
        ("beta-1", "replies", 7, None, None, None, None),
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
        ("alpha-2", "beta", "shares lineage (strong)", 1.5, 0.1, 0.2, 0.01, 2, 9, 0.25),
        ("alpha-2", "gamma", "shares lineage (moderate)", 0.8, 0.1, 0.2, 0.04, 2, 9, 0.25),
        ("alpha-1", "beta", "no evidence", 0.4, 0.1, 0.2, 0.2, 2, 9, 0.25),
    ],
}


LATER = small_home.AT + timedelta(days=7)
OTHER_READ = {
    "alpha-1/role-en/maker/0": (True, False, "none", None),
    "beta-1/role-en/maker/0": (False, False, None, None),
}
LINEAGE_VERDICTS = [
    ("alpha-2", "beta", "beta-1", False, 1.5, 0.9, 0.01, 1, "shares lineage (strong)"),
    ("alpha-2", "gamma", "gamma-1", False, 0.8, 0.5, 0.04, 2, "shares lineage (moderate)"),
    ("alpha-2", "alpha", "alpha-1", True, 1.6, 0.95, 0.01, 1, "same model or fine-tune"),
    ("alpha-1", "beta", "beta-1", False, 0.4, 0.2, 0.2, 1, "no evidence"),
]


def _append_trials(warehouse: store.Store) -> None:
    """Append identity trials, what two judges read of them, and whose judge's reading counts."""
    at = {"registered_at": small_home.AT, "judged_at": small_home.AT, "computed_at": small_home.AT}
    templates = [
        dict(at, template_id=key, template_set="bank", template_key=key, template_text="{question}")
        | {"language": language, "kind": kind, "is_leading": is_leading}
        for key, (language, kind, is_leading) in TEMPLATES.items()
    ]
    trials = [
        dict(at, request_id=small_home.reply_id(*row[:3]), mode="bank", template_id=template, question_id="p1")
        | {"is_leading": TEMPLATES[template][2]}
        for row in TRIALS
        for template in [row[1].split("/")[0]]
    ]
    verdicts = [
        dict(at, verdict_id=f"{judge}/{reply}", reply_id=reply, judge=judge, judge_version="1", attempt=0)
        | dict(zip(("is_contradiction", "is_foreign", "stance", "claimed_vendor"), read, strict=True))
        | {"evidence_text": "made by Beta" if judge == "text_claim" else None}
        for judge, reads in (("text_claim", READ), ("llm_claim", OTHER_READ))
        for reply, read in reads.items()
    ]
    counts = {"judge_rank": 0, "n": 4, "n_missing": 0, "n_templates": 2, "n_questions": 1}
    scores = [
        dict(
            at,
            target=target,
            mode="bank",
            judge="text_claim",
            score="loose",
            slice="all",
            value=value,
            low=low,
            high=high,
        )
        | counts
        for target, value, low, high in (
            ("alpha-1", 0.5, 0.4, 0.6),
            ("alpha-2", 1.0, 0.98, 1.0),
            ("beta-1", 0.5, 0.45, 0.55),
        )
    ]
    rows = {"template": templates, "trial": trials, "verdict": verdicts, "identity_score": scores}
    for table, found in rows.items():
        warehouse.append(table, found)


def _append_comparisons(warehouse: store.Store) -> None:
    """Append verdicts on pairs, a grade, a base, a price, and a later round in which one model answers otherwise."""
    columns = ("target", "candidate_group", "reference", "is_kin", "opening_d", "degree", "p_holm", "rank", "verdict")
    rest = {"low": 0.3, "high": 0.692, "null_mean": 0.1, "null_sd": 0.2, "n_prompts": 2, "n_controls": 9}
    rest |= {"n_control_families": 5, "is_asked": False, "n_tests": 4, "computed_at": small_home.AT}
    warehouse.append("lineage_verdict", [dict(zip(columns, row, strict=True)) | rest for row in LINEAGE_VERDICTS])
    grade = {
        "prompt_set": "all",
        "judge": "text_likeness",
        "judge_version": "1",
        "n": 2,
        "n_missing": 0,
        "n_cut": 0,
        "coverage": 1,
    }
    warehouse.append(
        "similarity_grade",
        [
            grade | {"target": "alpha-2", "reference": reference, "grade": value, "computed_at": small_home.AT}
            for reference, value in (("beta-1", 3.5), ("gamma-1", 1.25))
        ],
    )
    known = {"vendor": "alpha", "parent": "alpha-1", "learned_from": [], "source": "card", "loaded_at": LATER}
    warehouse.append("lineage", [known | {"model": "alpha-2"}])
    card = {"fingerprint": "f", "source": "card", "card_text": "{}", "registered_at": LATER}
    for model, price in (("gamma-1", 2.0), ("alpha-1", 10.0)):
        warehouse.append("model", [card | {"model": model, "input_usd": price, "output_usd": price}])
    told = {"prompt_tokens": 1000, "completion_tokens": 500, "n_attempts": 1, "replied_at": LATER, "source": "asked"}
    for model, prompt, sample, text in [*THIS_ROUND, TRIALS[0]]:
        name = small_home.reply_id(model, prompt) if prompt.endswith("maker") else f"this round/{prompt}"
        request = {"request_id": name, "model": model, "fingerprint": "f", "prompt_id": prompt, "sample": sample}
        warehouse.append("request", [request | {"round": "2026-W03", "sampling_text": "{}", "wanted_at": LATER}])
        warehouse.append("reply", [told | {"reply_id": name, "request_id": name, "reply_text": text}])


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Path:
    home = Home(tmp_path_factory.mktemp("examples"))
    columns = ("neighbour_kind", "reply_id", "neighbour_reply_id", "rank", "cos")
    with store.writing(home) as warehouse:
        _append_trials(warehouse)
        _append_comparisons(warehouse)
        small_home.fill(warehouse, [*RECORDED, *TRIALS], VENDORS)
        warehouse.append("neighbour", [dict(zip(columns, row, strict=True), embedder="e") for row in NEIGHBOURS])
        warehouse.publish(home.published)
    return home.published


@pytest.mark.parametrize("name", EXPECTED)
def test_example_finds_what_is_there(name: str, snapshot: Path) -> None:
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        assert connection.execute(sqlfiles.examples()[name]).fetchall() == EXPECTED[name]


def test_what_is_here_lists_what_people_read_first(snapshot: Path) -> None:
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        rows = connection.execute(sqlfiles.examples()["what_is_here"]).fetchall()
    schemas = [relation.split(".")[0] for relation, *_ in rows]
    assert list(dict.fromkeys(schemas)) == ["mart", "core", "check", "raw"]
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
