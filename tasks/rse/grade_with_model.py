"""Pairs of replies -> calls to a judge model -> grades. The calls are requests like any other: paid for once."""

import polars as pl

from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import pairs, store
from tasks.adapters.warehouse.request_rows import register_requests
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.ids import exact_prompt_id, request_id
from tasks.domain.judging.judge import ROUND, Answer, label_of
from tasks.domain.rows import Prompt, Request, prompt_row
from tasks.domain.rse import pair_judges
from tasks.domain.rse.grade_rows import PairGradeKey, graded_row, ungraded_row
from tasks.domain.rse.grading import Grading, PlannedJudge
from tasks.domain.rse.pair_judge import SAME, LlmPairJudge, PairGrades, ReplyPair


@task(
    name="register grader calls",
    task_run_name="register calls of {reader.name}, attempt {attempt}",
    cache_policy=NO_CACHE,
)
def register_calls(grading: Grading, reader: PlannedJudge, attempt: int, home: Home) -> list[Request]:
    """Register the calls of a judge model for pairs without its grade; return those without an answer."""
    judge: LlmPairJudge = registry.load(pair_judges, reader.name)
    assert reader.card is not None, "this judge asks a model"
    at, requests, prompts, judge_calls = now(), {}, {}, []
    with store.writing(home) as warehouse:
        if attempt == 0:
            _grade_equal_texts(warehouse, grading, reader)
        texts = pairs.texts(warehouse)
        for row in pairs.ungraded_orders(warehouse, grading, reader, attempt).to_dicts():
            replies = [texts.replies[row["target_reply_id"]], texts.replies[row["reference_reply_id"]]]
            first, second = replies if row["is_target_first"] else reversed(replies)
            pair = ReplyPair(first, second, texts.prompts.get(row["prompt_id"]))
            request, prompt = _call(judge, pair, reader.card, attempt)
            requests[request.request_id] = request
            prompts[prompt.prompt_id] = prompt_row(prompt, at)
            judge_calls.append(
                {
                    **{name: row[name] for name in (*pairs.PAIR, "is_target_first")},
                    "request_id": request.request_id,
                    "judge": reader.name,
                    "judge_version": reader.version,
                    "attempt": attempt,
                    "n_truncated_chars": judge.n_truncated(first) + judge.n_truncated(second),
                    "registered_at": at,
                }
            )
        if not requests:
            return []
        warehouse.append("model", [reader.card.as_row(at)])
        warehouse.append("prompt", list(prompts.values()))
        register_requests(warehouse, requests.values(), "grade", at)
        warehouse.append("pair_judge_call", judge_calls)
        unanswered = set(warehouse.read_columns("core.unanswered_request", ["request_id"])["request_id"])
    return [request for request in requests.values() if request.request_id in unanswered]


def _grade_equal_texts(warehouse: store.Store, grading: Grading, reader: PlannedJudge) -> None:
    """Store the grades that pairs of equal texts, such as a reference with itself, have by construction."""
    equal, at = pairs.ungraded_pairs(warehouse, grading, reader).filter(pl.col("is_same_text")), now()
    replies = equal.select(pairs.PAIR).iter_rows()
    labels = [PairGradeKey(target, reference, reader.name, reader.version, at) for target, reference in replies]
    warehouse.append("pair_label", [graded_row(key, SAME) for key in labels])


def _call(judge: LlmPairJudge, pair: ReplyPair, card: ModelCard, attempt: int) -> tuple[Request, Prompt]:
    """Return the call in which the judge reads one pair; another attempt is another sample."""
    messages = judge.messages(pair)
    sent = card.sampling.for_sample(attempt)
    if card.structured_output:
        sent["response_format"] = judge.response_format()
    prompt = exact_prompt_id(messages)
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
    return request, Prompt(prompt, f"judge-{judge.name}", prompt, messages)


@task(name="read grades", task_run_name="read grades of {reader.name}, attempt {attempt}", cache_policy=NO_CACHE)
def read_answers(reader: PlannedJudge, attempt: int, home: Home) -> int:
    """Read the answers of the judge model, and return the number of new labels; one that can't be read is missing."""
    judge: LlmPairJudge = registry.load(pair_judges, reader.name)
    at, key, by_judge = now(), [*pairs.PAIR, "is_target_first"], {"judge": reader.name, "judge_version": reader.version}
    with store.writing(home) as warehouse:
        calls = warehouse.read("raw.pair_judge_call", **by_judge, attempt=attempt)
        done = warehouse.read_columns("raw.pair_label", key, **by_judge, attempt=attempt)
        answers = warehouse.read_columns("core.outcome", ["request_id", *Answer._fields])
        waiting = calls.join(done, on=key, how="anti").join(answers, on="request_id")
        rows = []
        for row in waiting.sort(key).to_dicts():
            grades = label_of(Answer.of(row), judge.parse_answer)
            replies = row["target_reply_id"], row["reference_reply_id"]
            details = row["is_target_first"], attempt, row["n_truncated_chars"]
            label_key = PairGradeKey(*replies, reader.name, reader.version, at, *details)
            if isinstance(grades, PairGrades):
                rows.append(graded_row(label_key, grades))
            elif grades is not None:
                rows.append(ungraded_row(label_key, grades))
        warehouse.append("pair_label", rows)
    get_run_logger().info("%d labels of %s", len(rows), reader.name)
    return len(rows)
