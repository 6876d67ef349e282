"""Recorded replies -> rows, chunk by chunk, so a corpus is never in memory as a whole."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.missing_reason import MissingReason
from tasks.domain.prompting.probes import PROBE_SET
from tasks.domain.recorded.known_prompts import KnownPrompts
from tasks.domain.recorded.many_ids import reply_ids, request_ids
from tasks.domain.recorded.occurrences import Occurrences, keys
from tasks.domain.recorded.probe import FINGERPRINT, ROUND, SHORT_ID, LabelCount, RecordedProbe
from tasks.domain.recorded.probe_rows import PROBE_SCHEMAS, PROMPT_SCHEMA, ProbeRows
from tasks.domain.rows import Lineage, Message, Prompt, RecordedReply, lineage_row, prompt_row

Tables = dict[str, pl.DataFrame]
"""Rows by the name of their table; `reply` has the columns of requests too, `probe` those of labels."""

CHUNK_REPLIES = 20_000
CHUNK_CHARACTERS = 32_000_000
"""A chunk ends at the first of both limits: short replies are many, long ones are large."""

BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
"""All characters that `str.strip` removes."""

PLAIN = {
    "model": pl.String,
    "prompt": pl.String,
    "reply_text": pl.String,
    "prompt_key": pl.String,
    "sample": pl.Int64,
    "language": pl.String,
    "category": pl.String,
}
"""Columns of a frame of replies whose prompts are one user message each. `prompt_key` null: the start of its id."""

_CHUNK = {"model": pl.String, "prompt_id": pl.String, "prompt_key": pl.String, "sample": pl.Int64}
_CHUNK |= {"reply_text": pl.String}
SCHEMAS: dict[str, dict[str, Any]] = {
    "reply": {
        "request_id": pl.String,
        "model": pl.String,
        "fingerprint": pl.String,
        "prompt_id": pl.String,
        "sample": pl.Int32,
        "round": pl.String,
        "sampling_text": pl.String,
        "purpose": pl.String,
        "requested_at": pl.Datetime("us"),
        "reply_id": pl.String,
        "reply_text": pl.String,
        "missing_reason": pl.String,
        "n_attempts": pl.Int32,
        "replied_at": pl.Datetime("us"),
        "source": pl.String,
    },
    "prompt": PROMPT_SCHEMA,
    "model": {
        "model": pl.String,
        "fingerprint": pl.String,
        "source": pl.String,
        "stage": pl.String,
        "weights": pl.String,
        "base_model": pl.String,
        "card_text": pl.String,
        "registered_at": pl.Datetime("us"),
    },
    "lineage": {
        **dict.fromkeys(("model", "vendor", "candidate_group", "family", "role"), pl.String),
        "learned_from": pl.List(pl.String),
        **dict.fromkeys(("parent", "certainty", "base", "released", "source"), pl.String),
        "loaded_at": pl.Datetime("us"),
    },
    **PROBE_SCHEMAS,
}


class RecordedRows:
    """Turns replies into rows; `where` is the file, `source` its format, `at` the time in the rows.

    `known`: prompts that the warehouse has by ids of an earlier version, which they keep.

    Of earlier chunks it keeps the count of replies by model and prompt, in 20 bytes a reply, the prompts,
    and the models.
    """

    def __init__(
        self, where: str, source: str, prompt_set: str, at: datetime, known: KnownPrompts | None = None
    ) -> None:
        self.source, self.prompt_set, self._where, self._at = source, prompt_set, where, at
        self._known = known or KnownPrompts()
        self.n_replies = self.n_missing = 0
        self.models: dict[str, dict[str, Any]] = {}
        self.lineages: dict[str, dict[str, Any]] = {}
        self.probes = ProbeRows(prompt_set, at)
        self._answered, self._requested, self._prompts = Occurrences(), Occurrences(), Occurrences()
        self._duplicate: InputError | None = None
        self._clear()

    @property
    def n_prompts(self) -> int:
        """Number of prompts."""
        return len(self._prompts)

    def require_unique_samples(self) -> None:
        """Raise an InputError where a model has one sample of a prompt twice; complete after the last reply."""
        if self._duplicate:
            raise self._duplicate

    def _clear(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in _CHUNK}
        self._reply_of_prompt: dict[str, RecordedReply] = {}
        self._ids: dict[tuple[Message, ...], str] = {}
        self._n_characters = 0

    def add(self, recorded: RecordedReply, model: str) -> Iterator[Tables]:
        """Add one reply, and yield the chunk that it fills; a second reply to the same prompt is the next sample."""
        prompt = self._ids.get(recorded.messages)
        if prompt is None:
            prompt = self._ids[recorded.messages] = self._known.id_of(recorded.messages)
            self._reply_of_prompt.setdefault(prompt, recorded)
            self._n_characters += sum(len(turn.content or "") for turn in recorded.messages)
        columns = self._columns
        columns["model"].append(model)
        columns["prompt_id"].append(prompt)
        columns["prompt_key"].append(recorded.prompt_key)
        columns["sample"].append(recorded.sample)
        columns["reply_text"].append(recorded.reply_text)
        if isinstance(recorded, RecordedProbe):
            self.probes.add(recorded, model)
        self._n_characters += len(recorded.reply_text)
        if len(columns["model"]) >= CHUNK_REPLIES or self._n_characters >= CHUNK_CHARACTERS:
            yield from self.remaining_rows()

    def add_frame(self, frame: pl.DataFrame) -> Iterator[Tables]:
        """Add a frame of `PLAIN` columns; yield the collected replies and the frame's own chunk."""
        yield from self.remaining_rows()
        prompts = frame.unique("prompt", keep="first", maintain_order=True)
        ids = pl.Series("prompt_id", self._known.ids_of(prompts["prompt"].to_list()), pl.String)
        prompts = prompts.with_columns(ids, pl.col("prompt_key").fill_null(ids.str.head(SHORT_ID)))
        for row in prompts.iter_rows(named=True):
            first = RecordedReply(
                row["model"],
                (Message("user", row["prompt"]),),
                "",
                row["prompt_key"],
                language=row["language"],
                category=row["category"],
            )
            self._reply_of_prompt.setdefault(row["prompt_id"], first)
        prompt_of_row = (
            frame["prompt"].replace_strict(prompts["prompt"], ids, return_dtype=pl.String).alias("prompt_id")
        )
        chunk = frame.with_columns(prompt_of_row, pl.col("prompt_key").fill_null(prompt_of_row.str.head(SHORT_ID)))
        yield self._rows(chunk.select(list(_CHUNK)))

    def remaining_rows(self) -> Iterator[Tables]:
        """Yield the rows of the replies collected since the last chunk."""
        if self._columns["model"]:
            yield self._rows(pl.DataFrame(self._columns, schema=_CHUNK))

    def _rows(self, chunk: pl.DataFrame) -> Tables:
        requests = self._with_request_ids(chunk)
        is_filled = pl.col("reply_text").str.strip_chars(BLANKS) != ""
        requests = requests.with_columns(pl.when(is_filled).then(pl.col("reply_text")))
        replies = requests.with_columns(
            pl.Series("reply_id", reply_ids(requests["request_id"], requests["reply_text"], "recorded"), pl.String),
            pl.when(pl.col("reply_text").is_null())
            .then(pl.lit(MissingReason.EMPTY_REPLY.value))
            .alias("missing_reason"),
            fingerprint=pl.lit(FINGERPRINT),
            round=pl.lit(ROUND),
            sampling_text=pl.lit("{}"),
            requested_at=pl.lit(self._at),
            replied_at=pl.lit(self._at),
            n_attempts=pl.lit(1),
            source=pl.lit(self.source),
        )
        self.n_replies += chunk.height
        self.n_missing += replies["reply_text"].null_count()
        for model in chunk["model"].unique(maintain_order=True):
            self.models.setdefault(model, self._model(model))
        probes = self.probes.pop_tables(requests["request_id"])
        purpose = pl.lit("identity" if probes else "reply")
        tables = {"reply": replies.with_columns(purpose=purpose), "prompt": self._new_prompts(), **probes}
        if "question" in tables:
            tables["prompt"] = pl.concat([tables["prompt"], tables.pop("question")])
        self._clear()
        return {name: with_schema(name, table) for name, table in tables.items()}

    def _with_request_ids(self, chunk: pl.DataFrame) -> pl.DataFrame:
        """Return the chunk with the sample number and request id of each reply."""
        # The request id of sample 0 identifies model and prompt, whatever the number of the sample.
        names = chunk.select(fingerprint=FINGERPRINT + " " + pl.col("model"))["fingerprint"]
        first = request_ids(names, chunk["prompt_id"], pl.repeat(0, chunk.height, dtype=pl.Int64, eager=True), ROUND)
        occurrence = pl.Series(self._answered.number(keys(first)))
        samples = chunk["sample"].fill_null(occurrence)
        is_other = (samples != 0).arg_true()
        ids = pl.Series("request_id", first, pl.String)
        if len(is_other):
            other = request_ids(
                names.gather(is_other), chunk["prompt_id"].gather(is_other), samples.gather(is_other), ROUND
            )
            ids = ids.scatter(is_other, other)
        again = np.flatnonzero(self._requested.number(keys(ids.to_list())))
        if len(again) and self._duplicate is None:
            row = chunk.row(int(again[0]), named=True)
            self._duplicate = InputError(
                f"model {row['model']!r} has sample {samples[int(again[0])]} of prompt {row['prompt_key']!r} twice.",
                where=self._where,
                remedy="Number the samples of a prompt 0, 1, 2 ..., or leave the column out.",
            )
        return chunk.with_columns(samples.alias("sample"), ids)

    def _new_prompts(self) -> pl.DataFrame:
        """Return the rows of prompts that are new in this chunk."""
        ids = list(self._reply_of_prompt)
        is_new = self._prompts.number(keys(ids)) == 0
        rows = [
            self._prompt(self._reply_of_prompt[prompt], prompt) for prompt, new in zip(ids, is_new, strict=True) if new
        ]
        return pl.DataFrame(rows, schema=SCHEMAS["prompt"])

    def identify(self, model: str, card: ModelCard | None, vendor: str | None) -> None:
        """Record the maker of `model`: the facts of its card; without a card the vendor, where it is known."""
        if card is not None:
            card_facts = {"name": card.name, "vendor": card.vendor, "facts": card.facts.model_dump(exclude_none=True)}
            self.models[model] |= {
                "stage": card.stage,
                "weights": card.weights,
                "base_model": card.base_model,
                "card_text": json.dumps(card_facts, ensure_ascii=False),
            }
            self.lineages[model] = lineage_row(card.as_lineage(), "card", self._at) | {"model": model}
        elif vendor is not None:
            # Ranked as a card, so a file or a later card replaces it.
            self.lineages[model] = lineage_row(Lineage(model, vendor, certainty="low"), "card", self._at)

    def model_tables(self) -> Tables:
        """Return the rows of the models and of their lineage."""
        return {
            "model": pl.DataFrame(list(self.models.values()), schema=SCHEMAS["model"]),
            "lineage": pl.DataFrame(list(self.lineages.values()), schema=SCHEMAS["lineage"]),
        }

    def label_counts(self) -> tuple[LabelCount, ...]:
        """Return the label counts of each model's probes."""
        return self.probes.label_counts({model: row["vendor"] for model, row in self.lineages.items()})

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
                prompt_set=PROBE_SET if isinstance(recorded, RecordedProbe) else self.prompt_set,
                prompt_key=recorded.prompt_key,
                messages=recorded.messages,
                language=recorded.language,
                category=recorded.category,
            ),
            self._at,
        )


def with_schema(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """Return a table with the columns and types of its schema."""
    return table.select(pl.col(column).cast(dtype) for column, dtype in SCHEMAS[name].items())
