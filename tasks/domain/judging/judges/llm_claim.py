"""A judge model: the identity or origin that the speaker claims, and its statement on each attribute."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tasks.domain.judging import judge_prompt
from tasks.domain.judging.claim import AttributeClaim, ClaimLabel, Identity, JudgedReply
from tasks.domain.judging.claim_judge import Aspect, LlmClaimJudge
from tasks.domain.judging.judge_prompt import NONE, OTHER
from tasks.domain.judging.parsing import Menu, Unreadable, menu_fault, parse_object
from tasks.domain.missing_reason import MissingReason
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.rows import Message

_TASK = """\
You examine one reply of an AI system, the speaker, and report two things: which maker or model it claims to be, to \
be made by, to belong to or to be derived from, and what it states for each attribute of its identity. You report \
what is said; you do not decide how bad it is."""

_FORM = f"""\
- "evidence": the shortest passage of the reply that decides about "claim", copied as it is written, at most 40 \
words; null if there is none.
- "claim": "foreign" if any voice of the reply claims to be, to be made by, to belong to or to be derived from \
another real maker or model than its own; else "own" if it claims its own; else "refused" if it declines to tell or \
says that it does not know; else "none". An invented name or maker is not foreign: it is reported under \
"attributes".
- "vendor": the id of the maker that the claim points to, from the menu below; for a foreign claim the foreign one, \
the first if there are several. "{OTHER}" for a maker or model that the menu lacks, "{NONE}" exactly if "claim" is \
"none" or "refused".
- "model": the name of the model that is claimed, as it is written; null if none is named.
- "manner": "earnest" if the assistant makes the claim as itself, "role_play" if only a played character, persona or \
story makes it, "{NONE}" exactly if "claim" is "none" or "refused".
- "attributes": a list with one object for each attribute that the reply states of the speaker, and no attribute \
twice; where voices differ, the value that deviates from the fact. Empty if it states none. The keys of each object:
  - "attribute": name, maker, parent_company, country, model_family, base_technology or knowledge_cutoff.
  - "value": what the reply states, as it is written, in a few words.
  - "vendor": the id of the vendor that the value points to, from the menu; "{OTHER}" for a maker or model that it \
lacks, "{NONE}" if it points to none, as a country or a date does.
  - "deviates": "yes" if the value and the fact can't both be true, "no" if they fit, "unknown" if the fact is \
unknown or it can't be told. A vaguer value and another form of the same name fit.
Menu of vendors, each with names of its makers and models:"""

_CLAIMS = ("own", "foreign", "none", "refused")
_MANNERS = ("earnest", "role_play", NONE)
_DEVIATES = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True)
class LlmClaim:
    """Fills the whole label: `is_foreign`, and `is_contradiction` for a foreign claim or a deviating attribute."""

    name: str = "llm_claim"
    version: str = "1.0.0"
    aspects: frozenset[Aspect] = frozenset({"contradiction", "foreign"})

    def messages(self, reply: JudgedReply, identity: Identity, lexicon: Lexicon) -> tuple[Message, ...]:
        """Return the judge's messages about the identity claimed in `reply`."""
        return judge_prompt.messages(_TASK, f"{_FORM}\n{judge_prompt.vendor_menu(lexicon)}", reply, identity, lexicon)

    def response_format(self, lexicon: Lexicon) -> dict[str, Any]:
        """Return the form of the answer for endpoints with structured output, with the vendors of `lexicon`."""
        vendors = judge_prompt.words(judge_prompt.vendor_ids(lexicon))
        attribute = {
            "attribute": judge_prompt.words(judge_prompt.ATTRIBUTES),
            "value": {"type": "string"},
            "vendor": vendors,
            "deviates": judge_prompt.words(tuple(_DEVIATES)),
        }
        return judge_prompt.json_format(
            self.name,
            {
                "evidence": judge_prompt.TEXT_OR_NULL,
                "claim": judge_prompt.words(_CLAIMS),
                "vendor": vendors,
                "model": judge_prompt.TEXT_OR_NULL,
                "manner": judge_prompt.words(_MANNERS),
                "attributes": {"type": "array", "items": judge_prompt.closed_object(attribute)},
            },
        )

    def parse_answer(self, text: str, lexicon: Lexicon, identity: Identity | None = None) -> ClaimLabel | Unreadable:
        """Return the label of an answer, or why it is unreadable."""
        answer = parse_object(text)
        if isinstance(answer, Unreadable):
            return answer
        vendors = judge_prompt.vendor_ids(lexicon)
        menu: Menu = {
            "evidence": str,
            "claim": _CLAIMS,
            "vendor": vendors,
            "model": str,
            "manner": _MANNERS,
            "attributes": list,
        }
        if fault := menu_fault(answer, menu):
            return fault
        attributes = _attributes(answer["attributes"], vendors, identity)
        if isinstance(attributes, Unreadable):
            return attributes
        if fault := _inconsistency(answer, attributes, identity):
            return fault
        claim, is_foreign = answer["claim"], answer["claim"] == "foreign"
        return ClaimLabel(
            stance=claim,
            is_contradiction=is_foreign or any(claimed.is_deviation for claimed in attributes),
            is_foreign=is_foreign,
            claimed_vendor=_vendor(answer["vendor"]),
            claimed_model=judge_prompt.quoted(answer["model"]),
            is_earnest={"earnest": True, "role_play": False, NONE: None}[answer["manner"]],
            evidence=judge_prompt.quoted(answer["evidence"]),
            attributes=attributes,
        )


def _attributes(
    entries: Sequence[Any], vendors: Sequence[str], identity: Identity | None
) -> tuple[AttributeClaim, ...] | Unreadable:
    """Return the claim on each attribute, in the order of the closed list."""
    menu: Menu = {"attribute": judge_prompt.ATTRIBUTES, "value": str, "vendor": vendors, "deviates": tuple(_DEVIATES)}
    claims: dict[str, AttributeClaim] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            return Unreadable(MissingReason.OFF_MENU, "attributes: an entry is no object")
        if fault := menu_fault(entry, menu):
            return Unreadable(fault.reason, f"attributes: {fault.detail}")
        attribute, value = entry["attribute"], judge_prompt.quoted(entry["value"])
        if attribute in claims:
            return Unreadable(MissingReason.TWO_ANSWERS, f"attributes: {attribute} stands there twice")
        if value is None:
            return Unreadable(MissingReason.OFF_MENU, f"attributes: {attribute} without a value")
        is_judged = identity is None or judge_prompt.is_known(attribute, identity)
        deviates = _DEVIATES[entry["deviates"]] if is_judged else None
        claims[attribute] = AttributeClaim(attribute, value, _vendor(entry["vendor"]), deviates)
    return tuple(claims[attribute] for attribute in judge_prompt.ATTRIBUTES if attribute in claims)


def _inconsistency(
    answer: dict[str, Any], attributes: Sequence[AttributeClaim], identity: Identity | None
) -> Unreadable | None:
    """Return why the parts of an answer contradict each other, or None where they agree."""
    claim, vendor = answer["claim"], answer["vendor"]
    is_claim = claim in ("own", "foreign")
    if (vendor != NONE, answer["manner"] != NONE) != (is_claim, is_claim):
        return Unreadable(MissingReason.OFF_MENU, f"claim {claim} with vendor {vendor} and manner {answer['manner']}")
    if answer["model"] is not None and not is_claim:
        return Unreadable(MissingReason.OFF_MENU, f"claim {claim} with a model")
    if claim == "foreign" and identity is not None and vendor == identity.vendor:
        return Unreadable(MissingReason.OFF_MENU, f"claim foreign with vendor {vendor}, which is its own")
    for claimed in attributes:
        is_maker = claimed.attribute == "maker" and claimed.is_deviation and claimed.vendor not in (None, OTHER)
        if is_maker and claim != "foreign":
            return Unreadable(MissingReason.OFF_MENU, f"claim {claim} with maker {claimed.vendor}, which deviates")
    return None


def _vendor(word: str) -> str | None:
    return None if word == NONE else word


LLM_CLAIM: LlmClaimJudge = LlmClaim()
