"""docs/faults.md says what the tests bring about, no more and no less."""

from tests.house import faults


def test_the_page_is_as_the_tests_have_it() -> None:
    assert faults.PAGE.read_text(encoding="utf-8") == faults.page(), "Renew it: python -m tests.house.faults"


def test_each_file_that_is_listed_whole_is_there() -> None:
    assert [name for name in faults.WHOLE if not (faults.PROJECT / name).is_file()] == []


def test_a_mark_is_enough_and_cases_are_read_with_what_is_expected(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(faults, "PROJECT", tmp_path)
    (tmp_path / "test_x.py").write_text(
        'KINDS = {"cut": "connection_lost"}\nMORE = [("a b", 1), ("c", 2)]\n'
        '@pytest.mark.fault\n@pytest.mark.parametrize(("kind", "reason"), (KINDS | {"hang": "timeout"}).items())\n'
        'def test_what_breaks_is_asked_again(kind, reason):\n    """Once more. Not twice."""\n'
        '@pytest.mark.parametrize("kind", MORE)\n@pytest.mark.fault\ndef test_b(kind): ...\n'
        "def test_of_no_fault(): ...\n"
    )
    first, second = faults.faults_of(tmp_path / "test_x.py")
    assert first.lines == [
        "- **What breaks is asked again.** Once more.",
        "  - cut → connection\\_lost",
        "  - hang → timeout",
    ]
    assert second.lines == ["- **B.** Cases: a b, 1; c, 2."]
