"""The leaderboard's words and modes: SQL's list of positive verdicts is Python's, the bank comes first by rank, not by name."""

import duckdb
import pytest

from tasks.adapters.warehouse import sqlfiles
from tasks.domain.verdict.decision import POSITIVE, VERDICTS

RELATIONS = {relation.full_name: relation for relation in sqlfiles.relations()}


def test_positive_verdicts_are_those_of_the_decision(columns, scratch: duckdb.DuckDBPyConnection) -> None:
    for name in RELATIONS["mart.verdict"].reads:
        typed = ", ".join(f"{column} {kind}" for column, kind in columns[name].items())
        scratch.execute(f"create table {name} ({typed})")
    scratch.execute("insert into core.model (model) values ('t'), ('r')")
    insert = "insert into score.verdict (target, reference, candidate_group, verdict) values ('t', 'r', $1, $1)"
    scratch.executemany(insert, [[word] for word in VERDICTS])
    found = scratch.sql(f"select verdict, is_positive, verdict_rank from ({RELATIONS['mart.verdict'].text})").fetchall()
    places = {word: place for place, word in enumerate(POSITIVE, 1)}
    assert sorted(found) == sorted((word, word in POSITIVE, places.get(word)) for word in VERDICTS)


def test_only_one_relation_knows_the_words() -> None:
    """A word that changes changes there alone."""
    texts = {name: relation.text for name, relation in RELATIONS.items()} | sqlfiles.examples()
    assert [name for name, text in texts.items() if any(f"'{word}" in text for word in POSITIVE)] == ["mart.verdict"]
    assert not [name for name, text in texts.items() if "verdict like" in text]


@pytest.mark.parametrize("name", ["bank", "z-bank"])
def test_the_bank_comes_first_whatever_its_name(name: str, scratch: duckdb.DuckDBPyConnection) -> None:
    scratch.execute("create table core.deciding_judge (target varchar, mode varchar)")
    modes = [[name], ["published"], ["search"], ["adaptive"]]
    scratch.executemany("insert into core.deciding_judge values ('t', $1)", modes)
    text = RELATIONS["core.deciding_mode"].text.replace("'bank'", f"'{name}'")
    assert scratch.sql(text).fetchall() == [("t", name)]


def test_one_relation_decides_the_mode() -> None:
    """Whoever shows identity scores of targets side by side takes their mode from there."""
    for name in ("mart.target_summary", "mart.identity_and_rse"):
        assert "core.deciding_mode" in RELATIONS[name].reads
        assert "'published'" not in RELATIONS[name].text
