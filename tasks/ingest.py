"""Foreign files -> rows like any other: models, prompts, requests and replies that were recorded elsewhere."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters import formats, store
from tasks.adapters.settings import Home, now
from tasks.domain import registry
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id, reply_id, request_id
from tasks.domain.rows import Prompt, RecordedReply, prompt_row

FINGERPRINT = "ingested"
ROUND = "ingested"


@dataclass(frozen=True)
class Ingested:
    """What was read and what of it was new."""

    format_name: str
    prompt_set: str
    n_models: int
    n_prompts: int
    n_replies: int
    n_missing: int
    n_new: int
    n_replaced: int


def detect(path: Path) -> str:
    """Return the name of the format that `path` is in.

    Raises:
        InputError: no format knows it, or there is nothing at `path`.
    """
    if not path.exists():
        raise InputError("there is no such file or folder.", where=str(path), remedy="Check the path.")
    for name in registry.names(formats):
        if registry.load(formats, name).detects(path):
            return name.replace("_", "-")
    known = ", ".join(name.replace("_", "-") for name in registry.names(formats))
    raise InputError("no known format is recognised here.", where=str(path), remedy=f"Give --format: {known}.")


def read(path: Path, format_name: str, names: tuple[str | None, str | None]) -> "Rows":
    """Return the rows that the replies under `path` come to; nothing is written.

    Args:
        path: file or folder.
        format_name: one of the formats.
        names: model name and prompt set name that replace those of the file, or None.

    Raises:
        InputError: something there is wrong; the message names file, line and remedy.
    """
    model_name, set_name = names
    foreign = registry.load(formats, format_name)
    if not path.exists():
        raise InputError("there is no such file or folder.", where=str(path), remedy="Check the path.")
    recorded = list(foreign.read(path))
    models = {reply.model for reply in recorded}
    if model_name is not None and len(models) > 1:
        raise InputError(
            f"--model names one model, the file holds {len(models)}.", where=str(path), remedy="Leave --model out."
        )
    rows = Rows(format_name.replace("_", "-"), set_name or foreign.prompt_set)
    for reply in recorded:
        rows.add(reply, model_name or reply.model)
    return rows


@task(name="ingest", task_run_name="ingest {path.name}", cache_policy=NO_CACHE)
def ingest(path: Path, format_name: str, names: tuple[str | None, str | None], home: Home) -> Ingested:
    """Read as `read` does, then write what is new, and return what that was."""
    rows = read(path, format_name, names)
    with store.writing(home) as warehouse:
        known = set(warehouse.read_columns("raw.reply", ["request_id"], source=rows.source)["request_id"])
        warehouse.append("model", list(rows.models.values()), key="model")
        warehouse.append("prompt", list(rows.prompts.values()), key="prompt_id,prompt_set")
        warehouse.append("request", rows.requests, key="request_id")
        n_new = warehouse.append("reply", rows.replies, key="reply_id")
    n_first = sum(row["request_id"] not in known for row in rows.replies)
    return Ingested(
        format_name=rows.source,
        prompt_set=rows.prompt_set,
        n_models=len(rows.models),
        n_prompts=len(rows.prompts),
        n_replies=len(rows.replies),
        n_missing=sum(row["reply_text"] is None for row in rows.replies),
        n_new=n_new,
        n_replaced=n_new - n_first,
    )


class Rows:
    """The rows that recorded replies come to."""

    def __init__(self, source: str, prompt_set: str) -> None:
        self.source, self.prompt_set, self._at = source, prompt_set, now()
        self.models: dict[str, dict[str, object]] = {}
        self.prompts: dict[str, dict[str, object]] = {}
        self.requests: list[dict[str, object]] = []
        self.replies: list[dict[str, object]] = []
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
                where=self.source,
                remedy="Number the samples of a prompt 0, 1, 2 ..., or leave the column out.",
            )
        self._requested.add(request)
        text = recorded.reply_text if recorded.reply_text.strip() else None
        self.models.setdefault(
            model,
            {
                "model": model,
                "fingerprint": FINGERPRINT,
                "source": self.source,
                "card_text": "{}",
                "registered_at": self._at,
            },
        )
        self.prompts.setdefault(
            prompt,
            prompt_row(
                Prompt(
                    prompt_id=prompt,
                    prompt_set=self.prompt_set,
                    prompt_key=recorded.prompt_key,
                    messages=recorded.messages,
                    language=recorded.language,
                    category=recorded.category,
                ),
                self._at,
            ),
        )
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
