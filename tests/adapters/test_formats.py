"""Each foreign format is recognised and read as it is written in the wild; all fixture texts are invented."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tasks.adapters.inputs import formats, recorded_files
from tasks.domain import registry
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.rows import Message, RecordedReply
from tests.support.staged import staged_rows

TEXTS = [
    "Plain words.",
    "当然，先看价格。",
    "Ship it 🚀👩‍🔬",
    'two\nlines, and a "quote"',
    "line\u2028separator\u0085here",
]


def read(path: Path, name: str | None = None) -> list[RecordedReply]:
    return list(registry.load(formats, name or recorded_files.detect(path)).read(path))


def write_json_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_alpaca(folder: Path, outputs: list[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    items = [
        {"dataset": "own", "instruction": f"Question {n}?", "output": output, "generator": "somebody"}
        for n, output in enumerate(outputs)
    ]
    path = folder / "model_outputs.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    return path


def write_fastchat(folder: Path, answers: dict[str, list[list[str]]]) -> Path:
    """Write one question of two turns and, for each model, the turns of each choice."""
    question = {"question_id": 81, "category": "writing", "turns": ["Name a river.", "Now a longer one."]}
    write_json_lines(folder / "question.jsonl", [question])
    for model, choices in answers.items():
        turns = [{"index": n, "turns": texts} for n, texts in enumerate(choices)]
        row = {"question_id": 81, "answer_id": "x", "model_id": model, "choices": turns, "tstamp": 1.5}
        write_json_lines(folder / "model_answer" / f"{model}.jsonl", [row])
    return folder


def write_table(path: Path, rows: list[dict[str, Any]]) -> Path:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    elif path.suffix == ".csv":
        frame.write_csv(path)
    else:
        write_json_lines(path, rows)
    return path


def test_alpaca_folder_of_models(tmp_path) -> None:
    write_alpaca(tmp_path / "model-b", ["b0", "b1"])
    write_alpaca(tmp_path / "model-a", TEXTS)
    assert recorded_files.detect(tmp_path) == "alpaca-eval"
    replies = read(tmp_path)
    assert [reply.model for reply in replies] == ["model-a"] * len(TEXTS) + ["model-b"] * 2
    assert [reply.reply_text for reply in replies] == [*TEXTS, "b0", "b1"]
    assert replies[1].messages == (Message("user", "Question 1?"),)
    assert (replies[1].prompt_key, replies[1].category, replies[1].sample) == ("0001", "own", None)


@pytest.mark.parametrize("is_file", [True, False])
def test_alpaca_one_model(tmp_path, is_file) -> None:
    path = write_alpaca(tmp_path / "only-model", ["a", "b"])
    source = path if is_file else path.parent
    assert recorded_files.detect(source) == "alpaca-eval"
    assert [(reply.model, reply.reply_text) for reply in read(source)] == [("only-model", "a"), ("only-model", "b")]


def test_alpaca_without_dataset(tmp_path) -> None:
    path = tmp_path / "m/model_outputs.json"
    path.parent.mkdir()
    path.write_text('[{"instruction": "Q", "output": "R"}]')
    assert read(path)[0].category is None


def test_fastchat_turns_and_choices(tmp_path) -> None:
    write_fastchat(tmp_path, {"first-1.5": [["Elbe", "Nile"], ["Oder", "Amur"]], "second": [["Ebro"]]})
    assert recorded_files.detect(tmp_path) == "mt-bench"
    replies = read(tmp_path)
    assert [(r.model, r.prompt_key, r.reply_text) for r in replies] == [
        ("first-1.5", "81-1", "Elbe"),
        ("first-1.5", "81-2", "Nile"),
        ("first-1.5", "81-1", "Oder"),
        ("first-1.5", "81-2", "Amur"),
        ("second", "81-1", "Ebro"),
    ]
    assert {reply.category for reply in replies} == {"writing"}


def test_second_turns_of_two_models_are_one_prompt(tmp_path) -> None:
    write_fastchat(tmp_path, {"first": [["Elbe", "Nile"]], "second": [["Ebro", "Amur"]]})
    turns = [reply for reply in read(tmp_path) if reply.prompt_key == "81-2"]
    asked = (Message("user", "Name a river."), Message("assistant", None), Message("user", "Now a longer one."))
    assert [turn.messages for turn in turns] == [asked, asked]
    assert prompt_id(asked) != prompt_id(asked[2:])
    rows = staged_rows(tmp_path, "mt-bench", tmp_path)
    assert rows.prompt_set == tmp_path.name
    assert len(rows.prompts) == 2
    assert "(own earlier reply)" in rows.prompts[prompt_id(asked)]["prompt_text"]
    assert len({request["prompt_id"] for request in rows.replies}) == 2


def test_arena_hard_with_content(tmp_path) -> None:
    question = {"question_id": "a1", "category": "arena-hard", "cluster": "Rivers", "turns": [{"content": "Which?"}]}
    write_json_lines(tmp_path / "question.jsonl", [question])
    for model, text in (("one", "The Elbe."), ("two", "河")):
        choices = [{"index": 0, "turns": [{"content": text, "token_len": 3}]}]
        answer = {"question_id": "a1", "model_id": model, "choices": choices, "conv_metadata": {}}
        write_json_lines(tmp_path / f"model_answer/{model}.jsonl", [answer])
    replies = read(tmp_path)
    assert [(r.model, r.reply_text, r.prompt_key) for r in replies] == [("one", "The Elbe.", "a1"), ("two", "河", "a1")]
    assert replies[0].category == "Rivers"
    assert replies[0].messages == (Message("user", "Which?"),)


def test_arena_hard_with_messages(tmp_path) -> None:
    question = {"uid": "f00d", "category": "hard_prompt", "subcategory": "coding", "prompt": "Which?"}
    write_json_lines(tmp_path / "question.jsonl", [question, question | {"uid": "beef", "prompt": "Why?"}])
    answers = [
        {
            "uid": uid,
            "ans_id": "x",
            "model": "one",
            "messages": [{"role": "user", "content": "Which?"}, {"role": "assistant", "content": {"answer": text}}],
        }
        for uid, text in (("beef", "Because."), ("f00d", None))
    ]
    write_json_lines(tmp_path / "model_answer/one.jsonl", answers)
    assert recorded_files.detect(tmp_path) == "mt-bench"
    replies = read(tmp_path)
    assert [(r.prompt_key, r.reply_text, r.category) for r in replies] == [
        ("beef", "Because.", "coding"),
        ("f00d", "", "coding"),
    ]
    assert replies[0].messages == (Message("user", "Why?"),)


def test_two_questions_of_one_wording_are_samples_of_one_prompt(tmp_path) -> None:
    questions = [{"question_id": n, "turns": ["Same?"]} for n in (1, 2)]
    write_json_lines(tmp_path / "question.jsonl", questions)
    answers = [{"question_id": n, "choices": [{"index": 0, "turns": [f"r{n}"]}]} for n in (1, 2)]
    write_json_lines(tmp_path / "model_answer/m.jsonl", answers)
    rows = staged_rows(tmp_path, "mt-bench", tmp_path)
    assert [request["sample"] for request in rows.replies] == [0, 1]
    assert len(rows.prompts) == 1


FULL = [
    {
        "model": "m",
        "prompt": f"Frage {n}? 好",
        "reply": text,
        "prompt_id": f"p{n}",
        "sample": 0,
        "language": "de",
        "category": "open",
    }
    for n, text in enumerate(TEXTS)
]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "ndjson", "parquet"])
def test_replies_with_all_columns(tmp_path, suffix) -> None:
    path = write_table(tmp_path / f"any-name.{suffix}", FULL)
    assert recorded_files.detect(path) == "replies"
    replies = read(path)
    assert [reply.reply_text for reply in replies] == TEXTS
    assert [reply.prompt_key for reply in replies] == [f"p{n}" for n in range(len(TEXTS))]
    assert {(r.model, r.sample, r.language, r.category) for r in replies} == {("m", 0, "de", "open")}
    assert replies[2].messages == (Message("user", "Frage 2? 好"),)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_replies_with_needed_columns_only(tmp_path, suffix) -> None:
    rows = [{"model": "m", "prompt": "Q?", "reply": text, "other": 1} for text in ("first", "second")]
    path = write_table(tmp_path / f"replies.{suffix}", rows)
    assert [(r.sample, r.language, r.category) for r in read(path)] == [(None, None, None)] * 2
    found = staged_rows(path, "replies", tmp_path)
    assert [request["sample"] for request in found.replies] == [0, 1]
    assert [reply["reply_text"] for reply in found.replies] == ["first", "second"]
    [prompt] = found.prompts.values()
    assert prompt["prompt_key"] == prompt["prompt_id"][:12]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("empty", ["", "  \n", None])
def test_empty_reply_is_kept_as_missing(tmp_path, suffix, empty) -> None:
    rows = [{"model": "m", "prompt": "Q?", "reply": "said"}, {"model": "m", "prompt": "R?", "reply": empty}]
    found = staged_rows(write_table(tmp_path / f"replies.{suffix}", rows), "replies", tmp_path)
    assert [(r["reply_text"], r["missing_reason"]) for r in found.replies] == [("said", None), (None, "empty_reply")]


def test_empty_reply_of_other_formats_is_kept_as_missing(tmp_path) -> None:
    write_alpaca(tmp_path / "alpaca/m", [" ", "x"])
    write_fastchat(tmp_path / "bench", {"m": [["", "Nile"]]})
    for folder, name in ((tmp_path / "alpaca", "alpaca-eval"), (tmp_path / "bench", "mt-bench")):
        reasons = [reply["missing_reason"] for reply in staged_rows(folder, name, tmp_path).replies]
        assert reasons == ["empty_reply", None]


@pytest.mark.parametrize("value", [0, False])
def test_reply_that_is_no_text_is_no_empty_reply(tmp_path, value) -> None:
    path = write_json_lines(tmp_path / "r.jsonl", [{"model": "m", "prompt": "Q?", "reply": value}])
    with pytest.raises(InputError, match=f"r.jsonl:1: column 'reply' is {value}, not a text"):
        read(path)


def test_numbers_as_labels(tmp_path) -> None:
    rows = [{"model": "m", "prompt": "Q?", "reply": "x", "prompt_id": 7, "category": 3, "sample": "2"}]
    [reply] = read(write_json_lines(tmp_path / "r.jsonl", rows))
    assert (reply.prompt_key, reply.category, reply.sample) == ("7", "3", 2)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json"])
def test_mark_at_the_start_and_windows_line_ends(tmp_path, suffix) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    if suffix == "json":
        text = '[\n{"instruction": "Q?",\n "output": "é\\nx"}\n]\n'
    elif suffix == "csv":
        text = 'model,prompt,reply\nm,Q?,"é\nx"\n'
    else:
        text = '{"model": "m", "prompt": "Q?", "reply": "é\\nx"}\n\n'
    path = folder / ("model_outputs.json" if suffix == "json" else f"r.{suffix}")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    [reply] = read(path)
    assert (reply.model, reply.messages, reply.reply_text) == ("m", (Message("user", "Q?"),), "é\nx")


def test_half_an_emoji_is_written_out(tmp_path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"model": "m", "prompt": "\\ud83d\\ude80?", "reply": "cut \\ud83d"}\n')
    found = staged_rows(path, "replies", tmp_path)
    assert [reply["reply_text"] for reply in found.replies] == ["cut \\ud83d"]
    assert [prompt["prompt_text"] for prompt in found.prompts.values()] == ["🚀?"]


def test_long_csv_cell(tmp_path) -> None:
    path = write_table(tmp_path / "r.csv", [{"model": "m", "prompt": "Q?", "reply": "x" * 300_000}])
    assert len(read(path)[0].reply_text) == 300_000


def test_one_prompt_in_three_formats(tmp_path) -> None:
    write_alpaca(tmp_path / "a/m", ["x"])
    write_json_lines(tmp_path / "b/question.jsonl", [{"question_id": 1, "turns": ["Question 0?"]}])
    write_json_lines(tmp_path / "b/model_answer/m.jsonl", [{"question_id": 1, "choices": [{"turns": ["x"]}]}])
    path = write_table(tmp_path / "r.csv", [{"model": "m", "prompt": "Question 0?", "reply": "x"}])
    ids = {prompt_id(reply.messages) for source in (tmp_path / "a", tmp_path / "b", path) for reply in read(source)}
    assert len(ids) == 1


def test_each_format_says_what_it_looks_like(tmp_path) -> None:
    with pytest.raises(InputError) as raised:
        recorded_files.detect(tmp_path)
    for name in ("alpaca-eval", "mt-bench", "replies", "model_outputs.json", "question.jsonl", ".parquet"):
        assert name in str(raised.value)
