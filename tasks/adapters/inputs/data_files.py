"""Cards, plans and sets by their names: one's own files are looked at first, then those that are shipped."""

import os
from collections.abc import Iterable
from pathlib import Path

from tasks.adapters import settings
from tasks.domain.suggestions import unknown_name

CARDS, PLANS, PROMPTS, TEMPLATES = "models/{}.toml", "plans/{}.toml", "prompts/{}/card.toml", "templates/{}/card.toml"
BANKS, POPULATIONS = "banks/{}.parquet", "populations/{}.toml"
KINDS = {CARDS: "model card", PLANS: "plan", PROMPTS: "prompt set", TEMPLATES: "template set"}
KINDS |= {BANKS: "reference bank", POPULATIONS: "reference population"}
"""What a file of each pattern is; {} is its name."""


def folders(data_dir: Path | None = None) -> tuple[Path, ...]:
    """Return the data folders in the order in which they are looked at; `data_dir` alone, where it is given."""
    return (data_dir,) if data_dir is not None else settings.data_dirs()


def every(path: str, data_dir: Path | None = None) -> list[Path]:
    """Return the files of this path within the data folders, the one that counts first."""
    # os.path.exists is False also for a name that is too long for any file.
    return [folder / path for folder in folders(data_dir) if os.path.exists(folder / path)]


def names(pattern: str, data_dir: Path | None = None) -> list[str]:
    """Return the names of all files of a pattern, sorted."""
    is_in_folder = "{}/" in pattern
    paths = (path for folder in folders(data_dir) for path in folder.glob(pattern.format("*")))
    return sorted({path.parent.name if is_in_folder else path.stem for path in paths})


def named(pattern: str, name: str, data_dir: Path | None = None) -> Path:
    """Return the file of a pattern that `name` names.

    Raises:
        InputError: there is none; the message names the folders.
    """
    if paths := every(pattern.format(name), data_dir):
        return paths[0]
    kind = pattern.partition("/")[0]
    places = " and ".join(str(folder / kind) for folder in folders(data_dir))
    raise unknown_name(KINDS[pattern], name, names(pattern, data_dir), places)


def notes(used: Iterable[tuple[str, str]]) -> list[str]:
    """Return a sentence for each own file that is read in the place of a shipped one with other content.

    Args:
        used: patterns and names of the files that are read.
    """
    sentences = []
    for pattern, name in dict.fromkeys(used):
        files = every(pattern.format(name))
        if len(files) > 1 and files[0].read_bytes() != files[1].read_bytes():
            sentences.append(f"{KINDS[pattern]} {name}: {files[0]} is read, and not {files[1]}.")
    return sentences


def lineage(path: Path) -> Path:
    """Return a lineage file: `path`, or where there is none, the file of this name in `lineage` of the data folders."""
    if os.path.exists(path) or path.is_absolute():
        return path
    found = every(f"lineage/{path}") or every(f"lineage/{path}.csv")
    return found[0] if found else path
