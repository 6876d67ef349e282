"""Many questions put to one model at once: rows of a batch, each with its own end."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from benchmarks.dose import llama
from benchmarks.dose.llama import Base, Keys, Weights

USER, REPLY = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n", "{}<|im_end|>"
SYSTEM = "<|im_start|>system\n{}<|im_end|>\n"
END = "<|im_end|>"
N_LIKELIEST = 40


@dataclass(frozen=True)
class Manner:
    """How to answer: what stands before each question, temperature, longest reply in tokens, chance, rows at once."""

    before: str = ""
    temperature: float = 0.7
    max_tokens: int = 64
    seed: int = 0
    n_rows: int = 160


def question(text: str) -> str:
    """Return a question as the model reads it."""
    return USER.format(text)


def replies(base: Base, weights: Weights, questions: Sequence[str], manner: Manner) -> list[str]:
    """Return a reply to each question, in their order: sampled from the 40 likeliest tokens, cut at `max_tokens`.

    The same arguments give the same replies on the same machine.
    """
    found = []
    chance = torch.Generator().manual_seed(manner.seed)
    with torch.inference_mode():
        shared = _shared(base, weights, manner.before)
        for start in range(0, len(questions), manner.n_rows):
            rows = questions[start : start + manner.n_rows]
            found += _batch(base, weights, [question(text) for text in rows], manner, shared, chance)
    return found


def _shared(base: Base, weights: Weights, before: str) -> list[Keys] | None:
    if not before:
        return None
    ids = torch.tensor([base.tokenizer.encode(before).ids])
    keys = _room(base, 1, ids.shape[1])
    llama.hidden(weights, base.shape, ids, torch.arange(ids.shape[1])[None], own=keys)
    return [Keys(of_block.keys[0], of_block.values[0]) for of_block in keys]


def _room(base: Base, n_rows: int, n_places: int) -> list[Keys]:
    width = base.weights["blk.0.attn_q"].shape[0] // base.shape.n_heads
    return llama.empty_keys(base.shape, n_rows, n_places, width)


def _batch(
    base: Base,
    weights: Weights,
    texts: Sequence[str],
    manner: Manner,
    shared: list[Keys] | None,
    chance: torch.Generator,
) -> list[str]:
    encoded = [base.tokenizer.encode(text).ids for text in texts]
    lengths = torch.tensor([len(ids) for ids in encoded])
    longest = int(lengths.max())
    end = base.tokenizer.token_to_id(END)
    assert end is not None, f"the tokenizer has no {END}"
    ids = torch.tensor([[*row, *[end] * (longest - len(row))] for row in encoded])
    own = _room(base, len(texts), longest + manner.max_tokens)
    places = torch.arange(longest)[None].repeat(len(texts), 1)
    states = llama.hidden(weights, base.shape, ids, places, own=own, shared=shared)
    last = states[torch.arange(len(texts)), lengths - 1]
    said: list[list[int]] = [[] for _ in texts]
    row_of = torch.arange(len(texts))
    for step in range(manner.max_tokens):
        tokens = _drawn(llama.logits(weights, last), manner.temperature, chance)
        is_open = tokens.ne(end)
        for row, token in zip(row_of[is_open].tolist(), tokens[is_open].tolist(), strict=True):
            said[row].append(token)
        if not bool(is_open.any()) or step == manner.max_tokens - 1:
            break
        if not bool(is_open.all()):
            own = [Keys(keys.keys[is_open], keys.values[is_open]) for keys in own]
            row_of, tokens = row_of[is_open], tokens[is_open]
        at = (lengths[row_of] + step)[:, None]
        last = llama.hidden(weights, base.shape, tokens[:, None], at, own=own, shared=shared)[:, 0]
    return [base.tokenizer.decode(tokens).strip() for tokens in said]


def _drawn(scores: Tensor, temperature: float, chance: torch.Generator) -> Tensor:
    """Return a token a row."""
    likeliest, tokens = scores.topk(N_LIKELIEST, dim=-1)
    chosen = torch.multinomial((likeliest / temperature).softmax(dim=-1), 1, generator=chance)
    return tokens.gather(1, chosen)[:, 0]
