"""A judge that needs no model: it searches each sentence of a reply for the identity that the speaker claims.

It knows words, not meaning. It errs where a claim spans two sentences, where irony or a long story decides who speaks,
and where a wording is none of its cues.
"""

import re
from collections.abc import Iterator, Sequence

from tasks.domain.card import Facts
from tasks.domain.claims import context
from tasks.domain.claims.attributes import Claim, attribute_claims
from tasks.domain.claims.cue import Cue
from tasks.domain.claims.naming import BASE, FOREIGN, Kin, Masked, kin_of
from tasks.domain.claims.remarks import Remark, remarks
from tasks.domain.claims.roles import role_names
from tasks.domain.claims.statements import Statement, statements
from tasks.domain.claims.subject import CUES, is_about_speaker
from tasks.domain.judging.claim import ClaimLabel, Identity, JudgedReply, Stance
from tasks.domain.judging.claim_judge import TextClaimJudge
from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.prompting.lexicon import Lexicon

VERSION = "1.1.0"

MOST_STATEMENTS = 500
"""Limit of different statements per reply; a longer reply is a loop without new statements."""

MOST_VENDORS = 2
"""A sentence that names more vendors lists supporters or rivals and is no claim."""

_REFUSAL = re.compile(
    r"\bI(?:['\u2019]m| am) sorry\b|\bI (?:can(?:no|['\u2019])t|won['\u2019]t)\b"
    r"|\bI(?:['\u2019]m| am) (?:unable|not able)\b"
    r"|抱歉|对不起|无法(?:回答|提供|透露|告知|协助)|不能(?:回答|提供|透露|告知)|不便(?:回答|透露|提供)",
    re.IGNORECASE,
)


class TextClaim:
    """Text-only judge of identity claims."""

    name = "text_claim"
    version = VERSION

    def judge(self, reply: JudgedReply, identity: Identity, lexicon: Lexicon) -> ClaimLabel:
        """Return the label of `reply` against `identity`; a text that is no reply gives a missing label."""
        reason = failed_call_reason(reply.text)
        if reason:
            return ClaimLabel("none", None, None, missing_reason=reason)
        kin = kin_of(identity, lexicon)
        roles = role_names(reply.prompt_text, lexicon)
        claims: list[Claim] = []
        all_remarks: list[Remark] = []
        for statement in _counted_statements(reply):
            masked = kin.masked(statement.text)
            if roles:
                masked = Masked(roles.sub(" me ", masked.text), masked.mentions, masked.clean)
            if not statement.is_echo:
                claims += _claims(statement, masked, is_whole=statement.text == reply.text.strip())
            all_remarks += remarks(statement, masked.text, kin, identity.facts)
        return _label(_without_tables(claims), all_remarks, kin, identity.facts, reply.text)


def _counted_statements(reply: JudgedReply) -> Iterator[Statement]:
    """Yield each statement once, without those of the user."""
    texts: set[str] = set()
    for statement in statements(reply.text, reply.prompt_text):
        if statement.voice != "user" and statement.text not in texts:
            texts.add(statement.text)
            yield statement
        if len(texts) == MOST_STATEMENTS:
            return


def _claims(statement: Statement, masked: Masked, *, is_whole: bool) -> Iterator[Claim]:
    if not masked.mentions:
        return
    is_list = len({mention.vendor for mention in masked.mentions}) > MOST_VENDORS
    for cue in CUES:
        if cue.subject == "whole" and not is_whole:
            continue
        for match in cue.pattern.finditer(masked.text):
            place = match.start("name")
            mark = masked.text[place]
            is_foreign = mark in FOREIGN or (mark in BASE and cue.kind != "derivation")
            if is_foreign and is_list and cue.kind != "identity":
                continue
            if is_about_speaker(masked.text, cue, *match.span()) and not _is_retracted(masked, cue, match):
                mention = masked.at(place)
                yield Claim(mention, masked.spelled(mention), is_foreign, cue, match[0], statement)


def _is_retracted(masked: Masked, cue: Cue, match: re.Match[str]) -> bool:
    """Return whether the words around the cue retract the claim."""
    text, start, place = masked.text, match.start(), match.start("name")
    if context.owns_rules(text, place, is_agent=cue.is_agent) or context.is_beside(text, place, is_agent=cue.is_agent):
        return True
    if context.is_denied(text, start, place) or context.is_unreal(text, place):
        return True
    if context.is_quoted(text, place) or context.is_hearsay(text, start):
        return True
    if cue.kind == "identity":
        return False
    if context.is_helper(text, start, match.end()):
        return True
    return text[place] in FOREIGN + BASE and context.is_tool(text, start, place, masked.at(place).name)


def _without_tables(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims without lines of a form, where such lines name several vendors, as in a table of rivals."""
    vendors = {claim.mention.vendor for claim in claims if claim.cue.subject == "field"}
    return [claim for claim in claims if claim.cue.subject != "field" or len(vendors) == 1]


def _label(claims: Sequence[Claim], all_remarks: Sequence[Remark], kin: Kin, facts: Facts, text: str) -> ClaimLabel:
    foreign = [claim for claim in claims if claim.is_foreign]
    counted = [remark for remark in all_remarks if remark.is_plain or not claims]
    attributes = attribute_claims(claims, counted, kin, facts)
    deviating = next((remark for remark in counted if remark.is_deviation), None)
    deciding = foreign or claims
    # Identity and maker go before derivation.
    chosen = min(deciding, key=lambda claim: claim.cue.kind == "derivation", default=None)
    evidence, cue = (deviating.evidence, deviating.reason) if deviating else (None, None)
    if chosen:
        evidence, cue = chosen.statement.text, chosen.cue.name
    return ClaimLabel(
        stance=_stance(claims, foreign, text),
        is_contradiction=bool(foreign) or any(claim.is_deviation for claim in attributes),
        is_foreign=bool(foreign),
        claimed_vendor=chosen.mention.vendor if chosen else None,
        claimed_model=next(
            (
                claim.spelled
                for claim in deciding
                if chosen and claim.mention.kind == "model" and claim.mention.vendor == chosen.mention.vendor
            ),
            None,
        ),
        is_earnest=any(claim.statement.voice == "assistant" for claim in deciding) if chosen else None,
        evidence=evidence,
        cue=cue,
        attributes=attributes,
    )


def _stance(claims: Sequence[Claim], foreign: Sequence[Claim], text: str) -> Stance:
    if foreign:
        return "foreign"
    if claims:
        return "own"
    return "refused" if _REFUSAL.search(text) else "none"


TEXT_CLAIM: TextClaimJudge = TextClaim()
