"""Dossiers in tests: written by the command, looked into, and changed together with their index."""

import subprocess
from hashlib import sha256
from pathlib import Path

from tasks.adapters.dossiers import writing
from tasks.adapters.settings import Home
from tests.support.workbench import run_here


def reindexed(folder: Path) -> None:
    """Write the index anew, as somebody does who changes files and hides it."""
    names = [line[66:] for line in (folder / writing.INDEX).read_text().splitlines()]
    lines = [f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / writing.INDEX).write_text("".join(lines))


def reply_file(folder: Path, model: str) -> Path:
    [path] = (folder / "replies").glob(f"*-{model}.jsonl")
    return path


def written_at(home: Home, model: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Have the command write a dossier on a model to `path`, and return how it ended."""
    return run_here("report", "--dossier", model, "--output", str(path), "--home", str(home.root))
