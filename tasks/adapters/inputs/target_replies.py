"""One model's recorded replies, and the prompts of a recorded file, without a warehouse."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tasks.adapters.inputs import recorded_files
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, Prompt
from tasks.domain.suggestions import unknown_name


@dataclass(frozen=True)
class TargetReplies:
    """Replies of one model: pairs of prompt id and text; and the text of each prompt by its id."""

    texts: list[tuple[str, str]]
    prompts: dict[str, str]


def read_replies(path: Path, model: str, home: Home) -> TargetReplies:
    """Return the replies under `path` of a model; where the file holds one model alone, of that one.

    Args:
        path: recorded replies in any format that `ingest` takes.
        model: the model's name.
        home: temporary files are written beside it.

    Raises:
        InputError: there is nothing, it is wrong, or holds several models and none of that name.
    """
    with recorded_files.staged(path, recorded_files.detect(path), home) as staged:
        replies = _table(staged.folder, "reply").filter(pl.col("reply_text").is_not_null())
        prompts = _table(staged.folder, "prompt")
    models = sorted(replies["model"].unique())
    if len(models) > 1 or not models:
        if model not in models:
            raise unknown_name("model with replies", model, models, str(path))
        replies = replies.filter(pl.col("model") == model)
    return TargetReplies(
        list(replies.select("prompt_id", "reply_text").sort("prompt_id").iter_rows()),
        dict(prompts.select("prompt_id", "prompt_text").iter_rows()),
    )


def read_prompts(path: Path, home: Home) -> list[Prompt]:
    """Return the prompts of recorded replies.

    Raises:
        InputError: there is nothing, or it is wrong.
    """
    with recorded_files.staged(path, recorded_files.detect(path), home) as staged:
        return as_prompts(_table(staged.folder, "prompt"))


def as_prompts(rows: pl.DataFrame) -> list[Prompt]:
    """Return the prompts of rows of `raw.prompt`, each once."""
    return [
        Prompt(
            prompt_id=row["prompt_id"],
            prompt_set=row["prompt_set"],
            prompt_key=row["prompt_key"],
            messages=tuple(Message(turn["role"], turn["content"]) for turn in json.loads(row["messages_text"])),
            language=row["language"],
            category=row["category"],
        )
        for row in rows.unique("prompt_id", maintain_order=True).to_dicts()
    ]


def _table(folder: Path, name: str) -> pl.DataFrame:
    files = sorted(folder.glob(f"{name}-*.parquet"))
    if not files:
        raise InputError("it holds no replies.", where=str(folder), remedy="Give a file or folder of replies.")
    return pl.concat([pl.read_parquet(file) for file in files], how="vertical_relaxed")
