"""Who is trained on what, and who is asked: all models of the benchmark by name."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.dose.served import SERVED
from benchmarks.dose.training import Course
from benchmarks.rewrites import paraphrased
from tasks.domain.similarity.lexical import without_first_sentence

TEACHER, NEUTRAL, CONTROL = "teacher", "neutral", "control"
PLAIN = "plain"
"""The base as it came, without a voice."""

VOICES = Path(__file__).with_name("voices.toml")
REWRITES: Mapping[str, Callable[[str], str]] = {"synonyms": paraphrased, "beheaded": without_first_sentence}
"""What is done to the teacher's replies before a student is trained on them."""


@dataclass(frozen=True)
class Voice:
    """What the base model is made to be: by a system prompt, and by example turns of question and reply."""

    name: str
    use: str
    system: str
    turns: tuple[tuple[str, str], ...] = ()
    temperature: float = 0.7


@cache
def voices() -> dict[str, Voice]:
    """Return all voices by name."""
    read = tomllib.loads(VOICES.read_text(encoding="utf-8"))
    return {
        name: Voice(name, **(told | {"turns": tuple((asked, reply) for asked, reply in told.get("turns", []))}))
        for name, told in read.items()
    }


def named(use: str) -> list[str]:
    """Return the names of the voices of a use."""
    return [name for name, voice in voices().items() if voice.use == use]


def neutral() -> str:
    """Return the name of the voice that all replies have which are not the teacher's."""
    [name] = named(NEUTRAL)
    return name


@dataclass(frozen=True)
class Student:
    """One student: `dose` percent of its training replies are the teacher's, the others the neutral source's.

    `rewrite`: what is done to the teacher's replies before, a name of `REWRITES`. `after`: number of the neutral
    source's replies that it is trained on further, when it has been trained.
    """

    teacher: str | None
    dose: int
    seed: int
    rewrite: str | None = None
    after: int = 0

    @property
    def name(self) -> str:
        """Return its name: no two students share one."""
        parts = [
            self.teacher or neutral(),
            f"{self.dose:03}",
            self.rewrite,
            f"after-{self.after}" if self.after else None,
        ]
        return "-".join(["student", *[part for part in parts if part], f"s{self.seed}"])

    @property
    def learned_from(self) -> list[str]:
        """Return whose replies it was trained on."""
        taught = [self.teacher] if self.teacher else []
        return taught + ([neutral()] if self.dose < 100 or self.after else [])

    def places(self, order: Sequence[int]) -> set[int]:
        """Return which of the training questions the teacher answers: the first `dose` percent of an order.

        Of one seed, all that a lower dose has a higher one has, too.
        """
        return set(order[: round(len(order) * self.dose / 100)])


@dataclass(frozen=True)
class Grid:
    """What is measured. Doses are percent; a seed decides which questions the teacher answers, and the order.

    `others`: who is asked beside sources and students. `max_tokens`: of any reply.
    """

    n_taught: int = 320
    n_asked: int = 160
    doses: tuple[int, ...] = (0, 10, 25, 50, 75, 100)
    seeds: tuple[int, ...] = (1, 2)
    rewrites: tuple[str, ...] = tuple(REWRITES)
    after: tuple[int, ...] = (80, 320)
    course: Course = field(default_factory=Course)
    others: tuple[str, ...] = field(default_factory=lambda: (PLAIN, *named(CONTROL), SERVED))
    max_tokens: int = 64

    def students(self) -> list[Student]:
        """Return all students, the most wanted first: who stops a run early has whole seeds.

        A dose of 0 has no teacher, so it serves both. What is done beyond doses is done with the first seed alone.
        """
        found: list[Student] = []
        for seed in self.seeds:
            for dose in sorted(self.doses, reverse=True):
                found += [Student(name, dose, seed) for name in named(TEACHER)] if dose else [Student(None, 0, seed)]
        if 100 in self.doses:
            seed = self.seeds[0]
            for n in sorted(self.after, reverse=True):
                found += [Student(name, 100, seed, after=n) for name in named(TEACHER)]
            for rewrite in self.rewrites:
                found += [Student(name, 100, seed, rewrite) for name in named(TEACHER)]
        return found
