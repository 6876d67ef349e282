"""The replies of some models to some prompts in one table, and their words as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tasks.domain.similarity.lexical import words

Booleans = NDArray[np.bool_]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class ReplyTable:
    """Replies of m models to n prompts: `texts[prompt][model]`, the first sample of each, None where missing.

    Raises:
        ValueError: `texts` has not one row per prompt with one place per model.
    """

    models: tuple[str, ...]
    prompts: tuple[str, ...]
    texts: tuple[tuple[str | None, ...], ...]

    def __post_init__(self) -> None:
        """Require that the shapes agree."""
        if len(self.texts) != len(self.prompts) or any(len(row) != len(self.models) for row in self.texts):
            raise ValueError(f"texts must have {len(self.prompts)} rows of {len(self.models)} places.")

    @cached_property
    def words(self) -> tuple[tuple[Codes | None, ...], ...]:
        """The words of each reply in their order, as word numbers: `words[prompt][model]`.

        Words are those of `similarity.lexical.words`: characters in scripts without spaces. None where the reply is
        missing or has no word. Numbers count from 0 in the order of first use.
        """
        codes: dict[str, int] = {}
        return tuple(tuple(_numbered(text, codes) for text in row) for row in self.texts)

    @cached_property
    def has_words(self) -> Booleans:
        """Shape (n, m): whether there is a reply and it has a word."""
        return np.array([[codes is not None for codes in row] for row in self.words], dtype=np.bool_).reshape(
            len(self.prompts), len(self.models)
        )

    @cached_property
    def has_text(self) -> Booleans:
        """Shape (n, m): whether there is a reply with a character other than white space."""
        return np.array([[bool(text and text.strip()) for text in row] for row in self.texts], dtype=np.bool_).reshape(
            len(self.prompts), len(self.models)
        )


def _numbered(text: str | None, codes: dict[str, int]) -> Codes | None:
    tokens: Sequence[str] = words(text) if text else ()
    if not tokens:
        return None
    return np.fromiter((codes.setdefault(word, len(codes)) for word in tokens), dtype=np.int64, count=len(tokens))
