"""Logs of other evaluators: those of Inspect and lm-evaluation-harness were written by these tools against the stub endpoint."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tasks.adapters.inputs import formats, recorded_files, zip_members
from tasks.adapters.settings import CODE as PROJECT
from tasks.domain import registry
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply
from tests.support.staged import staged_rows

INSPECT = PROJECT / "tests/fixtures/inspect_eval/rivers.eval"
LM_EVAL = PROJECT / "tests/fixtures/lm_eval"
SYSTEM = Message("system", "Answer in one sentence.")


def read(path: Path) -> list[RecordedReply]:
    return list(registry.load(formats, recorded_files.detect(path)).read(path))


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def inspect_json(path: Path, change: Callable[[dict[str, Any]], None] = lambda _: None) -> Path:
    """Write the content of the archive as Inspect's other format, in which header and samples are one object."""
    with zip_members.opened(INSPECT) as archive:
        log = json.loads(zip_members.content(archive, "header.json"))
        names = [name for name in archive.namelist() if name.startswith("samples/")]
        log["samples"] = [json.loads(zip_members.content(archive, name)) for name in names]
    change(log)
    path.write_text(json.dumps(log))
    return path


def test_inspect_archive_gives_each_sample_of_each_epoch() -> None:
    replies = read(INSPECT)
    assert recorded_files.detect(INSPECT) == "inspect-eval"
    assert [(reply.prompt_key, reply.sample) for reply in replies] == [
        (f"river-{n}", epoch) for n in (1, 2, 3) for epoch in (0, 1)
    ]
    assert {reply.model for reply in replies} == {"independent-alpha"}
    assert replies[0].messages == (SYSTEM, Message("user", "Name a river in Asia."))
    assert replies[0].reply_text.startswith("Sure! Think of curtains")


def test_inspect_keeps_turns_of_the_data_set_and_leaves_out_the_models_own() -> None:
    [reply, _] = [reply for reply in read(INSPECT) if reply.prompt_key == "river-2"]
    texts = ("Name a river.", "The Elbe.", "And a longer one?")
    roles = ("user", "assistant", "user")
    assert reply.messages == (SYSTEM, *(Message(role, text) for role, text in zip(roles, texts, strict=True)))


def test_inspect_json_gives_what_the_archive_gives(tmp_path) -> None:
    assert sorted(read(inspect_json(tmp_path / "log.json")), key=repr) == sorted(read(INSPECT), key=repr)


def test_inspect_sample_without_output_is_missing_and_attached_text_is_found(tmp_path) -> None:
    def change(log: dict[str, Any]) -> None:
        del log["samples"][0]["messages"][-1]
        log["samples"][1]["messages"][1]["content"] = "attachment://abc"
        log["samples"][1]["attachments"]["abc"] = "Attached?"

    replies = read(inspect_json(tmp_path / "log.json", change))
    assert replies[0].reply_text == ""
    assert replies[1].messages[1].content == "Attached?"


@pytest.mark.fault
def test_inspect_sample_that_uses_a_tool_is_named(tmp_path) -> None:
    def change(log: dict[str, Any]) -> None:
        log["samples"][2]["messages"].append({"role": "tool", "content": "4"})

    with pytest.raises(InputError, match="calls or answers a tool") as caught:
        read(inspect_json(tmp_path / "log.json", change))
    assert "log.json: sample 3" in str(caught.value)


@pytest.mark.fault
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_inspect_archive_that_is_cut_is_named(tmp_path, kept) -> None:
    content = INSPECT.read_bytes()
    path = tmp_path / "cut.eval"
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(InputError, match="can't be read as a zip archive"):
        read(path)


@pytest.mark.fault
def test_inspect_archive_with_a_damaged_sample_is_named(tmp_path) -> None:
    content = bytearray(INSPECT.read_bytes())
    with zipfile.ZipFile(INSPECT) as archive:
        start = archive.getinfo("samples/river-2_epoch_1.json").header_offset + 100
    content[start : start + 200] = bytes(200)
    (tmp_path / "damaged.eval").write_bytes(content)
    with pytest.raises(InputError, match=r"damaged\.eval"):
        read(tmp_path / "damaged.eval")


def test_lm_eval_gives_each_repeat_of_each_document() -> None:
    assert recorded_files.detect(LM_EVAL) == "lm-eval"
    replies = read(LM_EVAL)
    assert [(reply.prompt_key, reply.sample) for reply in replies] == [
        (f"rivers-{n}", s) for n in range(3) for s in (0, 1)
    ]
    assert {(reply.model, reply.category) for reply in replies} == {("independent-alpha", "rivers")}
    assert replies[0].messages == (Message("user", "Question: Name a river in Asia."),)
    assert replies[0].reply_text.startswith("Think of circles")


def test_lm_eval_counts_a_document_once_where_its_task_has_filters(tmp_path) -> None:
    [samples] = LM_EVAL.glob("*/samples_*.jsonl")
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    path = lines(
        tmp_path / "org__model-7b" / samples.name, [row | {"filter": name} for row in rows for name in ("a", "b")]
    )
    replies = read(path)
    assert len(replies) == 6
    assert {reply.model for reply in replies} == {"model-7b"}


def test_lm_eval_prompt_without_a_chat_template_is_a_text(tmp_path) -> None:
    row = {"doc_id": 7, "arguments": [["Q: 2+2?\nA:", {"until": ["\n"]}]], "resps": [["4"]], "filter": "none"}
    [reply] = read(lines(tmp_path / "m" / "samples_sums.jsonl", [row]))
    assert reply.messages == (Message("user", "Q: 2+2?\nA:"),)
    assert (reply.prompt_key, reply.reply_text, reply.model) == ("sums-7", "4", "m")


@pytest.mark.fault
def test_lm_eval_likelihoods_are_no_replies(tmp_path) -> None:
    row = {"doc_id": 0, "arguments": {"gen_args_0": {"arg_0": "Q", "arg_1": " yes"}}, "resps": [[[-1.5, True]]]}
    with pytest.raises(InputError, match="no texts under 'resps'"):
        read(lines(tmp_path / "m" / "samples_choice.jsonl", [row]))


def _batch(folder: Path, response: dict[str, Any] | None) -> Path:
    body = {
        "model": "gpt-9",
        "messages": [{"role": "developer", "content": "Brief."}, {"role": "user", "content": "Hi?"}],
    }
    request = {"method": "POST", "url": "/v1/chat/completions", "body": body}
    lines(folder / "in.jsonl", [{"custom_id": key, **request} for key in ("a", "b")])
    answer = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}}]}
    done = {"custom_id": "b", "response": {"status_code": 200, "body": answer}, "error": None}
    lines(
        folder / "out.jsonl", [done, *([{"custom_id": "a", "response": response, "error": None}] if response else [])]
    )
    return folder


@pytest.mark.parametrize("response", [None, {"status_code": 500, "body": {}}], ids=["expired", "failed"])
def test_openai_batch_joins_output_to_its_requests(tmp_path, response) -> None:
    folder = _batch(tmp_path, response)
    assert recorded_files.detect(folder) == "openai-batch"
    replies = read(folder)
    assert [(reply.prompt_key, reply.reply_text, reply.model) for reply in replies] == [
        ("b", "Hello.", "gpt-9"),
        ("a", "", "gpt-9"),
    ]
    assert replies[0].messages == (Message("system", "Brief."), Message("user", "Hi?"))


@pytest.mark.fault
def test_openai_batch_output_without_its_request_is_named(tmp_path) -> None:
    _batch(tmp_path, None)
    lines(tmp_path / "other.jsonl", [{"custom_id": "c", "response": {"status_code": 200, "body": {"choices": []}}}])
    with pytest.raises(InputError, match="request 'c' is in no file here"):
        read(tmp_path)


CONVERSATION = [
    {"role": "user", "content": [{"type": "text", "text": "One?"}]},
    {"role": "assistant", "content": "First."},
    {"role": "user", "content": "Two?"},
    {"role": "assistant", "content": "Second."},
]


@pytest.mark.parametrize("form", ["jsonl", "sharegpt", "parquet"])
def test_chat_messages_give_the_last_turn_as_the_reply(tmp_path, form) -> None:
    rows: list[dict[str, Any]] = [{"messages": CONVERSATION, "model": "org/m-1", "id": 5}]
    if form == "sharegpt":
        names = {"user": "human", "assistant": "gpt"}
        texts = ["One?", "First.", "Two?", "Second."]
        talk = [{"from": names[turn["role"]], "value": text} for turn, text in zip(CONVERSATION, texts, strict=True)]
        rows = [{"conversations": talk, "model": "m-1", "id": "5"}]
    if form == "parquet":
        plain = [turn | {"content": "One?"} if number == 0 else turn for number, turn in enumerate(CONVERSATION)]
        (tmp_path / "data").mkdir()
        pl.DataFrame([rows[0] | {"messages": plain}]).write_parquet(tmp_path / "data/train-00000-of-00001.parquet")
        path = tmp_path
    else:
        path = lines(tmp_path / "talk.jsonl", rows)
    assert recorded_files.detect(path) == "chat-messages"
    [reply] = read(path)
    assert reply.messages == (Message("user", "One?"), Message("assistant", None), Message("user", "Two?"))
    assert (reply.reply_text, reply.model, reply.prompt_key) == ("Second.", "m-1", "5")


def test_chat_messages_without_a_model_are_named_as_the_file(tmp_path) -> None:
    [reply] = read(lines(tmp_path / "my-model.jsonl", [{"messages": CONVERSATION[:1]}]))
    assert (reply.model, reply.reply_text) == ("my-model", "")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ({"role": "user", "content": [{"type": "image_url", "image_url": {}}]}, "a part of a turn is no text"),
        ({"role": "tool", "content": "4"}, "of no known role"),
        ({"role": "assistant", "content": "Hi"}, "nobody asks anything"),
        ("text", "a turn is 'text'"),
    ],
    ids=["picture", "tool", "no question", "no object"],
)
def test_chat_messages_that_are_no_conversation_of_texts_are_named(tmp_path, turn, expected) -> None:
    with pytest.raises(InputError, match=expected) as caught:
        read(lines(tmp_path / "talk.jsonl", [{"messages": [turn]}]))
    assert "talk.jsonl:1" in str(caught.value)


@pytest.mark.fault
@pytest.mark.parametrize("wrong", [None, True, 1.5, "text", [[]], {"content": 5}], ids=repr)
@pytest.mark.parametrize(
    "write",
    [
        lambda folder, wrong: inspect_json(folder / "x.json", lambda log: log.update(samples=wrong)),
        lambda folder, wrong: inspect_json(folder / "x.json", lambda log: log["samples"][0].update(messages=wrong)),
        lambda folder, wrong: lines(folder / "samples_t.jsonl", [{"doc_id": 0, "arguments": wrong, "resps": [["R"]]}]),
        lambda folder, wrong: lines(folder / "samples_t.jsonl", [{"doc_id": 0, "arguments": [["Q"]], "resps": wrong}]),
        lambda folder, wrong: _batch(folder, {"status_code": 200, "body": {"choices": [{"message": wrong}]}}),
        lambda folder, wrong: lines(folder / "x.jsonl", [{"messages": wrong}]),
    ],
    ids=["inspect samples", "inspect turns", "lm-eval prompt", "lm-eval replies", "batch message", "conversation"],
)
def test_value_of_another_type_is_named(tmp_path, write, wrong) -> None:
    with pytest.raises(InputError):
        read(write(tmp_path, wrong))


@pytest.mark.parametrize("source", [INSPECT, LM_EVAL], ids=["inspect-eval", "lm-eval"])
def test_logs_of_tools_are_staged(source, tmp_path) -> None:
    staged = staged_rows(source, recorded_files.detect(source), tmp_path)
    assert (len(staged.replies), len(staged.prompts)) == (6, 3)
