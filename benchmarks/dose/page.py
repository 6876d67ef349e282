"""The figures as benchmarks/DOSE.md, and their summary for docs/benchmark.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.dose.grid import neutral

BEGIN, END = "<!-- Written by `make dose`: -->", "<!-- until here (dose). -->"
CRITERIA = {"called": "called among all vendors", "asked": "the teacher alone asked about"}
CHANGES = {
    "synonyms": "words of the training replies swapped, list items moved",
    "beheaded": "their first sentence removed",
}

Row = Mapping[str, Any]


def lines(document: Row) -> list[str]:
    """Return the whole page."""
    return [
        *heading(document),
        "## Degree and calls by dose",
        "",
        *rise_lines(document["rise"]),
        *dose_lines(document["doses"]),
        "",
        "## The least dose that is found",
        "",
        *found_lines(document),
        "",
        "## What base and siblings add",
        "",
        *control_lines(document["controls"]),
        "",
        "## What rewriting and further training do",
        "",
        *changed_lines(document["students"]),
        "",
        "## Every student",
        "",
        *student_lines(document["students"]),
    ]


def heading(document: Row) -> list[str]:
    """Return what the page is and how its figures came about."""
    grid, population = document["grid"], document["population"]
    return [
        "# Students of known dose",
        "",
        "Written by `make dose`; [docs/benchmark.md](../docs/benchmark.md) says what it shows and what it does not.",
        "",
        f"{len(document['students'])} students of SmolLM2-135M-Instruct, {population['models']} models in all, "
        f"{document['n_prompts']} kept-out prompts. Each student: {grid['n_taught']} training prompts, {grid['steps']} "
        f"steps of {grid['batch']} replies, the upper 15 of 30 blocks. Machine: {document['machine']}.",
        "",
    ]


def rise_lines(rise: Mapping[str, Row]) -> list[str]:
    """Return how degree goes with dose."""
    head = ("teacher", "students", "rank correlation of degree with dose", "highest possible", "pairs in order", "of z")
    written = [f"| {' | '.join(head)} |", f"|---|{'--:|' * (len(head) - 1)}"]
    for teacher, row in rise.items():
        cells = [_share(row["correlation"]) + _interval(row["correlation_95"]), _share(row["highest_correlation"])]
        cells += [_share(row["concordance"]) + _interval(row["concordance_95"]), _share(row["correlation_z"])]
        written.append(f"| {teacher} | {row['n']} | {' | '.join(cells)} |")
    return [
        *written,
        "",
        "Of D, of which the degree is made and which is not cut off at 0. Highest possible: as students share doses.",
        "Intervals: draws of students within their dose and of prompts, together. Of z: correlation of z with dose.",
        "",
    ]


def dose_lines(doses: Mapping[str, Sequence[Row]]) -> list[str]:
    """Return degree and calls by dose."""
    values = {"degree": "degree", "z": "z", "begins": "begin as the teacher's"}
    counts = {"called": "called", "taught_by": "taught by", "first": "named first"}
    counts |= {"neutral_called": f"{neutral()} called", "other_called": "other teacher called"}
    written = [f"| {' | '.join(['teacher', 'dose %', *values.values(), *counts.values()])} |"]
    written.append(f"|---|--:|{'---|' * len(values)}{'--:|' * len(counts)}")
    for teacher, rows in doses.items():
        for row in rows:
            cells = [", ".join(_number(value) for value in row[name]) for name in values]
            cells += [f"{row[name]} of {row['n']}" for name in counts]
            written.append(f"| {teacher} | {row['dose']} | {' | '.join(cells)} |")
    return [
        *written,
        "",
        "One value a seed. Begin as the teacher's: share of a student's replies whose first word 5 % of the teacher's",
        f"training replies have and less than 5 % of {neutral()}'s. Called: a positive verdict on the teacher, over",
        "all targets at q .05.",
    ]


def found_lines(document: Row) -> list[str]:
    """Return shares of calls by dose and number of prompts, and the least dose that is found with probability .8."""
    found: Mapping[str, Row] = document["found"]
    doses = list(next(iter(found.values()))["called"]["share"])
    head = ["prompts", "criterion", "teacher", *[f"{dose} %" for dose in doses], "least dose found with .8 [95 %]"]
    written = [f"| {' | '.join(head)} |", f"|--:|---|---|{'--:|' * (len(doses) + 1)}"]
    for n_prompts, rows in found.items():
        for name, row in rows.items():
            criterion, _, teacher = name.partition(":")
            cells = [CRITERIA[criterion], teacher or "both", *[_share(row["share"].get(dose)) for dose in doses]]
            written.append(
                f"| {n_prompts} | {' | '.join(cells)} | {_dose(row['least_dose'])}{_doses(row['least_dose_95'])} |"
            )
    return [
        *written,
        "",
        f"Share of {document['n_draws']} draws of prompts with replacement, mean over students. Called: Holm over the",
        "student's candidate vendors at .05. The least dose lies on straight lines between doses, after shares that",
        "fall with dose were pooled; its interval draws students within their dose, too narrow where they are few.",
    ]


def control_lines(rows: Sequence[Row]) -> list[str]:
    """Return what each control says at the student's own teacher, and at one that it never heard."""
    head = (
        "dose %",
        "family test",
        "siblings",
        "both",
        "nearer than its base",
        "of",
        "family test",
        "siblings",
        "both",
        "nearer than its base",
        "of",
    )
    written = [
        "Left: at the student's own teacher; right: at a teacher that it never heard.",
        "",
        f"| {' | '.join(head)} |",
        f"|{'--:|' * len(head)}",
    ]
    for row in rows:
        cells = [str(row["dose"])]
        for side in ("right", "wrong"):
            cells += [str(row[side][name]) for name in ("family", "siblings", "both", "over_base", "n")]
        written.append(f"| {' | '.join(cells)} |")
    return [
        *written,
        "",
        "Family test: a positive verdict. Siblings: p at most .05. Nearer than its base: the interval of D over the",
        "base's lies above 0; that has no null.",
    ]


def changed_lines(students: Sequence[Row]) -> list[str]:
    """Return what became of the students of 100 % that were taught rewritten replies, or trained further."""
    whole = {
        (one["teacher"], one["seed"]): one
        for one in students
        if one["dose"] == 100 and not one["rewrite"] and not one["after"]
    }
    written = ["| teacher | change | degree | z | p of the candidate | verdict |", "|---|---|--:|--:|--:|---|"]
    changed = [one for one in students if one["rewrite"] or one["after"]]
    for teacher, seed in sorted({(one["teacher"], one["seed"]) for one in changed}):
        same = [one for one in changed if (one["teacher"], one["seed"]) == (teacher, seed)]
        for one in [whole[teacher, seed], *sorted(same, key=lambda one: (one["after"], one["rewrite"] or ""))]:
            row = one["verdicts"][teacher]
            cells = [_number(row["degree"]), _number(row["z"]), _p(row["p_candidate"]), row["verdict"]]
            written.append(f"| {teacher} | {_change(one)} | {' | '.join(cells)} |")
    return written


def student_lines(students: Sequence[Row]) -> list[str]:
    """Return a row for each student and group."""
    written = [
        "| student | candidate | degree | z | p asked alone | p of the candidate | sibling p | verdict |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for one in students:
        for group, row in one["verdicts"].items():
            cells = [
                _number(row["degree"]),
                _number(row["z"]),
                _p(row["p_t"]),
                _p(row["p_candidate"]),
                _p(row["sibling_p"]),
            ]
            written.append(f"| {one['name']} | {group} | {' | '.join(cells)} | {row['verdict']} |")
    return written


def summary(document: Row) -> list[str]:
    """Return the part that docs/benchmark.md shows."""
    most = max(document["found"], key=int)
    found = document["found"][most]
    told = []
    for name, row in found.items():
        criterion, _, teacher = name.partition(":")
        ends = _dose(row["least_dose"]) + _doses(row["least_dose_95"])
        told.append(f"- {CRITERIA[criterion]}, {teacher or 'both teachers'}: {ends}")
    return [
        "",
        *rise_lines(document["rise"]),
        *dose_lines(document["doses"]),
        "",
        f"Least dose found with probability .8 on {most} prompts [95 %, over students alone: too narrow with few]:",
        "",
        *told,
        "",
        *changed_lines(document["students"]),
        "",
    ]


def inserted(page: str, written: Sequence[str]) -> str:
    """Return the page with these lines between its two marks.

    Raises:
        ValueError: the page lacks one of the marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page lacks one of the marks {BEGIN!r} and {END!r}.")
    return "\n".join([before + BEGIN, *written, END + after])


def _change(one: Row) -> str:
    if one["after"]:
        return f"then {one['after']} replies of {neutral()}"
    return CHANGES[one["rewrite"]] if one["rewrite"] else "none"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.1f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "< .0001" if value < 0.0001 else f"{value:.2g}".replace("0.", ".", 1)


def _interval(ends: Sequence[float | None]) -> str:
    return f" [{', '.join(_share(end) for end in ends)}]"


def _dose(value: float | None) -> str:
    return "none" if value is None else f"{value:.0f} %"


def _doses(ends: Sequence[float | None]) -> str:
    return f" [{', '.join('above 100 %' if end is None else f'{end:.0f} %' for end in ends)}]"
