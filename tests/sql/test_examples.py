"""Each example query runs as it stands on a published snapshot, in plain DuckDB, and finds what is there."""

from pathlib import Path

import duckdb
import pytest

from tasks.adapters import sqlfiles, store
from tasks.adapters.settings import Home
from tests.support import small_home

VENDORS = {"alpha-1": "alpha", "alpha-2": "alpha", "beta-1": "beta"}
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
]
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
    ("beta-1", "role-en/maker", 0, "I can't tell."),
    ("beta-1", "plain-zh/maker", 0, "I was made in 1850."),
]
TEMPLATES = {"role-en": ("en", "role", True), "plain-zh": ("zh", "plain", False)}
READ = {
    "alpha-1/role-en/maker/0": (True, True, "foreign", "beta"),
    "alpha-1/plain-zh/maker/0": (False, False, "own", "alpha"),
    "alpha-2/role-en/maker/0": (True, True, "foreign", "beta"),
    "beta-1/role-en/maker/0": (False, False, "refused", None),
    "beta-1/plain-zh/maker/0": (True, False, "none", None),
}
EXPECTED = {
    "claimed_makers": [
        ("alpha-1", "bank", "foreign", "beta", 1, 2, 0.5),
        ("alpha-1", "bank", "own", "alpha", 1, 2, 0.5),
        ("alpha-2", "bank", "foreign", "beta", 1, 1, 1.0),
        ("beta-1", "bank", "none", "none", 1, 2, 0.5),
        ("beta-1", "bank", "refused", "none", 1, 2, 0.5),
    ],
    "identity_slips": [
        ("en", "role", 2, 2, 0, 3, 0, 0.666667),
        ("zh", "plain", 1, 0, 0, 2, 1, 0.0),
    ],
    "identical_replies": [("alpha-1", "beta-1", 2), ("alpha-2", "beta-1", 1)],
    "nearest_replies": [
        ("alpha-1", "beta-1", 1.0, "Question p2", "A red kite.", "A red kite."),
        ("alpha-2", "beta-1", 0.75, "Question p2", "A red kite, of course.", "A red kite."),
    ],
}


def _append_trials(warehouse: store.Store) -> None:
    """Append identity trials, what one judge read of them, and whose judge's reading counts."""
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
        dict(at, verdict_id=f"v/{reply}", reply_id=reply, judge="text_claim", judge_version="1", attempt=0)
        | dict(zip(("is_contradiction", "is_foreign", "stance", "claimed_vendor"), read, strict=True))
        for reply, read in READ.items()
    ]
    counts = {"judge_rank": 0, "n": 0, "n_missing": 0, "n_templates": 2, "n_questions": 1}
    scores = [
        dict(at, target=target, mode="bank", judge="text_claim", score="loose", slice="all") | counts
        for target in VENDORS
    ]
    rows = {"template": templates, "trial": trials, "verdict": verdicts, "identity_score": scores}
    for table, found in rows.items():
        warehouse.append(table, found)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Path:
    home = Home(tmp_path_factory.mktemp("examples"))
    columns = ("neighbour_kind", "reply_id", "neighbour_reply_id", "rank", "cos")
    with store.writing(home) as warehouse:
        _append_trials(warehouse)
        small_home.fill(warehouse, [*RECORDED, *TRIALS], VENDORS)
        warehouse.append("neighbour", [dict(zip(columns, row, strict=True), embedder="e") for row in NEIGHBOURS])
        warehouse.publish(home.published)
    return home.published


@pytest.mark.parametrize("name", sqlfiles.examples())
def test_example_finds_what_is_there(name: str, snapshot: Path) -> None:
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        assert connection.execute(sqlfiles.examples()[name]).fetchall() == EXPECTED[name]


@pytest.mark.parametrize("name", sqlfiles.examples())
def test_example_says_on_its_first_line_what_it_asks(name: str) -> None:
    first = sqlfiles.examples()[name].splitlines()[0]
    assert first.startswith("-- ")
    assert "?" in first
