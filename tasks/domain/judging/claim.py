"""Inputs and outputs of the judges of identity claims."""

from dataclasses import dataclass
from typing import Literal

from tasks.domain.card import Attribute, Facts, ModelCard
from tasks.domain.missing_reason import MissingReason

Stance = Literal["own", "foreign", "none", "refused", "not_judged"]
"""The claimed identity or origin: the true maker, another maker, none; or the speaker refuses to answer.

`not_judged`: the judge does not label it.
"""


@dataclass(frozen=True)
class Identity:
    """The true identity of the target: its vendor's id in the lexicon, and the facts of its card."""

    vendor: str
    facts: Facts

    @classmethod
    def of(cls, card: ModelCard) -> "Identity":
        """Return the identity that a model card states."""
        return cls(card.vendor, card.facts)


@dataclass(frozen=True)
class JudgedReply:
    """A reply as judges read it; without the prompt its echo can't be separated from the speaker's own words."""

    text: str
    prompt_text: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class AttributeClaim:
    """The claim of a reply on one attribute, in its own words.

    `vendor` is the id of the value's vendor, `other` for one that the lexicon lacks, None for none.
    `is_deviation`: the value differs from the fact; None where the fact is unknown.
    """

    attribute: Attribute
    value_text: str | None
    vendor: str | None = None
    is_deviation: bool | None = None


@dataclass(frozen=True)
class ClaimLabel:
    """The label of one judge for one reply.

    `is_contradiction` is the paper's loose label: the reply contradicts the facts in any way; `attributes` lists which
    facts. `is_foreign` is the strict label: a voice claims to be, to be made by or to derive from another maker's
    model. Both are None, with a `missing_reason`, where there is no reply to read. `claimed_vendor` and `claimed_model`
    are those of the deciding claim, `is_earnest` whether the assistant makes it in its own voice and not in a role's,
    `evidence` its sentence, `cue` the name of its wording.
    """

    stance: Stance
    is_contradiction: bool | None
    is_foreign: bool | None
    claimed_vendor: str | None = None
    claimed_model: str | None = None
    is_earnest: bool | None = None
    evidence: str | None = None
    cue: str | None = None
    attributes: tuple[AttributeClaim, ...] = ()
    missing_reason: MissingReason | None = None
