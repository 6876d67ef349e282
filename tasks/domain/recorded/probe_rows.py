"""Recorded identity probes -> the rows of templates, questions and probes, with their labels."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from tasks.domain.ids import prompt_id
from tasks.domain.prompting.probes import PUBLISHED
from tasks.domain.prompting.template import template_id
from tasks.domain.recorded.probe import SHORT_ID, LabelCount, RecordedProbe
from tasks.domain.rows import Message, Prompt, prompt_row

PROMPT_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("prompt_id", "prompt_set", "prompt_key", "language", "category"), pl.String),
    "messages_text": pl.String,
    "prompt_text": pl.String,
    "asks": pl.List(pl.String),
    "same_as": pl.String,
    "answer_text": pl.String,
    "registered_at": pl.Datetime("us"),
}
PROBE_SCHEMAS: dict[str, dict[str, Any]] = {
    "template": {
        **dict.fromkeys(("template_id", "template_set", "template_key", "language", "kind"), pl.String),
        "template_text": pl.String,
        "is_leading": pl.Boolean,
        "registered_at": pl.Datetime("us"),
    },
    "probe": {
        **dict.fromkeys(("request_id", "mode", "template_id", "question_id"), pl.String),
        "is_leading": pl.Boolean,
        "registered_at": pl.Datetime("us"),
        "template_set": pl.String,
        "is_contradiction": pl.Boolean,
        "is_foreign": pl.Boolean,
        "missing_reason": pl.String,
    },
}
_ADDED = {name: dtype for name, dtype in PROBE_SCHEMAS["probe"].items() if name != "request_id"}


class ProbeRows:
    """Collects the probes of one chunk at a time; keeps ids and counts of earlier chunks."""

    def __init__(self, prompt_set: str, at: datetime) -> None:
        self._prompt_set, self._at = prompt_set, at
        self._template_keys: set[tuple[str, str]] = set()
        self._question_ids: set[str] = set()
        self._labels: dict[str, Counter[str]] = {}
        self._clear()

    def __bool__(self) -> bool:
        return bool(self._labels)

    def _clear(self) -> None:
        self._templates: list[dict[str, Any]] = []
        self._questions: list[dict[str, Any]] = []
        self._probes: list[dict[str, Any]] = []

    def add(self, recorded: RecordedProbe, model: str) -> None:
        """Add one probe, in the order of the replies."""
        template_set, template = f"{PUBLISHED}-{model}", template_id(recorded.template_text)
        if (template_set, template) not in self._template_keys:
            self._template_keys.add((template_set, template))
            self._templates.append(
                {
                    "template_id": template,
                    "template_set": template_set,
                    "template_key": template[:SHORT_ID],
                    "language": recorded.template_language,
                    "kind": None,
                    "template_text": recorded.template_text,
                    "is_leading": recorded.is_template_leading,
                    "registered_at": self._at,
                }
            )
        is_missing = recorded.missing_reason is not None
        self._probes.append(
            {
                "mode": PUBLISHED,
                "template_id": template,
                "question_id": self._question(recorded),
                "is_leading": recorded.is_leading,
                "registered_at": self._at,
                "template_set": template_set,
                # A foreign claim contradicts the facts, whether or not the loose label is positive too.
                "is_contradiction": None if is_missing else recorded.is_foreign or recorded.is_contradiction,
                "is_foreign": None if is_missing else recorded.is_foreign,
                "missing_reason": recorded.missing_reason,
            }
        )
        counts = self._labels.setdefault(model, Counter())
        counts["probe"] += 1
        counts["failed"] += is_missing
        counts["loose"] += bool(recorded.is_contradiction)
        counts["strict"] += bool(recorded.is_foreign)
        counts["strict known"] += recorded.is_foreign is not None
        counts["strict only"] += bool(recorded.is_foreign) and not recorded.is_contradiction

    def pop_tables(self, request_ids: pl.Series) -> dict[str, pl.DataFrame]:
        """Return and clear the rows of the collected probes, whose requests have these ids; empty without probes."""
        if not self._probes:
            return {}
        tables = {
            "probe": pl.DataFrame(self._probes, schema=_ADDED).with_columns(request_ids),
            "template": pl.DataFrame(self._templates, schema=PROBE_SCHEMAS["template"]),
            "question": pl.DataFrame(self._questions, schema=PROMPT_SCHEMA),
        }
        self._clear()
        return tables

    def label_counts(self, vendors: Mapping[str, str | None]) -> tuple[LabelCount, ...]:
        """Return the label counts of each model's probes; `vendors`: known vendors by model."""
        return tuple(
            LabelCount(
                model=model,
                vendor=vendors.get(model),
                n_probes=counts["probe"],
                n_templates=sum(template_set == f"{PUBLISHED}-{model}" for template_set, _ in self._template_keys),
                n_failed=counts["failed"],
                n_loose=counts["loose"],
                n_strict=counts["strict"] if counts["strict known"] else None,
                n_strict_only=counts["strict only"],
            )
            for model, counts in self._labels.items()
        )

    def _question(self, recorded: RecordedProbe) -> str:
        messages = (Message("user", recorded.question_text),)
        key = prompt_id(messages)
        if key not in self._question_ids:
            self._question_ids.add(key)
            question = Prompt(key, self._prompt_set, key[:SHORT_ID], messages, recorded.language, recorded.category)
            self._questions.append(prompt_row(question, self._at))
        return key
