"""Calls to a judge model: the request about a reply, and the label of its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.ids import exact_prompt_id, request_id
from tasks.domain.judging import judges
from tasks.domain.judging.claim import ClaimLabel, Identity, JudgedReply
from tasks.domain.judging.claim_judge import Aspect, LlmClaimJudge
from tasks.domain.judging.judge import ATTEMPTS, NOT_ASKED, ROUND, Answer, asks_model, label_of, version_by_model
from tasks.domain.missing_reason import MissingReason
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.rows import Prompt, Request

ASPECTS: Mapping[str, Aspect] = {"loose": "contradiction", "strict": "foreign"}
"""The aspect that each score is computed from."""


def decides_score(judge: str, score: Literal["loose", "strict"]) -> bool:
    """Return whether the labels of `judge` decide this score; a judge of the text alone decides both."""
    loaded = registry.load(judges, judge)
    return not asks_model(loaded) or ASPECTS[score] in loaded.aspects


@dataclass(frozen=True)
class JudgeCall:
    """One call to a judge model; the request's sample is the attempt."""

    request: Request
    prompt: Prompt


@dataclass(frozen=True)
class JudgeOutcome:
    """The label of a judge model for one reply so far, or why there is none.

    `calls`: one for each attempt; where `is_waiting`, the last has no answer yet.
    """

    label: ClaimLabel | MissingReason
    calls: tuple[JudgeCall, ...] = ()
    is_waiting: bool = False


@dataclass(frozen=True)
class ModelJudge:
    """A judge with its model, and the lexicon of vendor names."""

    judge: LlmClaimJudge
    card: ModelCard
    lexicon: Lexicon

    @property
    def version(self) -> str:
        """The judge's version and its model; another model, sampling or output format is another version."""
        return version_by_model(self.judge, self.card)

    def call(self, reply: JudgedReply, identity: Identity) -> JudgeCall:
        """Return the first call about `reply`."""
        messages = self.judge.messages(reply, identity, self.lexicon)
        prompt = exact_prompt_id(messages)
        request = Request("", self.card.name, self.card.fingerprint, prompt, 0, ROUND, messages)
        return self.with_attempt(JudgeCall(request, Prompt(prompt, f"judge-{self.judge.name}", prompt, messages)), 0)

    def with_attempt(self, call: JudgeCall, attempt: int) -> JudgeCall:
        """Return the same call for another attempt, which is another sample of the same prompt."""
        sent = self.card.sampling.for_sample(attempt)
        if self.card.structured_output:
            sent["response_format"] = self.judge.response_format(self.lexicon)
        repeated_id = request_id(self.card.fingerprint, call.prompt.prompt_id, sent, attempt, ROUND)
        return replace(call, request=replace(call.request, request_id=repeated_id, sample=attempt, sampling=sent))

    def label_of_answer(self, answer: Answer, identity: Identity) -> ClaimLabel | MissingReason | None:
        """Return the label, the reason why there is none, or None where the call has to be repeated."""
        return label_of(answer, lambda text: self.judge.parse_answer(text, self.lexicon, identity))

    def outcome_so_far(self, first: JudgeCall, identity: Identity, answers: Mapping[str, Answer]) -> JudgeOutcome:
        """Return the outcome for a reply given these answers by request; `first` is the first call."""
        calls: list[JudgeCall] = []
        label: ClaimLabel | MissingReason | None = None
        while not isinstance(label, ClaimLabel) and len(calls) < ATTEMPTS:
            calls.append(self.with_attempt(first, len(calls)))
            answer = answers.get(calls[-1].request.request_id, NOT_ASKED)
            label = self.label_of_answer(answer, identity)
            if label is None:
                return JudgeOutcome(answer.missing_reason or MissingReason.NOT_ASKED, tuple(calls), is_waiting=True)
        assert label is not None, "there is at least one attempt"
        return JudgeOutcome(label, tuple(calls))

    def judge_call_row(self, call: JudgeCall, reply_id: str, at: datetime) -> Mapping[str, Any]:
        """Return a row of `raw.judge_call`."""
        return {
            "request_id": call.request.request_id,
            "reply_id": reply_id,
            "judge": self.judge.name,
            "judge_version": self.version,
            "attempt": call.request.sample,
            "registered_at": at,
        }
