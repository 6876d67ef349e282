"""Recorded replies -> the rows of models, prompts, requests and replies that they come to."""

from collections import Counter
from datetime import datetime
from typing import Any

from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id, reply_id, request_id
from tasks.domain.rows import Prompt, RecordedReply, prompt_row

FINGERPRINT = "ingested"
ROUND = "ingested"


class RecordedRows:
    """Collects rows; `where` is what was read, `source` its format, `at` the time that stands in the rows."""

    def __init__(self, where: str, source: str, prompt_set: str, at: datetime) -> None:
        self.source, self.prompt_set, self._where, self._at = source, prompt_set, where, at
        self.models: dict[str, dict[str, Any]] = {}
        self.prompts: dict[str, dict[str, Any]] = {}
        self.requests: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []
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

    def _model(self, model: str) -> dict[str, Any]:
        return {
            "model": model,
            "fingerprint": FINGERPRINT,
            "source": self.source,
            "card_text": "{}",
            "registered_at": self._at,
        }

    def _prompt(self, recorded: RecordedReply, prompt: str) -> dict[str, Any]:
        return prompt_row(
            Prompt(
                prompt_id=prompt,
                prompt_set=self.prompt_set,
                prompt_key=recorded.prompt_key,
                messages=recorded.messages,
                language=recorded.language,
                category=recorded.category,
            ),
            self._at,
        )
