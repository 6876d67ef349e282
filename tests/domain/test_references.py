"""Who may be a candidate teacher, and who of them a yardstick: never guessed, and said where nothing is known."""

import pytest

from tasks.domain.errors import InputError
from tasks.domain.references import Reference, choose_references, require_hypotheses
from tasks.domain.rows import Lineage

TOLD = [
    Lineage("zeta", role="independent"),
    Lineage("own", role="independent"),
    Lineage("silent", role="undocumented"),
    Lineage("pupil", role="student", learned_from=("own",)),
    Lineage("human", role="control"),
    Lineage("tuned", role="derived", parent="own"),
    Lineage("prompted", role="variant", parent="own"),
    Lineage("gamer", role="adversary"),
    Lineage("unknown"),
]
UNTOLD = "every model: no lineage is known"


def chosen(known: list[Lineage], *named: str) -> list[tuple[str, bool, str]]:
    return [(row.model, row.is_background, row.chosen_by) for row in choose_references(known, named)]


def test_lineage_chooses() -> None:
    assert choose_references(TOLD, []) == [
        Reference("own", True, "lineage"),
        Reference("silent", False, "lineage"),
        Reference("zeta", True, "lineage"),
    ]


def test_order_changes_nothing() -> None:
    assert choose_references(TOLD[::-1], []) == choose_references(TOLD, [])


def test_nothing_known_takes_everybody() -> None:
    assert chosen([Lineage("b"), Lineage("a")]) == [("a", True, UNTOLD), ("b", True, UNTOLD)]


def test_nobody_independent_takes_everybody() -> None:
    known = [row for row in TOLD if row.role != "independent"]
    assert chosen(known) == [(model, True, UNTOLD) for model in sorted(row.model for row in known)]


def test_one_independent_is_enough_to_leave_others_out() -> None:
    known = [row for row in TOLD if row.model != "zeta"]
    assert chosen(known) == [("own", True, "lineage"), ("silent", False, "lineage")]


def test_named_are_taken_as_they_are() -> None:
    assert chosen(TOLD, "pupil", "own", "pupil") == [("own", True, "named"), ("pupil", False, "named")]


def test_named_without_an_independent_one_are_all_yardsticks() -> None:
    assert chosen(TOLD, "pupil", "gamer") == [("gamer", True, "named"), ("pupil", True, "named")]


def test_named_without_replies() -> None:
    with pytest.raises(InputError) as raised:
        choose_references(TOLD, ["own", "nobody", "ghost"])
    assert str(raised.value) == (
        "--references: no replies of ghost, nobody. "
        "Models with replies: gamer, human, own, prompted, pupil, silent, tuned, unknown ..."
    )


def test_nobody_at_all() -> None:
    assert choose_references([], []) == []


def test_a_question_about_who_is_not_here_names_what_is_near():
    known = [Lineage("student-7b", candidate_group="student"), Lineage("acme-1")]
    require_hypotheses([("student-7b", "acme-1"), ("acme-1", "student")], known, "--hypothesis")
    with pytest.raises(InputError, match=r"replies named 'student-7'.*student-7b"):
        require_hypotheses([("student-7", "acme-1")], known, "--hypothesis")
    with pytest.raises(InputError, match=r"candidate group named 'student-7b'.*student"):
        require_hypotheses([("acme-1", "student-7b")], known, "--hypothesis")
