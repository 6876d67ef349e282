"""`mart.identity_consistency` gives what the same measures give in Python, on answers that were drawn."""

import duckdb
import numpy as np
import pytest

from tasks.adapters.warehouse import sqlfiles
from tests.support.consistency import consistency

VENDORS = ["anthropic", "google", "openai", "qwen", None, None]
"""Whom a reply names; twice nobody, so that groups lack answers."""


def test_consistency_is_that_of_python(scratch: duckdb.DuckDBPyConnection, columns: dict[str, dict[str, str]]) -> None:
    relations = {relation.full_name: relation for relation in sqlfiles.relations()}
    for name in ("core.labelled_probe", "mart.identity_spread"):
        typed = ", ".join(f"{column} {kind}" for column, kind in columns[name].items())
        scratch.execute(f"create table {relations[name].quoted} ({typed})")
    rng = np.random.default_rng(5)
    groups = [f"group {n}" for n in rng.geometric(0.2, 200)]
    answers = [VENDORS[place] for place in rng.integers(len(VENDORS), size=200)]
    for number, (group, vendor) in enumerate(zip(groups, answers, strict=True)):
        scratch.execute(
            "insert into core.labelled_probe by name select ? as request_id, 'm' as target, 'bank' as mode, 'j' as judge, "
            "? as question_group, ? as claimed_vendor, false as is_foreign, 'own' as stance",
            [str(number), group, vendor],
        )
    relation = relations["mart.identity_consistency"]
    found = scratch.sql(f"select * from ({relation.text}) order by question_group").pl().to_dicts()
    expected = consistency(answers, groups)
    assert {row.n for row in expected} >= {0, 1}
    assert max(row.n for row in expected) > 10
    assert [row["question_group"] for row in found] == [row.group for row in expected]
    for row, told in zip(found, expected, strict=True):
        assert (row["n_answers"], row["n_unnamed"], row["top_vendor"]) == (told.n, told.n_missing, told.top_answer)
        measured = [row[name] for name in ("top_share", "entropy_bits", "n_vendors_effective", "pair_agreement")]
        assert measured == pytest.approx(
            [told.top_share, told.entropy_bits, told.n_answers_effective, told.pair_agreement], abs=1e-6
        )
