"""Populations of stub models whose lineage is planted: how each begins a reply, and how it goes on, is drawn by a seed.

A reply begins with six phrases of two words, each chosen among eight. What is chosen leans on what all models have in
common, on the question, on the model's family and on the model itself; models of one family thus resemble each other,
two samples of one model much more so. A student takes a further sample of its teacher over on a share of the prompts
and writes as an unrelated model on all others; the prompts of a lower dose are among those of a higher one.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tasks.domain import channels, registry
from tasks.domain.pairwise.engine import PromptTexts, pair_sums
from tasks.domain.pairwise.tokens import common_words
from tasks.domain.references import CANDIDATE_ROLES
from tasks.domain.verdict import population as verdict_population
from tasks.domain.verdict.analysis import Measured
from tasks.domain.verdict.composite import WEIGHTS, composite
from tasks.domain.verdict.pair_measures import PairMeasures
from tasks.domain.verdict.population import DocumentedModel
from tests.support import persona_words
from tests.support.pair_measures import pairs_from_list

STEPS, OPTIONS, WORDS = 6, 8, 12
POOL = sorted({*persona_words.NOUNS, *persona_words.VERBS})
FIRST = (
    ("sure", "here"),
    ("in", "short"),
    ("to", "begin"),
    ("the", "gist"),
    ("there", "are"),
    ("it", "depends"),
    ("when", "you"),
    ("great", "topic"),
)
LEXICON = [*POOL, *(word for phrase in FIRST for word in phrase), *(f"{word}like" for word in persona_words.ADJECTIVES)]
SWAPPED = 6
"""Every sixth word has a synonym."""

VERBATIM, PARAPHRASED, OPENING_ONLY = "word for word", "paraphrased", "opening only"


def _synonyms() -> NDArray[np.int64]:
    table, n_known = np.arange(len(LEXICON)), len(POOL) + 2 * len(FIRST)
    places = range(0, n_known, SWAPPED)
    for number, place in enumerate(places):
        table[place] = n_known + number
    return table


SYNONYM = _synonyms()

Written = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Word numbers of prefix overlaps and of bodies, each of shape (prompts, samples, words)."""


@dataclass(frozen=True)
class Stub:
    """One model. `habits`: whose manner of writing it has, its own name where that is empty."""

    name: str
    vendor: str
    role: str = "independent"
    teacher: str = ""
    dose: float = 0.0
    manner: str = VERBATIM
    habits: str = ""
    n_samples: int = 1
    snapshot_of: str = ""
    parent: str = ""

    @property
    def group(self) -> str:
        return self.snapshot_of or self.name

    @property
    def manner_of(self) -> str:
        return self.habits or self.name


def references(n_vendors: int = 6, n_each: int = 2, n_samples: int = 1) -> list[Stub]:
    """Return independent models, each vendor's of one family."""
    return [
        Stub(f"ref-{vendor}{number}", f"vendor-{vendor}", n_samples=n_samples)
        for vendor in "abcdefghijklmnopqrstuvwxyz"[:n_vendors]
        for number in range(1, n_each + 1)
    ]


def strangers(n: int) -> list[Stub]:
    """Return targets that learned from nobody here, and are no candidates themselves."""
    return [Stub(f"target-{number}", f"maker-{number}", role="control") for number in range(1, n + 1)]


def student(name: str, teacher: str, dose: float, manner: str = VERBATIM, habits: str = "") -> Stub:
    return Stub(name, f"maker-of-{name}", "student", teacher, dose, manner, habits)


@dataclass(frozen=True)
class Leaning:
    """How much each source sways what is chosen: standard deviations; `chance`, from one sample to the next, a scale.

    `family` and `model` hold for every question: a manner of beginning. The stronger they are, the more often two
    unrelated models happen to have the same one.
    """

    everybody: float = 1.0
    question: float = 1.3
    family: float = 0.4
    family_on_question: float = 0.8
    model: float = 0.3
    model_on_question: float = 1.0
    chance: float = 0.3


class Population:
    """Models and what they reply to `n_prompts` prompts."""

    def __init__(self, models: Sequence[Stub], n_prompts: int, seed: int, leaning: Leaning | None = None) -> None:
        self.models, self.n_prompts, self.seed = list(models), n_prompts, seed
        self.leaning = leaning or Leaning()
        self.place = {model.name: number for number, model in enumerate(self.models)}

    def _dice(self, *parts: object) -> np.random.Generator:
        """Return chance of its own for each name, so that a further model changes no other's replies."""
        return np.random.default_rng([self.seed, *("/".join(map(str, parts))).encode()])

    @cached_property
    def _shared(self) -> NDArray[np.float64]:
        dice, leaning = self._dice("shared"), self.leaning
        everybody = dice.normal(size=(1, STEPS, OPTIONS)) * leaning.everybody
        return everybody + dice.normal(size=(self.n_prompts, STEPS, OPTIONS)) * leaning.question

    @cached_property
    def _phrases(self) -> NDArray[np.int64]:
        """Return the words of each phrase: shape (prompts, STEPS, OPTIONS, 2)."""
        dice = self._dice("phrases")
        later = np.array([dice.permutation(len(POOL))[: (STEPS - 1) * OPTIONS * 2] for _ in range(self.n_prompts)])
        first = np.broadcast_to(len(POOL) + np.arange(2 * len(FIRST)), (self.n_prompts, 2 * len(FIRST)))
        return np.concatenate([first, later], axis=1).reshape(self.n_prompts, STEPS, OPTIONS, 2)

    def _spoken(self, model: Stub, n_samples: int, listener: str) -> Written:
        """Return prefix overlaps and bodies before anything is copied: word numbers, -1 where a body has ended.

        Each listener is given samples of its own: a student learns from others than are recorded.
        """
        own, leaning, size = model.manner_of, self.leaning, (STEPS, OPTIONS)
        dice = self._dice("family", own if model.habits else model.vendor)
        lean = self._shared + dice.normal(size=size) * leaning.family
        lean = lean + dice.normal(size=(self.n_prompts, *size)) * leaning.family_on_question
        dice = self._dice("model", own)
        lean = lean + dice.normal(size=size) * leaning.model
        lean = lean + dice.normal(size=(self.n_prompts, *size)) * leaning.model_on_question
        vocabulary, length = dice.permutation(len(POOL))[:120], dice.uniform(15, 45)
        chance = self._dice("sample", own, listener)
        shape = (self.n_prompts, n_samples)
        chosen = (lean[:, None] + chance.gumbel(size=(*shape, *size)) * leaning.chance).argmax(axis=-1)
        step = np.arange(STEPS)[None, None, :]
        words = self._phrases[np.arange(self.n_prompts)[:, None, None], step, chosen]
        body = vocabulary[chance.integers(len(vocabulary), size=(*shape, 60))]
        n_words = np.clip(chance.normal(length, 5, size=shape), 5, 60).astype(int)
        body[np.arange(60) >= n_words[..., None]] = -1
        return words.reshape(*shape, WORDS), body

    @cached_property
    def _replies(self) -> dict[str, Written]:
        return {model.name: self._replied(model) for model in self.models}

    def _replied(self, model: Stub) -> Written:
        prefix_overlap, body = self._spoken(model, model.n_samples, "record")
        if not model.teacher:
            return prefix_overlap, body
        is_taken = self._dice("taken", model.teacher, model.manner_of).random(self.n_prompts) < model.dose
        given = self._spoken(self.models[self.place[model.teacher]], model.n_samples, model.manner_of)
        said, went_on = (part[is_taken] for part in given)
        if model.manner == PARAPHRASED:
            said, went_on = SYNONYM[said], np.where(went_on < 0, -1, SYNONYM[went_on])
            # What stood in the second half of the rest comes first.
            n = (went_on >= 0).sum(axis=-1, keepdims=True)
            order = np.arange(went_on.shape[-1])
            turned = np.where(order < n, (order + n // 2) % np.maximum(n, 1), order)
            went_on = np.take_along_axis(went_on, turned, axis=-1)
        prefix_overlap[is_taken] = said
        if model.manner != OPENING_ONLY:
            body[is_taken] = went_on
        return prefix_overlap, body

    # As files

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write the replies and the lineage as they are ingested; return both paths."""
        folder.mkdir(parents=True, exist_ok=True)
        replies, lineage = folder / "replies.csv", folder / "lineage.csv"
        with replies.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["model", "prompt", "prompt_id", "sample", "reply"])
            for model in self.models:
                prefix_overlap, body = self._replies[model.name]
                for prompt, sample in np.ndindex(prefix_overlap.shape[:2]):
                    text = _text(prefix_overlap[prompt, sample], body[prompt, sample])
                    rows.writerow([model.name, f"Question {prompt}?", f"p{prompt:03d}", sample, text])
        with lineage.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["model", "vendor", "group", "family", "role", "learned_from", "parent"])
            for model in self.models:
                # A hidden student is documented as independent.
                told = model.teacher if model.role == "student" else ""
                rows.writerow([model.name, model.vendor, model.group, "", model.role, told, model.parent])
        return replies, lineage

    # As rows of the domain

    def known(self) -> verdict_population.Population:
        return verdict_population.Population(
            tuple(
                DocumentedModel(
                    model=model.name,
                    vendor=model.vendor,
                    family=model.vendor,
                    group=model.group,
                    role=model.role,
                    is_control=model.role == "independent",
                    is_background=model.role == "independent",
                    is_reference=model.role in CANDIDATE_ROLES,
                    learned_from=(model.teacher,) if model.role == "student" else (),
                    parent=model.parent or None,
                )
                for model in sorted(self.models, key=lambda model: model.name)
            )
        )

    def texts(self, prompt: int, model: str) -> list[str]:
        """Return the samples of a model's reply to a prompt."""
        prefix_overlap, body = self._replies[model]
        return [
            _text(prefix_overlap[prompt, sample], body[prompt, sample]) for sample in range(prefix_overlap.shape[1])
        ]

    def measured(self) -> Measured:
        """Return what verdicts are formed from, without a warehouse."""
        known = self.known()
        prompts = []
        for prompt in range(self.n_prompts):
            told = [(text, i) for i, model in enumerate(known.models) for text in self.texts(prompt, model.model)]
            prompts.append(PromptTexts([text for text, _ in told], np.array([place for _, place in told])))
        common = common_words(text for asked in prompts for text in asked.texts)
        sums = pair_sums(prompts, known.cohort, [registry.load(channels, name) for name in WEIGHTS], common)
        return Measured(known, composite(sums, known), pairs_from_list(self.pair_measures(), known), {})

    def prefix_overlaps(self, model: str) -> NDArray[np.int64]:
        """Return the first words of a model's replies as numbers: shape (prompts, samples, WORDS)."""
        return self._replies[model][0]

    def prefix_overlap_matrix(self) -> NDArray[np.float64]:
        """Return ln(1 + identical leading words) of every two models on every prompt, samples averaged."""
        found = np.zeros((len(self.models), len(self.models), self.n_prompts))
        prefix_overlaps = [self._replies[model.name][0] for model in self.models]
        for i, left in enumerate(prefix_overlaps):
            for j, right in enumerate(prefix_overlaps[:i]):
                same = left[:, :, None] == right[:, None]
                similarity = np.log1p(np.cumprod(same, axis=-1).sum(axis=-1)).mean(axis=(1, 2))
                found[i, j] = found[j, i] = similarity
        return found

    def _lengths(self) -> NDArray[np.float64]:
        """Return the closeness of length of every two models, over prompts and pairs of samples."""
        n_words = [WORDS + (self._replies[model.name][1] >= 0).sum(axis=-1) for model in self.models]
        return np.array(
            [
                [
                    float((np.minimum(x[:, :, None], y[:, None]) / np.maximum(x[:, :, None], y[:, None])).mean())
                    for y in n_words
                ]
                for x in n_words
            ]
        )

    def pair_measures(self) -> list[PairMeasures]:
        """Return every target with every reference, formed from the definition of D, centred by vendor."""
        prefix_overlap, lengths = self.prefix_overlap_matrix(), self._lengths()
        rows = []
        for i, target in enumerate(self.models):
            for j, reference in enumerate(self.models):
                if i == j or reference.role not in CANDIDATE_ROLES:
                    continue
                background: dict[str, list[int]] = {}
                for k, model in enumerate(self.models):
                    if model.role == "independent" and model.vendor not in {target.vendor, reference.vendor}:
                        background.setdefault(model.vendor, []).append(k)
                d = prefix_overlap[i, j] - np.mean(
                    [prefix_overlap[i, places].mean(axis=0) for places in background.values()], axis=0
                )
                error = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
                mean = float(d.mean())
                rows.append(
                    PairMeasures(
                        target=target.name,
                        reference=reference.name,
                        prefix_overlap=float(prefix_overlap[i, j].mean()),
                        prefix_overlap_d=mean,
                        low=mean - error,
                        high=mean + error,
                        length_closeness=float(lengths[i, j]),
                        embedding=None,
                        n_prompts=self.n_prompts,
                    )
                )
        return rows


def _text(prefix_overlap: NDArray[np.int64], body: NDArray[np.int64]) -> str:
    begun = " ".join(LEXICON[word] for word in prefix_overlap)
    words = [LEXICON[word] for word in body if word >= 0]
    clauses = [" ".join(words[at : at + 7]) for at in range(0, len(words), 7)]
    return f"{begun[:1].upper()}{begun[1:]}; {', '.join(clauses)}."
