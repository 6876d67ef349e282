"""Bases from a file join the lineage rows; what is on record of a model stays, and a wrong file is refused."""

import pytest

from tasks.adapters.inputs import cards, lineages
from tasks.adapters.planning import scorings
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.rows import Lineage
from tasks.domain.scoring import ScoringPlan
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
    return lineages.scoring_lineages([], home, lineage, bases)


def test_bases_join_the_rows_of_the_file_and_what_is_on_record(home, tmp_path):
    lineage = written(tmp_path, "lineage.csv", LINEAGE)
    bases = written(tmp_path, "bases.csv", "model,base\nalpha,base-8b\nbeta,base-8b\nnew,base-7b\nabsent,base-7b\n")
    told = {row.model: row for row in read(home, lineage, bases)}
    assert len(told) == 4
    assert told["alpha"] == Lineage("alpha", "a", "a", "a", "student", ("gpt-4",), base="base-8b")
    assert (told["beta"].vendor, told["beta"].base) == ("b", "base-8b"), "what its card says is not lost"
    assert told["new"] == Lineage("new", base="base-7b")
    assert told["absent"] == Lineage("absent", base="base-7b")


def test_bases_alone_are_put_on_record(home, tmp_path):
    bases = written(tmp_path, "bases.csv", "model,base\nbeta,base-8b\n")
    rows = read(home, None, bases)
    assert len(rows) == 1
    with store.writing(home) as warehouse:
        lineages.record_lineages(rows, warehouse)
    with store.inspecting(home) as warehouse:
        [row] = warehouse.read("core.model", model="beta").to_dicts()
    assert (row["vendor"], row["base"]) == ("b", "base-8b")


@pytest.mark.fault
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
        read(home, None, bases)
    assert said in str(error.value)


def test_files_are_read_once_and_nothing_is_written_where_a_hypothesis_is_wrong(home, tmp_path, monkeypatch):
    read_files = []
    for name in ("read_lineage", "read_bases"):
        read_file = getattr(cards, name)
        monkeypatch.setattr(
            cards, name, lambda path, read_file=read_file: read_files.append(path.name) or read_file(path)
        )
    wanted = ScoringPlan(
        lineage=str(written(tmp_path, "lineage.csv", LINEAGE)),
        bases=str(written(tmp_path, "bases.csv", "model,base\nbeta,base-8b\n")),
        hypotheses=("alpha=nobody",),
    )
    with store.inspecting(home) as warehouse:
        before = warehouse.read("raw.lineage").height
    with pytest.raises(InputError, match="no candidate group named 'nobody'"):
        scorings.register(wanted, home)
    with store.inspecting(home) as warehouse:
        assert warehouse.read("raw.lineage").height == before
        assert not warehouse.count("raw.hypothesis")
    assert read_files == ["lineage.csv", "bases.csv"]
    assert not scorings.register(wanted.model_copy(update={"hypotheses": ("alpha=beta",)}), home)
    assert read_files == ["lineage.csv", "bases.csv"] * 2
    with store.inspecting(home) as warehouse:
        assert warehouse.read("raw.lineage").height == before + 2
        assert warehouse.read("raw.hypothesis")["candidate_group"].to_list() == ["beta"]
