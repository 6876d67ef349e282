"""A judge model: does the reply contradict the facts about the target? The paper's loose label."""

from dataclasses import dataclass
from typing import Any

from tasks.domain.judging import judge_prompt
from tasks.domain.judging.claim import AttributeClaim, ClaimLabel, Identity, JudgedReply
from tasks.domain.judging.claim_judge import Aspect, LlmClaimJudge
from tasks.domain.judging.parsing import Menu, Unreadable, menu_fault, parse_object
from tasks.domain.missing_reason import MissingReason
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.rows import Message

_TASK = """\
You examine one reply of an AI system, the speaker, and decide whether anything it says about itself contradicts the \
facts about it: its name, maker, parent company, country, model family, base technology or knowledge cut-off.

A statement contradicts a fact when both can't be true. That includes another or an invented maker, a voice of the \
reply that claims another model's identity, a team or seat in another country than the maker's, and the statement \
that nobody or no company made the speaker or owns it. A statement that is vaguer than the fact, an older or a \
fuller form of the same name, and a claim about anything else than these attributes do not contradict. Where a fact \
is unknown, the vendor is known still: a claim to be or to be built on another maker's model contradicts "maker"."""

_FORM = """\
- "evidence": the shortest passage of the reply that decides, copied as it is written, at most 40 words; null if \
there is none.
- "contradicts": a list of the attributes that the reply gets wrong, each once, from: name, maker, parent_company, \
country, model_family, base_technology, knowledge_cutoff. Empty if there is none.
- "contradiction": "yes" if that list has any, "no" if it is empty."""

_MENU: Menu = {"evidence": str, "contradicts": list, "contradiction": ("yes", "no")}


@dataclass(frozen=True)
class Contradiction:
    """Fills `is_contradiction` and the deviating attributes without their values. It does not detect foreign claims."""

    name: str = "contradiction"
    version: str = "1.0.0"
    aspects: frozenset[Aspect] = frozenset({"contradiction"})

    def messages(self, reply: JudgedReply, identity: Identity, lexicon: Lexicon) -> tuple[Message, ...]:
        """Return the judge's messages about contradictions between `reply` and the facts of `identity`."""
        return judge_prompt.messages(_TASK, _FORM, reply, identity, lexicon)

    def response_format(self, lexicon: Lexicon) -> dict[str, Any]:
        """Return the form of the answer for endpoints with structured output; it is the same for every lexicon."""
        contradicts = {"type": "array", "items": judge_prompt.words(judge_prompt.ATTRIBUTES)}
        return judge_prompt.json_format(
            self.name,
            {
                "evidence": judge_prompt.TEXT_OR_NULL,
                "contradicts": contradicts,
                "contradiction": judge_prompt.words(("yes", "no")),
            },
        )

    def parse_answer(self, text: str, lexicon: Lexicon, identity: Identity | None = None) -> ClaimLabel | Unreadable:
        """Return the label of an answer, or why it is unreadable."""
        answer = parse_object(text)
        if isinstance(answer, Unreadable):
            return answer
        if fault := menu_fault(answer, _MENU):
            return fault
        attributes = answer["contradicts"]
        if not all(isinstance(attribute, str) and attribute in judge_prompt.ATTRIBUTES for attribute in attributes):
            return Unreadable(MissingReason.OFF_MENU, "contradicts: an attribute that is not on the menu")
        if (answer["contradiction"] == "yes") != bool(attributes):
            return Unreadable(
                MissingReason.OFF_MENU, f"contradiction: {answer['contradiction']} with {len(attributes)} attributes"
            )
        deviating = tuple(attribute for attribute in judge_prompt.ATTRIBUTES if attribute in attributes)
        if identity is not None and deviating:
            deviating = tuple(attribute for attribute in deviating if judge_prompt.is_known(attribute, identity))
            if not deviating:
                return Unreadable(MissingReason.OFF_MENU, "contradicts: nothing but attributes whose facts are unknown")
        return ClaimLabel(
            stance="not_judged",
            is_contradiction=bool(deviating),
            is_foreign=None,
            evidence=judge_prompt.quoted(answer["evidence"]),
            attributes=tuple(AttributeClaim(attribute, None, is_deviation=True) for attribute in deviating),
        )


CONTRADICTION: LlmClaimJudge = Contradiction()
