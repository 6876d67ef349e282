"""Findings on a population say how many, how sure, who adds least, and which groups come again."""

from typing import Any

from tasks.domain.reporting.population_sentences import population_sentences

MAIN = {"kernel": "prefix_overlap", "population": "all"}


def home(kernel: str = "prefix_overlap", population: str = "all", **changes: Any) -> dict[str, Any]:
    row = {"kernel": kernel, "population": population, "n_members": 56, "vendi": 40.6}
    return row | {"vendi_low": 39.84, "vendi_high": 41.48, "vendi_of_one_model": None} | changes


def member(rank: int, name: str, contribution: float, nearest: str | None) -> dict[str, Any]:
    return MAIN | {"rank": rank, "member": name, "contribution": contribution, "nearest": nearest}


def node(members: str, support: float | None, height: float) -> dict[str, Any]:
    row = {"members": list(members), "n_members": len(members), "support": support, "height": height}
    return MAIN | row


def test_how_many_models_they_write_like() -> None:
    [line] = population_sentences(
        [
            home(),
            home("bigram", vendi=50.7, vendi_low=None, vendi_high=None),
            home(population="families", vendi=20.66, n_members=25),
        ],
        [],
        [],
    )
    assert line == (
        "By how they begin, 56 models write like 40.6 (95 % interval 39.8 to 41.5) distinct ones; "
        "by their word pairs like 50.7. One voice a family: 25 families like 20.7."
    )


def test_what_one_model_would_come_to() -> None:
    [line] = population_sentences([home(vendi_of_one_model=12.34)], [], [])
    assert line.endswith("As many samples of one of them would begin like 12.3.")


def test_who_adds_least_and_most() -> None:
    rows = [member(2, "b", 0.96, None), member(1, "a", 0.17, "c")]
    other = [rows[0] | {"kernel": "bigram", "rank": 1, "member": "x"}]
    line = population_sentences([home()], rows + other, [])[1]
    assert line.startswith("a adds least to that number, 0.17 (nearest: c); b adds most, 0.96.")


def test_groups_that_come_again() -> None:
    nodes = [
        node("abcde", None, 0.9),
        node("abc", 0.96, 0.5),
        node("ab", 1.0, 0.2),
        node("de", 0.94, 0.4),
        node("a", None, 0),
    ]
    line = population_sentences([home()], [], nodes)[-1]
    assert line == (
        "Of 3 groups in the tree of prefix overlaps, 2 recur in at least 95% of the draws of prompts, such as: a, b, c."
    )


def test_nothing_is_said_of_nothing() -> None:
    assert population_sentences([], [], []) == []
    assert population_sentences([home(population="references")], [], []) == []
