"""Logs of LLM and HELM, records of Every Eval Ever, and data sets: the first three were written by these tools' own code.

`logs_0_27` and `logs_0_36` are what llm 0.27.1 and 0.36 wrote for the same five prompts to the stub endpoint, and
`logs_both` is the older one after a prompt with the newer version; `scenario_state.json` holds what the client and the
classes of crfm-helm 0.5.16 made of three requests to it; the records are lm_eval's log by the converter of every_eval_ever 0.3.0.
"""

import json
import lzma
import sqlite3
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tasks.adapters.inputs import formats, recorded_files
from tasks.adapters.settings import CODE as PROJECT
from tasks.domain import registry
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply

FIXTURES = PROJECT / "tests/fixtures"
HELM, RECORDS = FIXTURES / "helm", FIXTURES / "every_eval_ever"
ASIA, SYSTEM = Message("user", "Name a river in Asia."), Message("system", "Answer in one sentence.")


def read(path: Path, format_name: str) -> list[RecordedReply]:
    assert recorded_files.detect(path) == format_name
    return list(registry.load(formats, format_name.replace("-", "_")).read(path))


def llm_log(folder: Path, name: str, *changes: str) -> Path:
    path = folder / "logs.db"
    path.write_bytes(lzma.decompress((FIXTURES / "llm_logs" / f"{name}.db.xz").read_bytes()))
    database = sqlite3.connect(path)
    for change in changes:
        database.execute(change)
    database.commit()
    database.close()
    return path


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("name", ["logs_0_27", "logs_0_36"])
def test_llm_log_gives_the_same_exchanges_in_both_of_its_layouts(tmp_path, name) -> None:
    first, second, told, again, with_fragment = read(llm_log(tmp_path, name), "llm-logs")
    assert (first.model, first.messages) == ("independent-alpha", (ASIA,))
    assert (second.model, second.messages) == ("independent-beta", (ASIA,))
    assert first.reply_text.startswith("Sure! Think of curtains")
    assert told.messages == (SYSTEM, Message("user", "Name a river."))
    assert again.messages == (*told.messages, Message("assistant", None), Message("user", "And a longer one?"))
    assert with_fragment.messages == (Message("user", "The Elbe flows north.\n\nWhere to?"),)


def test_llm_log_that_both_versions_wrote_gives_all_exchanges(tmp_path) -> None:
    replies = read(llm_log(tmp_path, "logs_both"), "llm-logs")
    assert len(replies) == 6
    assert (replies[-1].model, replies[-1].messages) == (
        "independent-beta",
        (Message("user", "Name a river in Europe."),),
    )


def test_llm_response_that_was_carried_over_counts_once(tmp_path) -> None:
    copied = "insert into turns (id, model, parent_message_hash, tip_message_hash) select r.id, r.model, t.parent_message_hash, t.tip_message_hash from (select * from responses order by id limit 1) r, turns t"
    assert len(read(llm_log(tmp_path, "logs_both", copied), "llm-logs")) == 6


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("logs_0_36", "update parts set type = 'tool_call' where id = (select min(id) from parts)"),
        ("logs_0_36", "update messages set role = 'tool' where hash = (select message_hash from parts where id = 1)"),
        ("logs_0_27", "insert into prompt_attachments select min(id), null, 0 from responses"),
        ("logs_0_27", "insert into tool_calls (id, response_id, name) select 1, min(id), 'f' from responses"),
        ("logs_0_27", "update responses set prompt = null where id = (select min(id) from responses)"),
    ],
)
def test_llm_exchanges_that_are_more_than_text_are_left_out(tmp_path, name, change) -> None:
    left = 3 if name == "logs_0_36" else 4  # Two turns of the newer log share the message that changes.
    assert len(read(llm_log(tmp_path, name, change), "llm-logs")) == left


def test_llm_reasoning_is_no_part_of_the_reply(tmp_path) -> None:
    thought = "insert into parts (id, message_hash, position, type, text) select 99, message_hash, -1, 'reasoning', 'Hm.' from parts where id = 2"
    [first, *_] = read(llm_log(tmp_path, "logs_0_36", thought), "llm-logs")
    assert first.reply_text.startswith("Sure!")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("logs_0_36", "delete from messages where parent_hash is null", "message .* is missing"),
        ("logs_0_36", "delete from fragments", "a fragment of a text is missing"),
        ("logs_0_36", "update parts set type = 'attachment'", "no response to a text alone"),
        ("logs_0_27", "update responses set model = null", "names no model"),
    ],
)
def test_llm_log_that_is_not_whole_is_refused(tmp_path, name, change, message) -> None:
    with pytest.raises(InputError, match=message):
        read(llm_log(tmp_path, name, change), "llm-logs")


@pytest.mark.fault
def test_llm_message_that_follows_itself_is_read_once(tmp_path) -> None:
    """A chain of messages that comes back to its beginning has an end."""
    circle = "update messages set parent_hash = (select tip_message_hash from turns order by id limit 1) where parent_hash is null"
    assert len(read(llm_log(tmp_path, "logs_0_36", circle), "llm-logs")) == 5


def test_helm_gives_each_completion(tmp_path) -> None:
    replies = read(HELM, "helm")
    assert [reply.prompt_key for reply in replies] == ["rivers-id0", "rivers-id1", "rivers-id2"]
    assert {(reply.model, reply.category) for reply in replies} == {("independent-alpha", "rivers")}
    assert replies[0].messages == (ASIA,)
    assert replies[2].messages == (SYSTEM, Message("user", "Name a river."))
    assert replies[0].reply_text.startswith("Sure! Think of curtains")


def _helm(folder: Path, **changes: Any) -> Path:
    [source] = HELM.glob("*/scenario_state.json")
    content = json.loads(source.read_text())
    for place, value in changes.items():
        part, _, key = place.partition("__")
        content["request_states"][0][part][key] = value
    path = (
        folder / "runs" / "rivers:region=all,model=stub_independent-alpha,data_augmentation=x" / "scenario_state.json"
    )
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content))
    return folder


def test_helm_failed_request_is_missing_and_samples_are_numbered(tmp_path) -> None:
    [first, *_] = read(_helm(tmp_path / "a", result__success=False), "helm")
    assert (first.reply_text, first.prompt_key) == ("", "rivers:region=all,data_augmentation=x-id0")
    texts = [{"text": "One."}, {"text": "Two."}]
    first, second, *_ = read(_helm(tmp_path / "b", result__completions=texts), "helm")
    assert (first.reply_text, second.reply_text) == ("One.", "Two.")
    assert first.messages == second.messages


@pytest.mark.fault
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"request__echo_prompt": True}, "scores a given text"),
        ({"request__embedding": True}, "embeds it"),
        ({"request__model": "", "request__model_deployment": None}, "names no model"),
        ({"request__prompt": " "}, "has no prompt"),
        ({"result__completions": [{"image": 1}]}, "a completion has no text"),
    ],
)
def test_helm_run_that_is_not_for_texts_is_refused(tmp_path, changes, message) -> None:
    with pytest.raises(InputError, match=message) as refused:
        read(_helm(tmp_path, **changes), "helm")
    assert "request_states 0" in str(refused.value)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"adapter_spec": {}}', "has no 'request_states'"),
        ('{"request_states": [{"request": ', "Expecting value in request_states 0"),
        ('{"request_states": {"a": 1}}', r"'\[' is expected and not '{'"),
        ('[{"request_states": []}]', "'{' is expected"),
        ('{"request_states": [' + "[" * 200 + "]" * 200 + "]}", "nested more than 100 levels deep"),
        ('{"request_states": [' + "9" * 5000 + "]}", "too many digits"),
        ('{"a": "' + "x" * (33 << 20), "has more than 32 MB"),
    ],
)
def test_helm_file_that_is_not_whole_is_named_with_its_place(tmp_path, content, message) -> None:
    path = tmp_path / "scenario_state.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read(path, "helm")


def test_helm_file_is_read_a_state_at_a_time(tmp_path) -> None:
    """The last state is cut: all before it come out."""
    [source] = HELM.glob("*/scenario_state.json")
    states = json.loads(source.read_text())["request_states"]
    path = tmp_path / "scenario_state.json"
    path.write_text('{"request_states": ' + json.dumps(states * 2_000, indent=2)[:-40])
    found = registry.load(formats, "helm").read(path)
    assert sum(1 for _ in zip(range(5_999), found, strict=False)) == 5_999
    with pytest.raises(InputError, match="request_states 5999"):
        next(found)


def test_records_of_several_metrics_are_one_reply() -> None:
    replies = read(RECORDS, "every-eval-ever")
    assert [(reply.prompt_key, reply.model, reply.category) for reply in replies] == [
        (f"rivers-{n}", "independent-alpha", "rivers") for n in range(3)
    ]
    assert replies[0].messages == (Message("user", "Question: Name a river in Asia."),)
    assert replies[0].reply_text.startswith("Think of circles")


def record(**changes: Any) -> dict[str, Any]:
    [source] = RECORDS.glob("*.jsonl")
    return json.loads(source.read_text().splitlines()[0]) | changes


def test_records_of_conversations_and_repeats_are_read_and_agents_left_out(tmp_path) -> None:
    talk = [{"turn_idx": n, "role": role, "content": role} for n, role in enumerate(("user", "assistant") * 2)]
    several = record(output={"raw": ["One.", "Two."]}, sample_id="7")
    choice = record(input={"raw": "Which?", "reference": ["A"], "choices": ["A", "B"]}, output={"raw": ["B"]})
    rows = [
        record(interaction_type="multi_turn", output=None, messages=talk),
        record(interaction_type="agentic", output=None, messages=[*talk, {"role": "tool", "content": "4"}]),
        several,
        choice,
        record(output=None, error="timeout", sample_id="8"),
    ]
    path = lines(tmp_path / "data/rivers/stub/independent-alpha/a_samples.jsonl", *rows)
    assert recorded_files.detect(tmp_path) == recorded_files.detect(path)
    replies = read(tmp_path, "every-eval-ever")
    assert [reply.reply_text for reply in replies] == ["assistant", "One.", "Two.", ""]
    assert replies[0].messages == (Message("user", "user"), Message("assistant", None), Message("user", "user"))


@pytest.mark.fault
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_id": ""}, "names no model"),
        ({"input": {"raw": None}}, "no text under 'input.raw'"),
        ({"output": {"raw": [5]}}, "something else than texts"),
        ({"interaction_type": "agentic"}, "no record holds a reply to a text alone"),
    ],
)
def test_records_that_hold_no_reply_are_refused(tmp_path, changes, message) -> None:
    with pytest.raises(InputError, match=message):
        read(lines(tmp_path / "x.jsonl", record(**changes)), "every-eval-ever")


@pytest.mark.parametrize("form", ["jsonl", "parquet", "shards", "configuration"])
def test_data_set_with_usual_columns_is_read(tmp_path, form) -> None:
    rows = [
        {"instruction": "Sum.", "input": "1, 2", "output": "3", "generator": "org/m-1", "id": 1},
        {"instruction": "Why?", "input": "", "output": None, "generator": "m-2", "id": 2},
    ]
    if form == "jsonl":
        path = lines(tmp_path / "x.jsonl", *rows)
    else:
        path = tmp_path / "x.parquet" if form == "parquet" else tmp_path
        folder = tmp_path / "default" if form == "configuration" else tmp_path
        folder.mkdir(exist_ok=True)
        parts = [rows] if form == "parquet" else [[row] for row in rows]
        for number, part in enumerate(parts):
            name = "x.parquet" if form == "parquet" else f"train-{number:05d}-of-00002.parquet"
            pl.DataFrame(part).write_parquet(folder / name)
    first, second = read(path, "hf-dataset")
    assert (first.model, first.prompt_key, first.reply_text) == ("m-1", "1", "3")
    assert first.messages == (Message("user", "Sum.\n\n1, 2"),)
    assert (second.messages, second.reply_text) == ((Message("user", "Why?"),), "")


def test_data_set_of_one_model_with_turns_for_prompts(tmp_path) -> None:
    turns = [
        {"role": "user", "content": "A?"},
        {"role": "assistant", "content": "B."},
        {"role": "user", "content": "C?"},
    ]
    rows = [{"prompt": turns, "completion": [{"role": "assistant", "content": "D."}], "system": "Be brief."}] * 2
    pl.DataFrame(rows).write_parquet(tmp_path / "my-model.parquet")
    first, _ = read(tmp_path / "my-model.parquet", "hf-dataset")
    assert (first.model, first.reply_text) == ("my-model", "D.")
    assert [turn.role for turn in first.messages] == ["system", "user", "assistant", "user"]
    assert first.messages[2] == Message("assistant", "B.")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"prompt": "", "response": "a"}, "there is no prompt"),
        ({"prompt": "a", "response": {"image": 1}}, "a part of a turn is no text"),
        ({"prompt": "a", "response": "b", "model": 5}, "the model is '5'"),
    ],
)
def test_data_set_row_that_is_no_reply_is_named(tmp_path, row, message) -> None:
    with pytest.raises(InputError, match=message) as refused:
        read(lines(tmp_path / "x.jsonl", row), "hf-dataset")
    assert "x.jsonl:1" in str(refused.value)


def test_table_of_replies_is_read_as_such(tmp_path) -> None:
    """A data set whose columns are those of the format `replies` is read by that one, with samples and categories."""
    path = lines(tmp_path / "x.jsonl", {"model": "m", "prompt": "a", "reply": "b", "sample": 3})
    [reply] = read(path, "replies")
    assert reply.sample == 3


@pytest.mark.fault
def test_conversations_of_a_small_file_do_not_fill_the_memory(tmp_path) -> None:
    """A text that stands in many rows is stored once, also within turns."""
    text = "a" * (1 << 20)
    turns = [{"role": "user", "content": "A?"}, {"role": "assistant", "content": text}]
    frame = pl.DataFrame({"id": range(2_000)}).with_columns(messages=pl.lit([turns]).first())
    frame.write_parquet(tmp_path / "x.parquet")
    with pytest.raises(InputError, match=r"its rows come to more than \d+ MB of text"):
        read(tmp_path / "x.parquet", "chat-messages")
