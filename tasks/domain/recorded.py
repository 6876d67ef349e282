"""Recorded replies -> the rows of models, prompts, requests and replies that they come to; of trials, also verdicts."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id, reply_id, request_id
from tasks.domain.judging.claim import VerdictMissing
from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.prompting.template import template_id
from tasks.domain.prompting.trials import PUBLISHED, TRIAL_SET
from tasks.domain.rows import Lineage, Message, Prompt, RecordedReply, lineage_row, prompt_row

FINGERPRINT = "ingested"
ROUND = "ingested"
SHORT_ID = 12
"""Digits of an id that serve as a key: equal texts have equal keys in whatever order a file holds them."""


@dataclass(frozen=True, kw_only=True)
class RecordedTrial(RecordedReply):
    """A recorded reply to an identity question in a template, with the labels it was given.

    `template_text` has {question} where the question goes. `is_leading`: template or question names a vendor or model.
    `is_contradiction` is the loose label, `is_foreign` the strict one; None where the label is unknown.
    """

    template_text: str
    template_language: str | None
    is_template_leading: bool
    question_text: str
    is_leading: bool
    is_contradiction: bool | None
    is_foreign: bool | None

    @property
    def has_positive(self) -> bool:
        """Say whether one of the labels is positive."""
        return bool(self.is_contradiction or self.is_foreign)

    @property
    def missing_reason(self) -> VerdictMissing | None:
        """Return why there is nothing to label: a failed call. A label that is positive was given to a text."""
        return None if self.has_positive else failed_call_reason(self.reply_text)


@dataclass(frozen=True)
class LabelCount:
    """The labels of one model's trials; `n_strict` is None where no strict label is known."""

    model: str
    vendor: str | None
    n_trials: int
    n_templates: int
    n_failed: int
    n_loose: int
    n_strict: int | None
    n_strict_only: int


class RecordedRows:
    """Collects rows; `where` is what was read, `source` its format, `at` the time that stands in the rows.

    A row of `verdicts` has the request's id: which reply counts for it, the warehouse knows.
    """

    def __init__(self, where: str, source: str, prompt_set: str, at: datetime) -> None:
        self.source, self.prompt_set, self._where, self._at = source, prompt_set, where, at
        self.models: dict[str, dict[str, Any]] = {}
        self.lineages: dict[str, dict[str, Any]] = {}
        self.prompts: dict[str, dict[str, Any]] = {}
        self.questions: dict[str, dict[str, Any]] = {}
        self.templates: dict[tuple[str, str], dict[str, Any]] = {}
        self.requests: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []
        self.trials: list[dict[str, Any]] = []
        self.verdicts: list[dict[str, Any]] = []
        self._labels: dict[str, Counter[str]] = {}
        self._n_seen: Counter[tuple[str, str]] = Counter()
        self._requested: set[str] = set()

    def add(self, recorded: RecordedReply, model: str) -> None:
        """Add one reply; a second reply of a model to the same prompt is its next sample."""
        prompt = prompt_id(recorded.messages)
        occurrence = self._n_seen[model, prompt]
        self._n_seen[model, prompt] += 1
        sample = recorded.sample if recorded.sample is not None else occurrence
        request = request_id(f"{FINGERPRINT} {model}", prompt, {}, sample, ROUND)
        if request in self._requested:
            raise InputError(
                f"model {model!r} has sample {sample} of prompt {recorded.prompt_key!r} twice.",
                where=self._where,
                remedy="Number the samples of a prompt 0, 1, 2 ..., or leave the column out.",
            )
        self._requested.add(request)
        self.models.setdefault(model, self._model(model))
        self.prompts.setdefault(prompt, self._prompt(recorded, prompt))
        self.requests.append(
            {
                "request_id": request,
                "model": model,
                "fingerprint": FINGERPRINT,
                "prompt_id": prompt,
                "sample": sample,
                "round": ROUND,
                "sampling_text": "{}",
                "wanted_at": self._at,
            }
        )
        text = recorded.reply_text if recorded.reply_text.strip() else None
        self.replies.append(
            {
                "reply_id": reply_id(request, text, "recorded"),
                "request_id": request,
                "reply_text": text,
                "missing_reason": None if text is not None else "empty_reply",
                "finish_reason": None,
                "n_attempts": 1,
                "replied_at": self._at,
                "source": self.source,
            }
        )
        if isinstance(recorded, RecordedTrial):
            self._add_trial(recorded, model, request)

    def identify(self, model: str, card: ModelCard | None, vendor: str | None) -> None:
        """Say who made `model`: its card tells the facts; without one the vendor may still be known."""
        if card is not None:
            told = {"name": card.name, "vendor": card.vendor, "facts": card.facts.model_dump(exclude_none=True)}
            self.models[model] |= {
                "stage": card.stage,
                "weights": card.weights,
                "base_model": card.base_model,
                "card_text": json.dumps(told, ensure_ascii=False),
            }
            self.lineages[model] = lineage_row(card.as_lineage(), "card", self._at) | {"model": model}
        elif vendor is not None:
            # As low in rank as a card, so that a file or a later card says better.
            self.lineages[model] = lineage_row(Lineage(model, vendor, certainty="low"), "card", self._at)

    def label_counts(self) -> tuple[LabelCount, ...]:
        """Return how many labels the trials of each model have."""
        return tuple(
            LabelCount(
                model=model,
                vendor=self.lineages[model]["vendor"] if model in self.lineages else None,
                n_trials=counts["trial"],
                n_templates=sum(template_set == _template_set(model) for template_set, _ in self.templates),
                n_failed=counts["failed"],
                n_loose=counts["loose"],
                n_strict=counts["strict"] if counts["strict known"] else None,
                n_strict_only=counts["strict only"],
            )
            for model, counts in self._labels.items()
        )

    def _add_trial(self, recorded: RecordedTrial, model: str, request: str) -> None:
        template = template_id(recorded.template_text)
        question = self._question(recorded)
        self.questions.setdefault(question["prompt_id"], question)
        self.templates.setdefault(
            (_template_set(model), template),
            {
                "template_id": template,
                "template_set": _template_set(model),
                "template_key": template[:SHORT_ID],
                "language": recorded.template_language,
                "kind": None,
                "template_text": recorded.template_text,
                "is_leading": recorded.is_template_leading,
                "registered_at": self._at,
            },
        )
        self.trials.append(
            {
                "request_id": request,
                "mode": PUBLISHED,
                "template_id": template,
                "question_id": question["prompt_id"],
                "is_leading": recorded.is_leading,
                "registered_at": self._at,
                "template_set": _template_set(model),
            }
        )
        is_missing = recorded.missing_reason is not None
        self.verdicts.append(
            {
                "request_id": request,
                # Who claims to be another's contradicts the facts, whether or not that label was given too.
                "is_contradiction": None if is_missing else recorded.is_foreign or recorded.is_contradiction,
                "is_foreign": None if is_missing else recorded.is_foreign,
                "missing_reason": recorded.missing_reason,
            }
        )
        counts = self._labels.setdefault(model, Counter())
        counts["trial"] += 1
        counts["failed"] += is_missing
        counts["loose"] += bool(recorded.is_contradiction)
        counts["strict"] += bool(recorded.is_foreign)
        counts["strict known"] += recorded.is_foreign is not None
        counts["strict only"] += bool(recorded.is_foreign) and not recorded.is_contradiction

    def _model(self, model: str) -> dict[str, Any]:
        return {
            "model": model,
            "fingerprint": FINGERPRINT,
            "source": self.source,
            "card_text": "{}",
            "registered_at": self._at,
        }

    def _question(self, recorded: RecordedTrial) -> dict[str, Any]:
        messages = (Message("user", recorded.question_text),)
        key = prompt_id(messages)
        question = Prompt(key, self.prompt_set, key[:SHORT_ID], messages, recorded.language, recorded.category)
        return prompt_row(question, self._at)

    def _prompt(self, recorded: RecordedReply, prompt: str) -> dict[str, Any]:
        return prompt_row(
            Prompt(
                prompt_id=prompt,
                prompt_set=TRIAL_SET if isinstance(recorded, RecordedTrial) else self.prompt_set,
                prompt_key=recorded.prompt_key,
                messages=recorded.messages,
                language=recorded.language,
                category=recorded.category,
            ),
            self._at,
        )


def _template_set(model: str) -> str:
    return f"{PUBLISHED}-{model}"
