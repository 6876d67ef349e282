"""What a file of recorded replies comes to, read back from the files between it and the warehouse."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tasks.adapters.inputs import recorded_files
from tasks.adapters.settings import Home


@dataclass(frozen=True)
class Rows:
    """The staged rows, in the order of the file; prompts by id."""

    prompt_set: str
    replies: list[dict[str, Any]]
    prompts: dict[str, dict[str, Any]]


def staged_rows(path: Path, format_name: str, home: Path) -> Rows:
    """Return the rows that a file comes to; nothing stays in `home`."""
    with recorded_files.staged(path, format_name, Home(home)) as staged:
        read = {
            name: [row for file in sorted(staged.folder.glob(f"{name}-*")) for row in pl.read_parquet(file).to_dicts()]
            for name in ("reply", "prompt")
        }
        return Rows(staged.prompt_set, read["reply"], {row["prompt_id"]: row for row in read["prompt"]})
