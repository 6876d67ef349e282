"""Bases from a file join the lineage rows; what is on record of a model stays, and a wrong file is refused."""

import pytest

from tasks import score
from tasks.adapters import lineages, store
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError
from tasks.domain.rows import Lineage
from tests.support import small_home

LINEAGE = "model,vendor,group,family,role,learned_from\nalpha,a,a,a,student,gpt-4\n"


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home")
    with store.writing(home) as warehouse:
        small_home.fill(
            warehouse, [("alpha", "p", 0, "A."), ("beta", "p", 0, "B."), ("new", "p", 0, "C.")], {"beta": "b"}
        )
    return home


def written(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


def read(home, lineage, bases):
    with store.looking(home) as warehouse:
        return lineages.read(lineage, warehouse, bases)


def test_bases_join_the_rows_of_the_file_and_what_is_on_record(home, tmp_path):
    lineage = written(tmp_path, "lineage.csv", LINEAGE)
    bases = written(tmp_path, "bases.csv", "model,base\nalpha,base-8b\nbeta,base-8b\nnew,base-7b\nabsent,base-7b\n")
    rows, n_here = read(home, lineage, bases)
    told = {row.model: row for row in rows}
    assert n_here == 3
    assert told["alpha"] == Lineage("alpha", "a", "a", "a", "student", ("gpt-4",), base="base-8b")
    assert (told["beta"].vendor, told["beta"].base) == ("b", "base-8b"), "what its card says is not lost"
    assert told["new"] == Lineage("new", base="base-7b")
    assert told["absent"] == Lineage("absent", base="base-7b")


def test_bases_alone_are_put_on_record(home, tmp_path):
    bases = written(tmp_path, "bases.csv", "model,base\nbeta,base-8b\n")
    assert score.load_lineage.fn(None, home, str(bases)) == (1, 1)
    with store.looking(home) as warehouse:
        [row] = warehouse.read("core.model", model="beta").to_dicts()
    assert (row["vendor"], row["base"]) == ("b", "base-8b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model\nbeta\n", "bases.csv:1: missing columns: base"),
        ("model,base\nbeta,\n", "columns 'model' and 'base' need a value"),
        (
            "model,base\nabsent,base-8b\n",
            "none of its 1 models is in the warehouse. Here are, for example: alpha, beta",
        ),
    ],
)
def test_a_wrong_file_is_refused(home, tmp_path, text, said):
    bases = written(tmp_path, "bases.csv", text)
    with pytest.raises(InputError, match=r"bases\.csv") as error:
        lineages.check([], None, home, bases)
    assert said in str(error.value)
