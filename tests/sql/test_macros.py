"""Formulas that relations share give what they say, and null where something is missing."""

import duckdb
import pytest

from tasks.adapters.warehouse.sqlmacros import macros

VALUES = {
    "centred(2, 6, 3, null)": 0.0,
    "centred(2, 6, 3, 3)": 0.5,
    "centred(2, 3, 1, 3)": None,
    "centred(2, null, null, null)": None,
    "hard(true, false)": True,
    "hard(true, true)": False,
    "hard(false, false)": False,
    "hard(null::boolean, false)": None,
    "shared_words(['a', 'b', 'c'], ['a', 'b', 'd', 'e'])": 2,
    "shared_words(['a', 'b'], ['a', 'b'])": 2,
    "shared_words(['a', 'b'], ['c', 'b'])": 0,
    "shared_words([]::varchar[], ['a'])": 0,
    "standard_error(6, 14, 3)": pytest.approx((1 / 3) ** 0.5),
    "standard_error(3, 9, 1)": None,
    "standard_error(0, 0, 0)": None,
    "standard_error(0.3, 0.03, 3)": 0.0,
}


@pytest.mark.parametrize("formula", VALUES)
def test_value(formula: str, database: duckdb.DuckDBPyConnection) -> None:
    assert database.sql(f"select {formula}").fetchall() == [(VALUES[formula],)]


def test_every_formula_has_a_value() -> None:
    assert {macro.name for macro in macros() if macro.kind == "macro"} == {name.partition("(")[0] for name in VALUES}
