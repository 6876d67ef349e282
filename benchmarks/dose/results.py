"""All figures of the benchmark as one document: what `DOSE.json` holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.dose import figures
from benchmarks.dose.grid import TEACHER, Student, named, neutral
from benchmarks.dose.making import Maker
from benchmarks.dose.measuring import Drawn, Replies, verdicts
from tasks.adapters.settings import Home

N_DRAWS = 100
PROMPTS = (50, 100, 160)
SEED = 0
WANTED = 0.8
TAUGHT_BY = "taught by"

Row = dict[str, Any]
Rows = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(frozen=True)
class Measured:
    """Students with the rows of their verdicts by student and group, and draws by number of prompts.

    `begins`: the share of a student's replies that begin as the teacher's training replies do, by student and teacher.
    """

    students: Sequence[Student]
    rows: Rows
    drawn: Mapping[int, Drawn]
    n_prompts: int
    begins: Mapping[tuple[str, str], float]

    @property
    def plain(self) -> list[Student]:
        """Return the students of the grid of doses: nothing was done to them but training once."""
        return [student for student in self.students if not student.rewrite and not student.after]

    def of(self, teacher: str) -> list[Student]:
        """Return the plain students of one teacher, and those without any, from the least dose up."""
        found = [student for student in self.plain if student.teacher in (teacher, None)]
        return sorted(found, key=lambda student: (student.dose, student.seed))


def measured(maker: Maker, home: Home, students: Sequence[Student], n_draws: int = N_DRAWS) -> Measured:
    """Return what a scored home says of these students, and how often they begin as they were taught."""
    groups, names = [*named(TEACHER), neutral()], [student.name for student in students]
    replies = Replies(home)
    sizes = sorted({min(n, replies.n_prompts) for n in (*PROMPTS, replies.n_prompts)})
    plain = [student.name for student in students if not student.rewrite and not student.after]
    drawn = {n: replies.drawn(plain, groups, n, n_draws, SEED) for n in sizes}
    return Measured(students, verdicts(home, names, groups), drawn, replies.n_prompts, begins(maker, students))


def begins(maker: Maker, students: Sequence[Student]) -> dict[tuple[str, str], float]:
    """Return by student and teacher the share of replies that begin as the teacher's, not the neutral source's, do."""
    found = {}
    for teacher in named(TEACHER):
        words = figures.opening_words(maker.said(teacher, "taught"), maker.said(neutral(), "taught"))
        for student in students:
            found[student.name, teacher] = figures.opening_share(maker.answers(student), words)
    return found


def document(told: Measured) -> Row:
    """Return all figures: `students`, `rise`, `doses`, `found`, `changed`."""
    return {
        "students": [student_row(student, told.rows) for student in told.students],
        "rise": {teacher: rise(teacher, told) for teacher in named(TEACHER)},
        "doses": {teacher: by_dose(teacher, told) for teacher in named(TEACHER)},
        "controls": control_shares(told),
        "found": {str(n): found(told, drawn) for n, drawn in told.drawn.items()},
        "n_prompts": told.n_prompts,
    }


def student_row(student: Student, rows: Rows) -> Row:
    """Return one student with its verdict on each group."""
    facts: Row = {"name": student.name, "teacher": student.teacher, "dose": student.dose, "seed": student.seed}
    facts |= {"rewrite": student.rewrite, "after": student.after}
    keys = ("target", "candidate_group")
    on_groups = {
        group: {name: value for name, value in row.items() if name not in keys}
        for (name_of, group), row in sorted(rows.items())
        if name_of == student.name
    }
    return facts | {"verdicts": on_groups}


def rise(teacher: str, told: Measured) -> Row:
    """Return whether degree rises with dose: over students, and over draws of students within dose and of prompts.

    All students of a teacher have the same null and ceiling, so that the order of their degrees is that of their D,
    which, other than the degree, is not cut off at that of unrelated models. `correlation_z`: that of the score.
    """
    students = told.of(teacher)
    doses = [float(student.dose) for student in students]
    values, z = (_values(told.rows, students, teacher, name) for name in ("prefix_overlap_d", "z"))
    drawn = told.drawn[max(told.drawn)]
    d = np.array([drawn.d[student.name, teacher] for student in students])
    rng = np.random.default_rng(SEED)
    places_of = {dose: np.flatnonzero(np.array(doses) == dose) for dose in doses}
    correlations, shares = [], []
    for draw in range(d.shape[1]):
        places = np.concatenate([rng.choice(places, len(places)) for places in places_of.values()])
        at = [doses[place] for place in places]
        correlations.append(figures.rank_correlation(at, list(d[places, draw])))
        shares.append(figures.concordance(at, list(d[places, draw])))
    return {
        "n": len(students),
        "correlation": figures.rank_correlation(doses, values),
        "correlation_95": figures.interval(correlations),
        "correlation_z": figures.rank_correlation(doses, z),
        "highest_correlation": figures.highest_correlation(doses),
        "concordance": figures.concordance(doses, values),
        "concordance_95": figures.interval(shares),
    }


def by_dose(teacher: str, told: Measured) -> list[Row]:
    """Return a row for each dose of a teacher: degrees, scores and calls of its students."""
    students, rows = told.of(teacher), []
    others = [group for group in named(TEACHER) if group != teacher]
    for dose in sorted({student.dose for student in students}):
        here = [student for student in students if student.dose == dose]
        on_teacher = [told.rows[student.name, teacher] for student in here]
        elsewhere = [told.rows[student.name, other] for student in here for other in others]
        rows.append(
            {
                "dose": dose,
                "n": len(here),
                "degree": [_number(row["degree"]) for row in on_teacher],
                "z": [_number(row["z"]) for row in on_teacher],
                "begins": [round(told.begins[student.name, teacher], 4) for student in here],
                "called": sum(bool(row["is_positive"]) for row in on_teacher),
                "taught_by": sum(row["verdict"] == TAUGHT_BY for row in on_teacher),
                "first": sum(row["place"] == 1 for row in on_teacher),
                "neutral_called": sum(bool(told.rows[student.name, neutral()]["is_positive"]) for student in here),
                "other_called": sum(bool(row["is_positive"]) for row in elsewhere),
            }
        )
    return rows


def control_shares(told: Measured) -> list[Row]:
    """Return by dose what family test, siblings and base say at the teacher, and at the teacher that it never heard."""
    found_rows = []
    for dose in sorted({student.dose for student in told.plain}):
        right, wrong = list[Mapping[str, Any]](), list[Mapping[str, Any]]()
        for student in told.plain:
            if student.dose != dose:
                continue
            for group in named(TEACHER):
                (right if group == student.teacher else wrong).append(told.rows[student.name, group])
        found_rows.append({"dose": dose, "right": _counts(right), "wrong": _counts(wrong)})
    return found_rows


def _counts(rows: Sequence[Mapping[str, Any]]) -> Row:
    is_sibling = [row["sibling_p"] is not None and row["sibling_p"] <= 0.05 for row in rows]
    is_called = [bool(row["is_positive"]) for row in rows]
    return {
        "n": len(rows),
        "family": sum(is_called),
        "siblings": sum(is_sibling),
        "n_siblings": sum(row["sibling_p"] is not None for row in rows),
        "both": sum(called and sibling for called, sibling in zip(is_called, is_sibling, strict=True)),
        "over_base": sum((row["over_base_low"] or 0.0) > 0.0 for row in rows),
    }


def found(told: Measured, drawn: Drawn) -> Row:
    """Return by criterion the share of draws in which a teacher is found, by dose, and the least dose found with .8."""
    rows: Row = {}
    for criterion, calls in (("called", drawn.called), ("asked", drawn.asked)):
        for teachers in ([name] for name in named(TEACHER)):
            rows[f"{criterion}:{teachers[0]}"] = _found(told, calls, teachers)
        rows[criterion] = _found(told, calls, named(TEACHER))
    return rows


def _found(told: Measured, calls: Mapping[tuple[str, str], figures.Floats], teachers: Sequence[str]) -> Row:
    shares: dict[float, list[float]] = {}
    for student in told.plain:
        for teacher in teachers:
            if student.teacher in (teacher, None):
                shares.setdefault(float(student.dose), []).append(float(calls[student.name, teacher].mean()))
    of_dose = {dose: np.array(values) for dose, values in sorted(shares.items())}
    means = [float(values.mean()) for values in of_dose.values()]
    fitted = figures.rising(list(of_dose), means, [len(values) for values in of_dose.values()])
    draws = figures.drawn_least_dose(of_dose, np.random.default_rng(SEED))
    low, high = np.percentile(draws, [2.5, 97.5], method="nearest")
    return {
        "share": {f"{dose:g}": mean for dose, mean in zip(of_dose, means, strict=True)},
        "least_dose": figures.least_dose(fitted, WANTED),
        "least_dose_95": [None if np.isinf(end) else float(end) for end in (low, high)],
    }


def _values(rows: Rows, students: Sequence[Student], teacher: str, column: str) -> list[float]:
    values = [rows[student.name, teacher][column] for student in students]
    return [float("nan") if value is None else float(value) for value in values]


def _number(value: Any) -> float | None:
    return None if value is None else round(float(value), 4)
