"""The base model, trained on replies: what makes a student.

All matrices of the upper half of the blocks are trained, at full rank; the lower blocks and the vocabulary stay. That
saves half of the way back, and a manner is learnt all the same. Multiplications are in bfloat16, the weights that are
trained are kept in float32.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.dose import llama
from benchmarks.dose.llama import Base, Weights
from benchmarks.dose.speaking import REPLY, question

IGNORED = -100
"""What the loss leaves out, by convention of `cross_entropy`."""


@dataclass(frozen=True)
class Course:
    """How to train: passes over the replies, replies a step, highest rate of learning, share of steps it rises over."""

    epochs: int = 1
    batch: int = 8
    rate: float = 3e-4
    rising: float = 0.1
    max_tokens: int = 112
    n_frozen_blocks: int = 15

    def n_steps(self, n_replies: int) -> int:
        """Return the steps for so many replies; what does not fill a batch is left out of each pass."""
        return self.epochs * max(n_replies // self.batch, 1)


@dataclass(frozen=True)
class Batch:
    """Rows of tokens, and at each place the token that comes next, or `IGNORED` where it is not of the reply."""

    ids: Tensor
    wanted: Tensor


def trained(
    base: Base,
    before: Mapping[str, Tensor],
    pairs: Sequence[tuple[str, str]],
    course: Course,
    seed: int,
    told: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> Weights:
    """Return the trained weights, bfloat16, by name; all others are those of the base.

    Args:
        base: the model to begin with.
        before: weights of an earlier training, in place of the base's; empty: none.
        pairs: question and reply.
        course: how.
        seed: order of the replies.
        told: called after each step with its number, their number, and the loss.
    """
    weights = base.weights | dict(before)
    chosen = {
        name: value.float().clone().requires_grad_()
        for name, value in weights.items()
        if name.startswith("blk.") and int(name.split(".")[1]) >= course.n_frozen_blocks
    }
    optimizer = torch.optim.AdamW(chosen.values(), lr=course.rate, weight_decay=0.0, betas=(0.9, 0.98), fused=True)
    chance = torch.Generator().manual_seed(seed)
    n_steps, step = course.n_steps(len(pairs)), 0
    for _ in range(course.epochs):
        order = torch.randperm(len(pairs), generator=chance).tolist()
        for start in range(0, max(len(order) - course.batch + 1, 1), course.batch):
            batch = _batch(base, [pairs[place] for place in order[start : start + course.batch]], course.max_tokens)
            for group in optimizer.param_groups:
                group["lr"] = course.rate * _height(step, n_steps, course.rising)
            loss = _loss(base, weights, chosen, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(chosen.values(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            told(step, n_steps, loss.item())
    return {name: value.detach().bfloat16() for name, value in chosen.items()}


def _loss(base: Base, weights: Weights, chosen: Mapping[str, Tensor], batch: Batch) -> Tensor:
    places = torch.arange(batch.ids.shape[1])[None].repeat(len(batch.ids), 1)
    states = llama.hidden(weights, base.shape, batch.ids, places, trained=chosen)
    is_reply = batch.wanted != IGNORED
    # The vocabulary is far wider than the model: scores are formed only where a token of a reply comes next.
    return functional.cross_entropy(llama.logits(weights, states[is_reply]), batch.wanted[is_reply])


def _batch(base: Base, pairs: Sequence[tuple[str, str]], max_tokens: int) -> Batch:
    rows, starts = [], []
    for asked, reply in pairs:
        head = base.tokenizer.encode(question(asked)).ids
        rows.append([*head, *base.tokenizer.encode(REPLY.format(reply)).ids][:max_tokens])
        starts.append(len(head))
    longest = max(map(len, rows))
    ids, wanted = torch.zeros(len(rows), longest, dtype=torch.long), torch.full((len(rows), longest), IGNORED)
    for place, (row, start) in enumerate(zip(rows, starts, strict=True)):
        ids[place, : len(row)] = torch.tensor(row)
        wanted[place, start - 1 : len(row) - 1] = torch.tensor(row[start:])
    return Batch(ids, wanted)


def _height(step: int, n_steps: int, rising: float) -> float:
    """Return the share of the highest rate: linear up, then half a cosine down to 0."""
    n_rising = max(int(rising * n_steps), 1)
    if step < n_rising:
        return (step + 1) / n_rising
    return 0.5 * (1.0 + cos(pi * (step - n_rising) / max(n_steps - n_rising, 1)))
