"""What the verdict on one model is formed from, and the verdict itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.domain.bank.bank import replies_of
from tasks.domain.bank.building import build
from tasks.domain.bank.checking import Checked, check
from tasks.domain.dossier.comparing import ABSOLUTE, RELATIVE, is_equal
from tasks.domain.pairwise.engine import CHARACTERS_AT_ONCE, PromptTexts
from tasks.domain.verdict.population import DocumentedModel

AS_IN_A_RUN = ("score", "null_mean", "z", "p_t", "p_target", "p_holm", "q", "prefix_overlap_d", "degree")
"""Figures that a dossier and the run that it was taken from have in common; what embeddings add only the run has."""
RELATIVE_TO_RUN, ABSOLUTE_TO_RUN = 0.02, 0.005
"""How far these may be apart: two different word pairs now and then have one hash of 32 bits. Over 805 prompts and 21
candidates, two differed, by .0007."""


@dataclass(frozen=True)
class DossierReply:
    """One reply; `reply_id`: as the warehouse names it."""

    model: str
    prompt_id: str
    sample: int
    reply_id: str
    reply_text: str

    @property
    def digest(self) -> str:
        """Return the SHA-256 of its text in UTF-8, 64 hex digits."""
        return text_digest(self.reply_text)


@dataclass(frozen=True)
class EqualityTests:
    """Which tests of model equality the target stands in, and what they depend on but replies.

    `pairs`: the two models of each test, as the run named them. `seed`: of the relabellings. `p_of_others`: of the
    run's other pairs, over which p is corrected, the two models and their p_equality.
    """

    pairs: Sequence[tuple[str, str]]
    seed: int
    p_of_others: Sequence[tuple[str, str, float]] = ()


@dataclass(frozen=True)
class Vectors:
    """The vectors of replies by one embedder.

    `embedder`: embedder and model, as the run names them. `revision`: the SHA-256 of that model's weights; None where
    it is not known. `reply_ids`: of each row. `vectors`: shape (n, dimension), float32, rows of length 1.
    """

    embedder: str
    revision: str | None
    reply_ids: Sequence[str]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class Evidence:
    """All that the verdict on `target` depends on but this program, and what else is said of it.

    `models`: those that the verdict needs, the target among them. `prompt_sets`: of each prompt that any of
    them answered, by its id. `common_words`: those that stay in templates. `named_vendors`: the vendors that models'
    names name. `hypotheses`: candidate groups that the target was held against before any verdict was seen.
    `p_of_others`: the p_target of the other targets of the run; see `Targets`. `tests`: of whether the target is one
    model with another; None where there is none. `vectors`: of the replies of `models`; None where there are none.

    `replies` are those of `models`, and of the models that the target was tested with for equality.
    """

    target: str
    models: tuple[DocumentedModel, ...]
    prompt_sets: Mapping[str, str]
    replies: Sequence[DossierReply]
    common_words: Collection[str]
    named_vendors: Mapping[str, Collection[str]]
    hypotheses: Collection[str] = ()
    p_of_others: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    tests: EqualityTests | None = None
    vectors: Vectors | None = None


def form(evidence: Evidence) -> Checked:
    """Return the verdict on the target, out of nothing but the evidence."""
    [target] = [model for model in evidence.models if model.model == evidence.target]
    others = tuple(model for model in evidence.models if model.model != evidence.target)
    bank = build(
        target.model, "", others, frozenset(evidence.common_words), _parts(evidence, others), n_pairs=0
    )  # With all word pairs a check is the verdict of a scoring.
    if bank is None:
        return Checked([], {}, 0, [], [])
    own = [(reply.prompt_id, reply.reply_text) for reply in evidence.replies if reply.model == evidence.target]
    named = {model: frozenset(vendors) for model, vendors in evidence.named_vendors.items()}
    hypotheses = [(target.model, group) for group in evidence.hypotheses]
    return check(
        bank,
        target,
        replies_of(bank, own),
        named,
        hypotheses,
        is_null_of_all_prompts=True,
        p_of_others=evidence.p_of_others,
    )


def _parts(evidence: Evidence, models: Sequence[DocumentedModel]) -> Iterator[list[PromptTexts]]:
    """Yield the prompts with other models' replies, as many at a time as fit into memory."""
    place = {model.model: number for number, model in enumerate(models)}
    replies = sorted(
        (reply for reply in evidence.replies if reply.model in place),
        key=lambda reply: (reply.prompt_id, place[reply.model], reply.sample),
    )
    part: list[PromptTexts] = []
    n_characters = 0
    for prompt_id, of_prompt in groupby(replies, lambda reply: reply.prompt_id):
        asked = list(of_prompt)
        texts = [reply.reply_text for reply in asked]
        n_characters += sum(map(len, texts))
        part.append(
            PromptTexts(
                texts, np.array([place[reply.model] for reply in asked]), prompt_id, evidence.prompt_sets[prompt_id]
            )
        )
        if n_characters > CHARACTERS_AT_ONCE:
            yield part
            part, n_characters = [], 0
    yield part


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, 64 hex digits."""
    return sha256(text.encode()).hexdigest()


def differences(written: Sequence[Mapping[str, Any]], formed: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return where rows of verdicts that were formed again differ from those that are written, one sentence each."""
    by_group = {str(row["candidate_group"]): row for row in formed}
    groups = [str(row["candidate_group"]) for row in written]
    listed = [f"{group}: it is no candidate now." for group in groups if group not in by_group]
    listed += [f"{group}: it was no candidate then." for group in by_group if group not in groups]
    for row in written:
        now = by_group.get(str(row["candidate_group"]), row)
        listed += [
            f"{row['candidate_group']}: {name} is {now.get(name)!r}, the dossier says {value!r}."
            for name, value in row.items()
            if not is_equal(value, now.get(name), RELATIVE, ABSOLUTE)
        ]
    return listed


def differing_scores(written: Sequence[float], formed: Sequence[float]) -> list[str]:
    """Return where the scores of controls, in rising order, differ; at most one sentence."""
    if len(written) != len(formed):
        return [f"the null: {len(formed)} scores of unrelated models, the dossier says {len(written)}."]
    n = sum(not is_equal(*scores, RELATIVE, ABSOLUTE) for scores in zip(written, formed, strict=True))
    return [f"the null: {n} of {len(written)} scores of unrelated models differ."] if n else []


def differences_from_run(run: Sequence[Mapping[str, Any]], formed: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return where the figures of rows that were formed alone differ from those of a run, one sentence each."""
    of_run = {str(row["candidate_group"]): row for row in run}
    if missing := [str(row["candidate_group"]) for row in formed if row["candidate_group"] not in of_run]:
        return [f"the run has no row for {', '.join(missing)}."]
    compared = [(name, row, of_run[row["candidate_group"]]) for row in formed for name in AS_IN_A_RUN]
    return [
        f"{row['candidate_group']}: {name} is {row[name]!r}, in the run {in_run[name]!r}."
        for name, row, in_run in compared
        if not is_equal(in_run[name], row[name], RELATIVE_TO_RUN, ABSOLUTE_TO_RUN)
    ]
