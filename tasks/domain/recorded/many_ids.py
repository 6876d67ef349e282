"""The ids of `tasks.domain.ids` for a chunk of replies at once: equal digits in a fraction of the time."""

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.domain.ids import reply_id
from tasks.domain.prompting.normal_text import normal_text

_SPACE = 32


def _escaped(texts: pl.Series) -> pl.Series:
    """Return texts with JSON escapes, except for control characters other than the line end."""
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        texts = texts.str.replace_all(plain, written, literal=True)
    return texts


def _byte_layout(texts: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the start of each text, then the end of the last, and the bytes of all texts."""
    begins = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(texts.str.len_bytes().fill_null(0).to_numpy(), out=begins[1:])
    return begins, np.frombuffer((texts.str.join("").item() or "").encode(), np.uint8)


def _hashes(texts: pl.Series) -> tuple[list[str], list[int]]:
    """Return the first 32 digits of the hash of each text, and the rows with a character that JSON has to escape.

    The texts are one Python object, and not one each.
    """
    begins, content = _byte_layout(texts)
    view, places = content.data, begins.tolist()
    hashes = [sha256(view[a:b]).hexdigest()[:32] for a, b in pairwise(places)]
    if not len(content) or content.min() >= _SPACE:
        return hashes, []
    escaped_rows = np.searchsorted(begins, np.flatnonzero(content < _SPACE), side="right") - 1
    return hashes, np.unique(escaped_rows).tolist()


def prompt_ids(prompts: Sequence[str]) -> list[str]:
    """Return the ids of prompts that are one user message each."""
    return exact_prompt_ids([normal_text(text) for text in prompts])


def exact_prompt_ids(prompts: Sequence[str]) -> list[str]:
    """Return the ids of prompts that are one user message each, as they are written."""
    documents = [f'["prompt",[["user",{json.dumps(text, ensure_ascii=False)}]]]' for text in prompts]
    return [sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] for text in documents]


def request_ids(fingerprints: pl.Series, prompts: pl.Series, samples: pl.Series, round_name: str) -> list[str]:
    """Return the ids of requests without sampling."""
    names = fingerprints.unique()
    written = [json.dumps(name, ensure_ascii=False) for name in names]
    parts = [
        pl.lit('["request",'),
        fingerprints.replace_strict(names, written, return_dtype=pl.String),
        pl.lit(',"'),
        prompts,
        pl.lit('",{},'),
        samples.cast(pl.String),
        pl.lit(f",{json.dumps(round_name, ensure_ascii=False)}]"),
    ]
    return _hashes(pl.select(pl.concat_str(parts)).to_series())[0]


def reply_ids(requests: pl.Series, texts: pl.Series, replied_at: str) -> list[str]:
    """Return the ids of outcomes of requests; `replied_at` is a plain word."""
    parts = [pl.lit('["reply","'), requests, pl.lit('","'), _escaped(texts), pl.lit(f'","{replied_at}"]')]
    ids, escaped_rows = _hashes(pl.select(pl.concat_str(parts)).to_series())
    # Control characters have special escapes, and a missing reply is no text: these are computed one by one.
    for row in {*escaped_rows, *texts.is_null().arg_true().to_list()}:
        ids[row] = reply_id(requests[row], texts[row], replied_at)
    return ids
