"""What a judge of identity claims is given, and what it gives back."""

from dataclasses import dataclass
from typing import Literal

from tasks.domain.card import Attribute, Facts, ModelCard
from tasks.domain.missing_reason import MissingReason

Stance = Literal["own", "foreign", "none", "refused", "not_judged"]
"""Whom the speaker claims to be or to come from: its true maker, another one, nobody; or it refuses to tell.

`not_judged`: the judge is not one that looks at it.
"""


@dataclass(frozen=True)
class Identity:
    """Who the target truly is: its vendor's id as in the lexicon, and the facts of its card."""

    vendor: str
    facts: Facts

    @classmethod
    def of(cls, card: ModelCard) -> "Identity":
        """Return the identity that a model card states."""
        return cls(card.vendor, card.facts)


@dataclass(frozen=True)
class JudgedReply:
    """A reply as judges read it; without the prompt, an echo of it can't be told from the speaker's own words."""

    text: str
    prompt_text: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class AttributeClaim:
    """What a reply states for one attribute, in its own words.

    `vendor` is the id of the vendor that the value points to, `other` for one that the lexicon lacks, None for none.
    `is_deviation` says whether the value differs from the fact; None where the fact is unknown.
    """

    attribute: Attribute
    value_text: str | None
    vendor: str | None = None
    is_deviation: bool | None = None


@dataclass(frozen=True)
class ClaimLabel:
    """What one judge found in one reply.

    `is_contradiction` is the paper's loose label: the reply contradicts the facts in any way; `attributes` say
    which. `is_foreign` is the strict one: a voice claims to be, to be made by or to derive from another maker's model.
    Both are None, with a `missing_reason`, where there is no reply to read. `claimed_vendor` and `claimed_model` are
    those of the claim that decided, `is_earnest` whether the assistant makes it in its own voice and not in a role's,
    `evidence` the sentence, `cue` the name of the wording.
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
