"""Replies and students, made where they are not there yet."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from benchmarks.dose import llama, prompts, served, speaking, training
from benchmarks.dose.cache import Cache
from benchmarks.dose.grid import PLAIN, REWRITES, Grid, Student, Voice, neutral, voices
from benchmarks.dose.speaking import END, SYSTEM, Manner
from tasks.adapters.settings import Home

VERSION = 1
"""To be raised where the same input would give other replies or weights: then everything is made again."""

ROLE_SEEDS = {"taught": 1, "asked": 2, "again": 3}
"""Chance of a voice's replies: to the training questions, to the kept-out ones, and to those a second time."""


class Maker:
    """Makes what a grid names; each thing is made once, by whatever process first holds its lock."""

    def __init__(self, grid: Grid, cache: Cache) -> None:
        self.grid, self.cache = grid, cache
        self.taught, self.asked = prompts.taught(grid.n_taught), prompts.asked(grid.n_asked)
        self.n_asked = self.n_trained = 0

    def said(self, name: str, role: str) -> list[str]:
        """Return the replies of a voice, of the plain base, or of the served model: `role` one of `ROLE_SEEDS`."""
        return self.cache.replies(self.said_path(name, role), lambda: self._ask_voice(name, role))

    def said_path(self, name: str, role: str) -> Path:
        """Return where those replies lie."""
        manner, questions = self._manner(name, role), self._questions(role)
        return self.cache.path(f"{name}-{role}", self._made_from(asdict(manner), questions), ".jsonl")

    def answers(self, student: Student) -> list[str]:
        """Return a student's replies to the kept-out questions; it is trained first if it must be."""
        return self.cache.replies(self.answers_path(student), lambda: self._ask_student(student))

    def answers_path(self, student: Student) -> Path:
        """Return where those replies lie. What it was trained on decides, so its sources must have answered."""
        manner, questions = self._manner(PLAIN, "asked"), self._questions("asked")
        made_from = [self._student_made_from(student), asdict(manner), questions]
        return self.cache.path(student.name, made_from, ".jsonl")

    def weights(self, student: Student) -> dict[str, torch.Tensor]:
        """Return a student's weights."""
        path = self.cache.path(student.name, self._student_made_from(student), ".safetensors")
        return self.cache.weights(path, lambda: self._train(student))

    def pairs(self, student: Student) -> list[tuple[str, str]]:
        """Return what a student is trained on: question and reply, in the order of the questions.

        With `after`, what it is trained on further.
        """
        questions = [question.text for question in self.taught]
        plain = self.said(neutral(), "taught")
        if student.after:
            return list(zip(questions, plain, strict=True))[: student.after]
        if student.teacher is None:
            return list(zip(questions, plain, strict=True))
        own = self.said(student.teacher, "taught")
        if student.rewrite:
            own = [REWRITES[student.rewrite](reply) or reply for reply in own]
        order = torch.randperm(len(questions), generator=torch.Generator().manual_seed(student.seed)).tolist()
        places = student.places(order)
        return [(text, (own if place in places else plain)[place]) for place, text in enumerate(questions)]

    def _before(self, student: Student) -> Student | None:
        """Return the student that this one is a further training of."""
        return Student(student.teacher, student.dose, student.seed, student.rewrite) if student.after else None

    def _student_made_from(self, student: Student) -> Any:
        before = self._before(student)
        parts = [self.pairs(student), asdict(self.grid.course), student.seed]
        return self._made_from(parts, self._student_made_from(before) if before else None)

    def _made_from(self, *parts: Any) -> Any:
        return [VERSION, self._base.digest, *parts]

    def _train(self, student: Student) -> dict[str, torch.Tensor]:
        before = self._before(student)
        earlier = self.weights(before) if before else {}
        pairs = self.pairs(student)
        self.cache.told(f"training {student.name}: {self.grid.course.n_steps(len(pairs))} steps")
        made = training.trained(
            self._base, earlier, pairs, self.grid.course, student.seed, self._progress(student.name)
        )
        self.n_trained += 1
        self.cache.told(f"trained {student.name}")
        return made

    def _progress(self, name: str) -> Any:
        def told(step: int, n_steps: int, loss: float) -> None:
            if step == n_steps or step % 10 == 0:
                self.cache.told(f"  {name}: step {step} of {n_steps}, loss {loss:.2f}")

        return told

    def _ask_student(self, student: Student) -> list[str]:
        weights = self._base.weights | self.weights(student)
        manner = self._manner(PLAIN, "asked")
        return self._ask(student.name, weights, self._questions("asked"), manner)

    def _ask_voice(self, name: str, role: str) -> list[str]:
        if name == served.SERVED:
            self.cache.told(f"asking {name} by llama.cpp")
            self.n_asked += len(self._questions(role))
            return served.replies(self._questions(role), self._manner(name, role), Home(self.cache.folder / "served"))
        return self._ask(f"{name}, {role}", self._base.weights, self._questions(role), self._manner(name, role))

    def _ask(self, name: str, weights: llama.Weights, questions: Sequence[str], manner: Manner) -> list[str]:
        self.cache.told(f"asking {name}: {len(questions)} questions")
        found = speaking.replies(self._base, weights, questions, manner)
        self.n_asked += len(questions)
        self.cache.told(f"asked {name}")
        return found

    @property
    def _base(self) -> llama.Base:
        return llama.base()

    def _questions(self, role: str) -> list[str]:
        return [question.text for question in (self.taught if role == "taught" else self.asked)]

    def _manner(self, name: str, role: str) -> Manner:
        if name in (PLAIN, served.SERVED):
            return Manner(max_tokens=self.grid.max_tokens, seed=ROLE_SEEDS[role])
        voice = voices()[name]
        return Manner(before(voice), voice.temperature, self.grid.max_tokens, ROLE_SEEDS[role])


def before(voice: Voice) -> str:
    """Return what stands before each question that a voice is asked."""
    turns = [f"{speaking.question(asked)}{reply}{END}\n" for asked, reply in voice.turns]
    return SYSTEM.format(voice.system) + "".join(turns)
