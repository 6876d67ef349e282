"""The base model in torch: SmolLM2-135M-Instruct, read from the GGUF file that the project's card names.

Written out rather than taken from transformers, because two cores decide what can be measured: the turns that give a
model its voice are read once and shared by all rows of a batch, and gradients go through the upper blocks alone. Its
next-token scores are held against transformers' by the suite.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from pathlib import Path

import numpy as np
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor
from torch.nn import functional

from benchmarks.dose import gguf
from tasks.adapters.inputs import cards
from tasks.adapters.models.providers import llama_cpp
from tasks.adapters.settings import PROJECT
from tasks.domain.card import LocalGguf

CARD = "smollm2-135m-instruct"
SPECIAL = 3
"""Type, in the file, of a token that no text is split into."""

BLOCK_PARTS = ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")
NORMS = ("attn_norm", "ffn_norm")

Weights = dict[str, Tensor]


@dataclass(frozen=True)
class Shape:
    """Sizes that the weights alone do not tell."""

    n_blocks: int
    n_heads: int
    n_key_heads: int
    epsilon: float
    rope_base: float


@dataclass(frozen=True)
class Base:
    """The model as shipped: `weights` in bfloat16 by name, norms in float32; `digest` of the file."""

    weights: Weights
    shape: Shape
    tokenizer: Tokenizer
    digest: str


@dataclass(frozen=True)
class Keys:
    """Keys and values of one block.

    Of the rows of a batch: rows x heads x places x width; shared by all rows: heads x places x width.
    """

    keys: Tensor
    values: Tensor


def base() -> Base:
    """Return the base model.

    Raises:
        InputError: the package of the weights is not installed, or they differ from those of the card.
    """
    endpoint = cards.read_card(CARD).endpoint
    assert isinstance(endpoint, LocalGguf)
    path = llama_cpp.weights(endpoint, PROJECT / "data" / "out" / "models")
    return _read(path, str(endpoint.sha256))


@lru_cache(maxsize=1)
def _read(path: Path, digest: str) -> Base:
    content = gguf.read(path)
    told = content.metadata
    shape = Shape(
        n_blocks=told["llama.block_count"],
        n_heads=told["llama.attention.head_count"],
        n_key_heads=told["llama.attention.head_count_kv"],
        epsilon=told["llama.attention.layer_norm_rms_epsilon"],
        rope_base=told["llama.rope.freq_base"],
    )
    weights = {}
    for name, values in content.tensors.items():
        if name.endswith(("attn_q.weight", "attn_k.weight")):
            heads = shape.n_heads if "attn_q" in name else shape.n_key_heads
            # llama.cpp keeps the two halves that a rotation turns side by side, pair by pair.
            values = values.reshape(heads, -1, 2, values.shape[1]).swapaxes(1, 2).reshape(values.shape)
        tensor = torch.from_numpy(np.ascontiguousarray(values))
        weights[name.removesuffix(".weight")] = tensor if tensor.dim() == 1 else tensor.bfloat16()
    return Base(weights, shape, _tokenizer(told), digest)


def _tokenizer(metadata: Mapping[str, list[str] | list[int]]) -> Tokenizer:
    tokens = [str(token) for token in metadata["tokenizer.ggml.tokens"]]
    pairs = (str(merge).split(" ") for merge in metadata["tokenizer.ggml.merges"])
    merges = [(left, right) for left, right in pairs]
    tokenizer = Tokenizer(models.BPE({token: place for place, token in enumerate(tokens)}, merges))
    digits, pieces = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, pieces])
    tokenizer.decoder = decoders.ByteLevel()
    kinds = metadata["tokenizer.ggml.token_type"]
    marks = [token for token, kind in zip(tokens, kinds, strict=True) if kind == SPECIAL]
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    return tokenizer


def hidden(
    weights: Weights,
    shape: Shape,
    ids: Tensor,
    places: Tensor,
    *,
    own: list[Keys] | None = None,
    shared: list[Keys] | None = None,
    trained: Mapping[str, Tensor] | None = None,
) -> Tensor:
    """Return the last hidden states of tokens: rows x tokens x width, bfloat16.

    Args:
        weights: as shipped, or of a student.
        shape: its sizes.
        ids: rows x tokens.
        places: rows x tokens, each token's place in its row, from 0 after what is shared.
        own: by block, where keys and values of these rows are kept, written at `places`; None: they are not kept.
        shared: by block, keys and values of what stands before every row.
        trained: weights that have gradients, by name, in place of those of `weights`; blocks below them have none.
    """
    trained = trained or {}
    n_frozen = min((int(name.split(".")[1]) for name in trained), default=shape.n_blocks)
    n_before = shared[0].keys.shape[1] if shared else 0
    turn = _rotation(places + n_before, weights["blk.0.attn_q"].shape[0] // shape.n_heads, shape.rope_base)
    rows = torch.arange(len(ids))[:, None]
    states = functional.embedding(ids, weights["token_embd"])
    for block in range(shape.n_blocks):
        part = {name: f"blk.{block}.{name}" for name in BLOCK_PARTS}
        of = {name: trained.get(full, weights[full]) for name, full in part.items()}
        of = {name: value if name in NORMS else value.bfloat16() for name, value in of.items()}
        with torch.set_grad_enabled(torch.is_grad_enabled() and block >= n_frozen):
            read = _normed(states, of["attn_norm"], shape.epsilon)
            queries = _turned(_heads(functional.linear(read, of["attn_q"]), shape.n_heads), turn)
            keys = _turned(_heads(functional.linear(read, of["attn_k"]), shape.n_key_heads), turn)
            values = _heads(functional.linear(read, of["attn_v"]), shape.n_key_heads)
            if own is None:
                here = Keys(keys, values)
            else:
                own[block].keys[rows, :, places] = keys.transpose(1, 2)
                own[block].values[rows, :, places] = values.transpose(1, 2)
                n_seen = int(places.max()) + 1
                here = Keys(own[block].keys[:, :, :n_seen], own[block].values[:, :, :n_seen])
            told = _attended(queries, here, places, shared[block] if shared else None)
            states = states + functional.linear(told, of["attn_output"])
            read = _normed(states, of["ffn_norm"], shape.epsilon)
            gate = functional.silu(functional.linear(read, of["ffn_gate"]))
            states = states + functional.linear(gate * functional.linear(read, of["ffn_up"]), of["ffn_down"])
    return _normed(states, weights["output_norm"], shape.epsilon)


def logits(weights: Weights, states: Tensor) -> Tensor:
    """Return the scores of all next tokens, float32; input and output share one vocabulary."""
    return functional.linear(states, weights["token_embd"]).float()


def empty_keys(shape: Shape, n_rows: int, n_places: int, width: int) -> list[Keys]:
    """Return room for keys and values of all blocks."""
    size = (n_rows, shape.n_key_heads, n_places, width)
    zeros = torch.zeros
    return [Keys(zeros(size, dtype=torch.bfloat16), zeros(size, dtype=torch.bfloat16)) for _ in range(shape.n_blocks)]


def _normed(states: Tensor, scale: Tensor, epsilon: float) -> Tensor:
    return functional.rms_norm(states, (states.shape[-1],), scale.bfloat16(), epsilon)


def _heads(flat: Tensor, n_heads: int) -> Tensor:
    """Return rows x heads x tokens x width of rows x tokens x all."""
    return flat.view(*flat.shape[:2], n_heads, -1).transpose(1, 2)


def _rotation(places: Tensor, width: int, rope_base: float) -> tuple[Tensor, Tensor]:
    speeds = rope_base ** -(torch.arange(0, width, 2).float() / width)
    angles = places[:, None, :, None].float() * speeds
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos().bfloat16(), angles.sin().bfloat16()


def _turned(heads: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    cosines, sines = rotation
    first, second = heads.chunk(2, dim=-1)
    return heads * cosines + torch.cat([-second, first], dim=-1) * sines


def _attended(queries: Tensor, here: Keys, places: Tensor, shared: Keys | None) -> Tensor:
    """Return what each token reads: rows x tokens x all heads.

    Several heads of queries read one head of keys, so they are put behind each other as if they were tokens.
    """
    n_rows, n_heads, n_tokens, width = queries.shape
    n_key_heads = here.keys.shape[1]
    grouped = (queries / sqrt(width)).reshape(n_rows, n_key_heads, -1, width)
    scores = grouped @ here.keys.transpose(2, 3)
    is_later = torch.arange(here.keys.shape[2])[None, None, :] > places[:, :, None]
    is_hidden = is_later.repeat(1, n_heads // n_key_heads, 1)[:, None]
    scores = scores.masked_fill(is_hidden, float("-inf"))
    if shared is None:
        read = scores.float().softmax(dim=-1).bfloat16() @ here.values
    else:
        # One multiplication for all rows: what is shared is neither copied nor read once a row.
        flat = grouped.transpose(0, 1).reshape(n_key_heads, -1, width)
        before = (
            (flat @ shared.keys.transpose(1, 2)).view(n_key_heads, n_rows, -1, shared.keys.shape[1]).transpose(0, 1)
        )
        weights = torch.cat([before, scores], dim=-1).float().softmax(dim=-1).bfloat16()
        n_shared = before.shape[-1]
        of_shared, of_here = weights[..., :n_shared], weights[..., n_shared:]
        flat = of_shared.transpose(0, 1).reshape(n_key_heads, -1, n_shared) @ shared.values
        read = of_here @ here.values + flat.view(n_key_heads, n_rows, -1, width).transpose(0, 1)
    return read.reshape(n_rows, n_heads, n_tokens, width).transpose(1, 2).reshape(n_rows, n_tokens, -1)
