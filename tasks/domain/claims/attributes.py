"""Claims and remarks -> what a reply claims for each attribute of the speaker's identity."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.domain.card import Attribute, Facts
from tasks.domain.claims.cue import Cue
from tasks.domain.claims.naming import Kin
from tasks.domain.claims.remarks import Remark
from tasks.domain.claims.statements import Statement
from tasks.domain.judging.claim import AttributeClaim
from tasks.domain.prompting.lexicon import Mention


@dataclass(frozen=True)
class Claim:
    """One statement in which a voice claims an identity or an origin; `words` are those of the cue."""

    mention: Mention
    spelled: str
    is_foreign: bool
    cue: Cue
    words: str
    statement: Statement


_PARENT = re.compile(r"\bparent\b|\bowned by\b|母公司", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def attribute_claims(
    claims: Sequence[Claim], remarks: Sequence[Remark], kin: Kin, facts: Facts
) -> tuple[AttributeClaim, ...]:
    """Return one claim for each attribute that is mentioned; a deviating claim goes before others."""
    by_attribute: dict[Attribute, AttributeClaim] = {}
    for claim in (*_from_claims(claims, kin, facts), *map(_from_remark, remarks)):
        earlier = by_attribute.get(claim.attribute)
        if earlier is None or (claim.is_deviation and not earlier.is_deviation):
            by_attribute[claim.attribute] = claim
    return tuple(by_attribute[attribute] for attribute in sorted(by_attribute))


def _from_remark(remark: Remark) -> AttributeClaim:
    return AttributeClaim(remark.attribute, remark.value, None, remark.is_deviation)


def _from_claims(claims: Sequence[Claim], kin: Kin, facts: Facts) -> Iterator[AttributeClaim]:
    for claim in claims:
        vendor, family = claim.mention.vendor, claim.mention.family
        if claim.cue.kind == "derivation":
            yield AttributeClaim("base_technology", claim.spelled, vendor, claim.is_foreign)
        elif claim.mention.kind == "maker":
            is_parent = _PARENT.search(claim.words) is not None
            yield AttributeClaim("parent_company" if is_parent else "maker", claim.spelled, vendor, claim.is_foreign)
        elif claim.cue.kind == "identity":
            is_other = is_other_version(claim.spelled, facts.name or "")
            yield AttributeClaim("name", claim.spelled, vendor, claim.is_foreign or is_other)
            if family and kin.families:
                yield AttributeClaim("model_family", family, vendor, family not in kin.families)
        else:
            yield AttributeClaim("maker", claim.spelled, vendor, claim.is_foreign)


def is_other_version(claimed_name: str, true_name: str) -> bool:
    """Return whether both names have a version and neither version is a prefix of the other, as 3 is of 3.5."""
    left, right = _NUMBER.search(claimed_name), _NUMBER.search(true_name)
    if left is None or right is None:
        return False
    return not (left[0].startswith(right[0]) or right[0].startswith(left[0]))
