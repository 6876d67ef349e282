"""The replies as any user of the project has them: a file of replies, who learned from whom, and who has which base."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.dose.grid import CONTROL, NEUTRAL, PLAIN, TEACHER, Student, named
from benchmarks.dose.making import Maker
from benchmarks.dose.served import SERVED
from tasks.adapters.warehouse import whole_files

FAMILY = "smollm2"
"""Family of the base and of all that is trained from it; a voice is a family of its own."""

PUPILS = "trained-here"
"""Vendor of all students."""

LINEAGE_COLUMNS = ("model", "vendor", "group", "family", "role", "learned_from", "parent", "certainty")


def written(maker: Maker, students: Sequence[Student], folder: Path) -> list[Path]:
    """Write replies, lineage and bases of a grid that is made; return the three paths, in that order."""
    folder.mkdir(parents=True, exist_ok=True)
    replies, lineage, bases = (folder / name for name in ("replies.jsonl", "lineage.csv", "bases.csv"))
    with whole_files.replaced(replies) as beside, beside.open("w", encoding="utf-8") as file:
        for model, sample, said in _said(maker, students):
            for question, reply in zip(maker.asked, said, strict=True):
                row = {"model": model, "prompt_id": question.key, "prompt": question.text, "sample": sample}
                file.write(json.dumps(row | {"reply": reply, "language": "en"}, ensure_ascii=False) + "\n")
    _write(lineage, LINEAGE_COLUMNS, lineage_rows(students))
    _write(bases, ("model", "base"), [(student.name, PLAIN) for student in students])
    return [replies, lineage, bases]


def lineage_rows(students: Sequence[Student]) -> list[tuple[str, ...]]:
    """Return the rows of the lineage file: what is known of each model, because it was made here."""
    voices = [*named(TEACHER), *named(NEUTRAL), *named(CONTROL)]
    rows: list[tuple[str, ...]] = [(name, name, name, name, "independent", "", "", "high") for name in voices]
    rows.append((SERVED, "google", "gemma-3", "google", "independent", "", "", "high"))
    rows.append((PLAIN, "huggingface", FAMILY, FAMILY, "independent", "", "", "high"))
    for student in students:
        learned_from = ";".join(student.learned_from)
        rows.append((student.name, PUPILS, student.name, FAMILY, "student", learned_from, "", "high"))
    return rows


def _said(maker: Maker, students: Sequence[Student]) -> list[tuple[str, int, list[str]]]:
    sources = [*named(TEACHER), *named(NEUTRAL)]
    found = [(name, 0, maker.said(name, "asked")) for name in (*sources, *maker.grid.others)]
    found += [(name, 1, maker.said(name, "again")) for name in sources]
    return found + [(student.name, 0, maker.answers(student)) for student in students]


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with whole_files.replaced(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
