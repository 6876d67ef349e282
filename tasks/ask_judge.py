"""Identity replies -> calls to a judge model -> verdicts. The calls are requests like any other: paid for once."""

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import lexicons, store, verdicts
from tasks.adapters.settings import Home, now
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.ids import prompt_id, request_id
from tasks.domain.judging import judges
from tasks.domain.judging.claim import ClaimVerdict, Identity, JudgedReply
from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.judging.llm_judge import LlmJudge
from tasks.domain.judging.verdict_rows import Reading, claim_rows, unread_row, verdict_row
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.rows import Prompt, Request, prompt_row, request_row

ATTEMPTS = 2
"""A verdict that can't be read is asked for once more; then it is missing."""

ROUND = "judging"
NOT_THERE = frozenset({"empty_reply", "failed_call"})
"""Why a verdict is missing where nothing is wrong with the judge: asking again would not help."""


def asks_model(judge: str) -> bool:
    """Say whether a judge asks a model, or reads the text alone."""
    return hasattr(registry.load(judges, judge), "messages")


@task(name="put to judge", task_run_name="put to {judge}, attempt {attempt}", cache_policy=NO_CACHE)
def put(judge: str, attempt: int, card: ModelCard, home: Home) -> list[Request]:
    """Register the calls that `judge` needs for the replies it has not read, and return those still to be asked."""
    asker, lexicon = registry.load(judges, judge), lexicons.read_lexicon()
    at = now()
    with store.writing(home) as warehouse:
        todo = _waiting(warehouse, asker, attempt)
        known = verdicts.identities(warehouse)
        requests, prompts, judgings, unread = [], [], [], []
        for reply, row in zip(verdicts.judged_replies(warehouse, todo), todo.to_dicts(), strict=True):
            if reason := failed_call_reason(reply.text):
                unread.append(unread_row(Reading(row["reply_id"], judge, asker.version, attempt, at), reason))
                continue
            request, prompt = _call((asker, lexicon), (reply, known[row["target"]]), card, attempt)
            requests.append(request)
            prompts.append(prompt_row(prompt, at))
            judgings.append(
                {
                    "request_id": request.request_id,
                    "reply_id": row["reply_id"],
                    "judge": judge,
                    "judge_version": asker.version,
                    "attempt": attempt,
                    "registered_at": at,
                }
            )
        warehouse.append("verdict", unread, key="verdict_id")
        if requests:
            warehouse.append("model", [card.as_row(at)])
            warehouse.append("prompt", prompts, key="prompt_id,prompt_set")
            warehouse.append("request", [request_row(request, at) for request in requests], key="request_id")
            warehouse.append("judging", judgings, key="request_id,reply_id")
        unanswered = set(warehouse.read("core.unanswered_request")["request_id"])
    # Equal replies of one target are one call.
    once = {request.request_id: request for request in requests if request.request_id in unanswered}
    return list(once.values())


def _waiting(warehouse: store.Store, asker: LlmJudge, attempt: int) -> pl.DataFrame:
    """Return the trials to read at this attempt: the unread ones, or those whose first verdict couldn't be read."""
    if attempt == 0:
        return verdicts.unread(warehouse, asker.name, asker.version)
    told = warehouse.read("raw.verdict", judge=asker.name, judge_version=asker.version)
    again = told.filter(pl.col("reply_id").len().over("reply_id") == 1).filter(
        pl.col("missing_reason").is_not_null() & ~pl.col("missing_reason").is_in(sorted(NOT_THERE))
    )
    trials = warehouse.read("core.trial").unique("reply_id")
    return trials.join(again.select("reply_id"), on="reply_id", how="semi").sort("target", "prompt_id", "reply_id")


def _call(
    judge: tuple[LlmJudge, Lexicon], asked: tuple[JudgedReply, Identity], card: ModelCard, attempt: int
) -> tuple[Request, Prompt]:
    """Return the call in which `judge` reads one reply; another attempt is another sample."""
    asker, lexicon = judge
    messages = asker.messages(*asked, lexicon)
    sent = card.sampling.for_sample(attempt)
    if card.structured_output:
        sent["response_format"] = asker.response_format(lexicon)
    prompt = prompt_id(messages)
    request = Request(
        request_id=request_id(card.fingerprint, prompt, sent, attempt, ROUND),
        model=card.name,
        fingerprint=card.fingerprint,
        prompt_id=prompt,
        sample=attempt,
        round=ROUND,
        messages=messages,
        sampling=sent,
    )
    return request, Prompt(prompt, f"judge-{asker.name}", prompt, messages)


@task(name="read judge", task_run_name="read {judge}, attempt {attempt}", cache_policy=NO_CACHE)
def read(judge: str, attempt: int, home: Home) -> int:
    """Read what the judge model answered, and return how many verdicts are new; one that can't be read is missing."""
    asker, lexicon, at = registry.load(judges, judge), lexicons.read_lexicon(), now()
    with store.writing(home) as warehouse:
        known = verdicts.identities(warehouse)
        calls = warehouse.read("raw.judging", judge=judge, judge_version=asker.version, attempt=attempt)
        answers = warehouse.read_columns("core.outcome", ["request_id", "reply_text", "missing_reason"])
        targets = warehouse.read_columns("core.trial", ["distinct reply_id", "target"])
        done = warehouse.read("raw.verdict", judge=judge, judge_version=asker.version, attempt=attempt)
        waiting = (
            calls.join(done, on="reply_id", how="anti").join(answers, on="request_id").join(targets, on="reply_id")
        )
        read_rows, claims = [], []
        for row in waiting.sort("reply_id").to_dicts():
            reading = Reading(row["reply_id"], judge, asker.version, attempt, at)
            told = _told(asker, row, known[row["target"]], lexicon)
            if isinstance(told, ClaimVerdict):
                read_rows.append(verdict_row(reading, told))
                claims.extend(claim_rows(reading, told))
            elif told is not None:
                read_rows.append(unread_row(reading, told))
        warehouse.append("verdict", read_rows, key="verdict_id")
        warehouse.append("attribute_claim", claims, key="verdict_id,attribute")
        get_run_logger().info("%d verdicts of %s read", len(read_rows), judge)
        return len(read_rows)


def _told(asker: LlmJudge, row: dict[str, object], identity: Identity, lexicon: Lexicon) -> ClaimVerdict | str | None:
    """Return the verdict, the reason why it can't be read, or None where the call itself has to be made again."""
    if row["reply_text"] is None:
        return "refused" if row["missing_reason"] in {"content_filter", "empty_reply"} else None
    found = asker.read(str(row["reply_text"]), lexicon, identity)
    return found if isinstance(found, ClaimVerdict) else found.reason
