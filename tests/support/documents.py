"""README, CONTRIBUTING and docs/*.md taken apart: what they tell to type, what they show printed, what they name."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tasks.adapters.settings import PROJECT

NAMES = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *sorted(f"docs/{path.name}" for path in (PROJECT / "docs").glob("*.md")),
)
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_RUNS = ("distillometer", "make", "python", "pip", "prefect", "export", "kill", ".venv/bin/python", ".venv/bin/pytest")


@dataclass(frozen=True)
class Typed:
    """A command as a shell takes it apart, and the lines that the document shows below it."""

    words: tuple[str, ...]
    shown: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Say whether it is a verb of the command."""
        return self.words[0] == "distillometer"

    def __str__(self) -> str:
        return shlex.join(self.words)


@dataclass(frozen=True)
class Block:
    """A fenced block with its language; without one it is a terminal."""

    language: str
    text: str


@dataclass(frozen=True)
class Document:
    """A document; `folder`: what its links start from."""

    text: str
    folder: Path = PROJECT
    tokens: list[Token] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.tokens.extend(_MARKDOWN.parse(self.text))

    @classmethod
    def read(cls, name: str) -> "Document":
        """Read a document of the project."""
        path = PROJECT / name
        return cls(path.read_text(encoding="utf-8"), path.parent)

    @property
    def blocks(self) -> list[Block]:
        """Return its fenced blocks."""
        return [Block(token.info.strip(), token.content) for token in self.tokens if token.type == "fence"]

    @property
    def spans(self) -> list[str]:
        """Return what stands in backticks."""
        return [child.content for child in self._inline() if child.type == "code_inline"]

    @property
    def links(self) -> list[str]:
        """Return the links and pictures that are files."""
        found = [child.attrGet("href") or child.attrGet("src") for child in self._inline()]
        return [str(link) for link in found if link and "://" not in str(link)]

    def commands(self, verbs: set[str]) -> Iterator[Typed]:
        """Yield what it tells to type, in its order: in terminals and in backticks, there also `verb --option`."""
        for token in self.tokens:
            if token.type == "fence" and not token.info.strip():
                yield from typed(token.content)
            for child in token.children or []:
                words = _words(child.content) if child.type == "code_inline" else ()
                if len(words) > 1 and words[0] in _RUNS:
                    yield Typed(words)
                elif len(words) > 1 and words[0] in verbs:
                    yield Typed(("distillometer", *words))

    def _inline(self) -> list[Token]:
        return [child for token in self.tokens for child in token.children or []]


def typed(terminal: str) -> Iterator[Typed]:
    """Yield the commands of a terminal: every line, or, where some begin with `$ `, those with the lines below."""
    if not re.search(r"^\$ ", terminal, flags=re.MULTILINE):
        yield from (Typed(words) for line in terminal.splitlines() if (words := _words(line)))
        return
    for part in re.split(r"^\$ ", terminal, flags=re.MULTILINE)[1:]:
        lines = part.rstrip("\n").split("\n")
        # A quoted argument may go on over several lines.
        n = next(n for n in range(1, len(lines) + 1) if _words("\n".join(lines[:n])))
        yield Typed(_words("\n".join(lines[:n])), tuple(line.rstrip() for line in lines[n:]))


def _words(line: str) -> tuple[str, ...]:
    """Return a line as a shell takes it apart; nothing where a quotation is open."""
    try:
        return tuple(shlex.split(line, comments=True))
    except ValueError:
        return ()
