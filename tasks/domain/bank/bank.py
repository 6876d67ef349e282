"""What a reference bank holds."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

import numpy as np

from tasks.domain.bank.sketches import salts_of, sampled, sketches
from tasks.domain.bank.stable_hash import stable_hash
from tasks.domain.pairwise.features import Features, features_of
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import Places
from tasks.domain.verdict.population import DocumentedModel

FORMAT = 1
"""A change of what is hashed, or how, raises it."""

N_PAIRS = 64
"""Word pairs of the median reply that are kept of it."""


@dataclass(frozen=True)
class BankPrompt:
    """A prompt of a bank, by the id of its text. `pair_share`: the share of word pairs that is kept of its replies."""

    prompt_id: str
    prompt_set: str
    pair_share: float


@dataclass(frozen=True)
class Bank:
    """Sketches of m replies of n models to p prompts, ordered by prompt, model and sample.

    `prompt` and `model` (m): the places of each reply's. `common`: the words that stay in templates. `note`: whose
    replies they are, from when, on what terms.
    """

    name: str
    note: str
    common: tuple[str, ...]
    models: tuple[DocumentedModel, ...]
    prompts: tuple[BankPrompt, ...]
    prompt: Places
    model: Places
    features: Features

    @property
    def content(self) -> dict[str, object]:
        """Return all but the replies, as values that JSON can hold."""
        return {
            "format": FORMAT,
            "name": self.name,
            "note": self.note,
            "common": list(self.common),
            "models": [asdict(model) for model in self.models],
            "prompts": [asdict(prompt) for prompt in self.prompts],
        }

    @property
    def digest(self) -> str:
        """Return the SHA-256 of everything that a verdict depends on, 64 hex digits."""
        digest = sha256(json.dumps(self.content, sort_keys=True, ensure_ascii=False).encode())
        features = self.features
        for ragged in (features.layout, features.pairs):
            digest.update(ragged.starts.astype("<i8").tobytes() + ragged.values.astype("<u4").tobytes())
        for codes in (features.leading_words, features.template, features.closing):
            digest.update(codes.astype("<u4").tobytes())
        for numbers in (features.n_words, self.prompt, self.model):
            digest.update(numbers.astype("<i8").tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Replies:
    """Sketches of one model's replies; `prompt`: the place of each one's prompt in the bank, rising."""

    prompt: Places
    features: Features


def replies_of(bank: Bank, texts_of: Sequence[tuple[str, str]]) -> Replies:
    """Return the sketches of a model's replies to prompts of the bank; replies to other prompts are left out.

    Args:
        bank: the bank.
        texts_of: pairs of prompt id and reply.
    """
    place = {prompt.prompt_id: number for number, prompt in enumerate(bank.prompts)}
    chosen = sorted(
        ((place[prompt_id], text) for prompt_id, text in texts_of if prompt_id in place), key=lambda reply: reply[0]
    )
    prompt = np.array([number for number, _ in chosen], dtype=np.int64)
    features = features_of([text for _, text in chosen], frozenset(bank.common), stable_hash)
    whole = sketches(features, prompt, salts_of([one.prompt_id for one in bank.prompts]))
    share = np.array([one.pair_share for one in bank.prompts])[prompt]
    return Replies(prompt, with_sampled_pairs(whole, share))


def with_sampled_pairs(features: Features, share: Floats) -> Features:
    """Return features with a sample of each reply's word pairs; `share`: how much of each reply's."""
    return Features(
        features.n_words,
        features.leading_words,
        features.template,
        features.closing,
        features.layout,
        sampled(features.pairs, share),
    )
