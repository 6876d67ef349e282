"""The figures of the dose benchmark: values by hand, planted students, and the pages that show them."""

import json
from math import isnan, nan
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from benchmarks.dose import figures, main, page, results
from benchmarks.dose.grid import TEACHER, Grid, Student, named, neutral
from benchmarks.dose.measuring import Drawn, Replies, verdicts
from benchmarks.dose.results import Measured
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tests.support import small_home
from tests.support.populations import OPENING_ONLY, Population, references, student

DOSES = (0, 10, 25, 50, 100)
PROMPTS = 50


def test_rank_correlation_by_hand() -> None:
    # Ranks 1, 2, 3 against 1, 3, 2: 1 - 6 (0 + 1 + 1) / (3 x 8).
    assert figures.rank_correlation([0, 10, 50], [0.1, 0.9, 0.5]) == pytest.approx(0.5)
    assert figures.rank_correlation([0, 10, 50], [3, 2, 1]) == pytest.approx(-1.0)
    assert isnan(figures.rank_correlation([0, 10, 50], [1, 1, 1]))
    # Two of each dose: mean ranks 1.5, 1.5, 3.5, 3.5 against 1 to 4 leave 4 over the root of 4 x 5.
    assert figures.highest_correlation([0, 0, 10, 10]) == pytest.approx(4 / 20**0.5)
    assert figures.rank_correlation([0, 0, 10, 10], [1, 2, 3, 4]) == figures.highest_correlation([0, 0, 10, 10])


def test_concordance_by_hand() -> None:
    # Of five pairs of unlike dose three are in order, one is tied, one is not.
    assert figures.concordance([0, 0, 10, 50], [1, 3, 3, 2]) == pytest.approx((1 + 0.5 + 1 + 0 + 0) / 5)
    assert isnan(figures.concordance([10, 10], [1, 2]))


def test_shares_that_fall_are_pooled_and_the_least_dose_lies_between() -> None:
    fitted = figures.rising([0, 10, 25, 50, 100], [0.0, 0.5, 0.3, 1.0, 0.9], [2, 2, 2, 2, 2])
    assert fitted == pytest.approx({0: 0.0, 10: 0.4, 25: 0.4, 50: 0.95, 100: 0.95})
    assert figures.least_dose(fitted) == pytest.approx(25 + 25 * 0.4 / 0.55)
    assert figures.rising([0, 10], [1.0, 0.0], [3, 1]) == pytest.approx({0: 0.75, 10: 0.75})
    assert figures.least_dose({0: 0.0, 100: 0.79}) is None
    assert figures.least_dose({0: 0.9, 100: 1.0}) == 0.0
    assert figures.least_dose({}) is None


def test_draws_of_students_that_agree_have_one_least_dose() -> None:
    called = {0.0: np.array([0.0, 0.0]), 50.0: np.array([1.0, 1.0])}
    assert set(figures.drawn_least_dose(called, np.random.default_rng(0), 20)) == {40.0}
    never = {0.0: np.array([0.0]), 50.0: np.array([0.5])}
    assert set(figures.drawn_least_dose(never, np.random.default_rng(0), 20)) == {float("inf")}


def test_an_interval_leaves_out_what_has_no_value() -> None:
    assert figures.interval([*range(101), nan]) == pytest.approx((2.5, 97.5))
    assert all(isnan(end) for end in figures.interval([nan]))


def test_openings_are_those_of_one_source_alone() -> None:
    taught = ["Short answer: no.", "short.", "The end.", *["Well, *so*."] * 17]
    words = figures.opening_words(taught, ["The sea.", "A lake.", *["It is."] * 8])
    # "Short" has 2 of 20, "the" has 1 of 20, but of the other source 1 of 10.
    assert words == {"short", "well"}
    assert figures.opening_share(["Short: yes", "", "**Well** then", "A"], words) == 0.5


def planted(rising: bool = True) -> Measured:
    """Students of two seeds whose degree is their dose, or is the same for all; called from 25 % on."""
    students = Grid(doses=DOSES, seeds=(1, 2), rewrites=("beheaded",), after=(80,)).students()
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    drawn: dict[str, dict[tuple[str, str], np.ndarray]] = {"called": {}, "asked": {}, "d": {}}
    for one in students:
        for group in [*named(TEACHER), neutral()]:
            dose = one.dose if group == one.teacher else 100 - one.dose if group == neutral() else 0
            is_called = dose >= 25
            rows[one.name, group] = {
                "target": one.name,
                "candidate_group": group,
                "degree": (dose if rising else 7) / 100 + one.seed / 1000,
                "prefix_overlap_d": (dose if rising else 7) / 50 + one.seed / 1000,
                "z": dose / 10,
                "p_t": 1 / (1 + dose),
                "p_candidate": None if group == "briony" and not dose else 0.5**dose,
                "is_positive": is_called,
                "verdict": "taught by" if is_called else "not conclusive",
                "place": 1 if dose >= 50 else 2,
                "sibling_p": 0.01 if dose >= 10 else None,
                "over_base_low": 0.1 if dose else -0.1,
            }
            share = min(dose / 50, 1.0)
            drawn["called"][one.name, group] = (np.arange(10) < share * 10).astype(float)
            drawn["asked"][one.name, group] = np.ones(10) * (dose > 0)
            drawn["d"][one.name, group] = np.full(10, (dose if rising else 7) + one.seed / 1000)
    begins = {pair: row["degree"] / 2 for pair, row in rows.items()}
    return Measured(students, rows, {PROMPTS: Drawn(**drawn)}, PROMPTS, begins)


def written() -> dict[str, Any]:
    """The document of planted students, as it is read again from JSON."""
    told = results.document(planted()) | {"rests_on": "planted", "machine": "a machine", "n_draws": 10}
    told |= {"grid": {"n_taught": 8, "batch": 4, "steps": 2}, "population": {"models": 30}}
    read: dict[str, Any] = json.loads(json.dumps(main.as_json(told), allow_nan=False))
    return read


def test_planted_doses_are_found_again() -> None:
    document = written()
    for teacher in named(TEACHER):
        rise = document["rise"][teacher]
        assert rise["n"] == 10
        assert rise["correlation"] == rise["highest_correlation"] == rise["concordance"] * rise["highest_correlation"]
        assert rise["concordance_95"] == [1.0, 1.0]
        by_dose = {row["dose"]: row for row in document["doses"][teacher]}
        assert [by_dose[dose]["called"] for dose in DOSES] == [0, 0, 2, 2, 2]
        assert [by_dose[dose]["first"] for dose in DOSES] == [0, 0, 0, 2, 2]
        assert [by_dose[dose]["neutral_called"] for dose in DOSES] == [2, 2, 2, 2, 0]
        assert sum(row["other_called"] for row in by_dose.values()) == 0
        assert by_dose[50]["degree"] == [0.501, 0.502]
    # Shares 0, .2, .5, 1: .8 lies three fifths of the way from 25 to 50.
    found = document["found"][str(PROMPTS)]
    assert found["called"]["least_dose"] == pytest.approx(40.0)
    assert found["called"]["least_dose_95"] == pytest.approx([40.0, 40.0])
    assert found["asked:aster"]["share"] == {"0": 0.0, "10": 1.0, "25": 1.0, "50": 1.0, "100": 1.0}
    assert found["asked"]["least_dose"] == pytest.approx(8.0)
    controls = {row["dose"]: row for row in document["controls"]}
    assert controls[10]["right"] == {"n": 4, "family": 0, "siblings": 4, "n_siblings": 4, "both": 0, "over_base": 4}
    assert controls[100]["right"]["both"] == 4
    # Nobody taught a student of dose 0, so both teachers are ones that it never heard.
    assert controls[0]["right"]["n"] == 0
    assert controls[0]["wrong"] == {"n": 4, "family": 0, "siblings": 0, "n_siblings": 0, "both": 0, "over_base": 0}


def test_what_does_not_rise_is_said_not_to() -> None:
    rise = results.document(planted(rising=False))["rise"]["aster"]
    assert rise["correlation"] == pytest.approx(0.0, abs=1e-9)
    assert rise["correlation_95"][0] < 0.0 < rise["correlation_95"][1]
    assert rise["concordance"] == pytest.approx(0.5)


def test_pages_show_the_figures_and_are_written_whole(tmp_path: Path) -> None:
    document = written()
    summary = tmp_path / "page.md"
    summary.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n", encoding="utf-8")
    main.publish(document, tmp_path / "DOSE.json", summary)
    assert json.loads((tmp_path / "DOSE.json").read_text()) == document
    told = (tmp_path / "DOSE.md").read_text()
    assert "| aster | 50 | .50, .50 | 5.0, 5.0 | .25, .25 | 2 of 2 | 2 of 2 | 2 of 2 | 2 of 2 | 0 of 2 |" in told
    assert "| 50 | called among all vendors | both | 0.00 | 0.20 | 0.50 | 1.00 | 1.00 | 40 % [40 %, 40 %] |" in told
    assert "| briony | then 80 replies of cobalt |" in told
    assert "their first sentence removed" in told
    kept = summary.read_text()
    assert kept.startswith("before\n")
    assert kept.endswith("after\n")
    assert "old" not in kept
    assert "- called among all vendors, both teachers: 40 % [40 %, 40 %]" in kept
    assert "- the teacher alone asked about, briony: 8 % [8 %, 8 %]" in kept
    main.publish(document, tmp_path / "DOSE.json", summary)
    assert summary.read_text() == kept


@pytest.mark.fault
def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks one of the marks"):
        page.inserted("no marks", [])


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published home: eleven vendors' models, and a pupil of one of them that took over all its beginnings, and one none."""
    pupils = [student("pupil", "ref-a1", 1.0, OPENING_ONLY), student("other", "ref-a1", 0.0, OPENING_ONLY)]
    population = Population([*references(11, 1), *pupils], PROMPTS, 1)
    home = Home(tmp_path_factory.mktemp("dose") / "home")
    recorded = [
        (model.name, f"p{prompt:02}", 0, population.texts(prompt, model.name)[0])
        for model in population.models
        for prompt in range(PROMPTS)
    ]
    documented = [
        {"model": model.name, "vendor": model.vendor, "role": model.role, "source": "lineage.csv"}
        | {"learned_from": [model.teacher] if model.teacher else [], "loaded_at": small_home.AT}
        for model in population.models
    ]
    candidates = [model.name for model in population.models if model.role == "independent"]
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, recorded, {})
        warehouse.append("lineage", documented)
        warehouse.replace(
            "reference", pl.DataFrame({"model": candidates, "is_background": True, "chosen_by": "lineage"})
        )
        warehouse.publish(home.published)
    return home


def test_draws_of_prompts_tell_a_pupil_from_one_that_took_nothing_over(scored: Home) -> None:
    drawn = Replies(scored).drawn(["pupil", "other"], ["ref-a1", "ref-b1"], 40, 4, 0)
    assert drawn.d["pupil", "ref-a1"].shape == (4,)
    assert (drawn.d["pupil", "ref-a1"] > drawn.d["other", "ref-a1"]).all()
    assert (drawn.d["pupil", "ref-a1"] > drawn.d["pupil", "ref-b1"]).all()
    for part in (drawn.called, drawn.asked):
        assert set(np.concatenate(list(part.values()))) <= {0.0, 1.0}
    assert drawn.asked["pupil", "ref-a1"].all()
    assert (drawn.asked["pupil", "ref-a1"] >= drawn.called["pupil", "ref-a1"]).all()
    assert not drawn.called["other", "ref-a1"].any()


def test_no_verdicts_are_made_up(scored: Home) -> None:
    assert verdicts(scored, ["pupil"], ["ref-a1"]) == {}


def test_a_student_row_has_its_own_verdicts_alone() -> None:
    told = planted()
    row = results.student_row(Student("aster", 50, 1), told.rows)
    assert sorted(row["verdicts"]) == sorted([*named(TEACHER), neutral()])
    assert "target" not in row["verdicts"]["aster"]
    assert (row["teacher"], row["dose"], row["rewrite"], row["after"]) == ("aster", 50, None, 0)
