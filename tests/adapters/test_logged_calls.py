"""Results of promptfoo and observations of Langfuse, as their documentation describes them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.adapters.inputs import formats, recorded_files
from tasks.domain import registry
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply

CHAT = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Name a river."}]
PROMPT = (Message("system", "Be short."), Message("user", "Name a river."))


def read(path: Path) -> list[RecordedReply]:
    return list(registry.load(formats, recorded_files.detect(path)).read(path))


def promptfoo(path: Path, *results: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"evalId": "eval-1", "results": {"version": 3, "results": list(results)}}))
    return path


def langfuse(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) if path.suffix == ".jsonl" else json.dumps(rows))
    return path


def test_promptfoo_results_are_replies_of_their_providers(tmp_path) -> None:
    path = promptfoo(
        tmp_path / "results.json",
        {
            "provider": {"id": "openai:chat:alpha"},
            "prompt": {"raw": "Why?"},
            "response": {"output": "So."},
            "testIdx": 4,
        },
        {"provider": {"id": "x", "label": "beta"}, "prompt": {"raw": json.dumps(CHAT)}, "response": {"output": "Elbe"}},
        {"provider": {"id": "openai:alpha"}, "prompt": {"raw": "[sic] Why?"}, "error": "timeout"},
    )
    assert recorded_files.detect(path) == "promptfoo"
    first, second, third = read(path)
    assert (first.model, first.messages, first.reply_text, first.prompt_key) == (
        "alpha",
        (Message("user", "Why?"),),
        "So.",
        "4",
    )
    assert (second.model, second.messages, second.reply_text) == ("beta", PROMPT, "Elbe")
    assert (third.messages, third.reply_text) == ((Message("user", "[sic] Why?"),), "")


def test_promptfoo_results_by_line_are_the_same_replies(tmp_path) -> None:
    results = [
        {
            "promptIdx": number,
            "testIdx": 4,
            "provider": {"id": "openai:chat:alpha", "label": ""},
            "prompt": {"raw": f"Why {number}?", "label": "Why {{n}}?"},
            "response": {"output": "So."},
        }
        for number in range(2)
    ]
    path = tmp_path / "results.jsonl"
    path.write_text("".join(json.dumps(result) + "\n" for result in results))
    assert recorded_files.detect(path) == "promptfoo"
    assert read(path) == read(promptfoo(tmp_path / "results.json", *results))


@pytest.mark.parametrize("name", ["export.jsonl", "export.json"])
def test_langfuse_generations_are_replies_and_spans_are_left_out(tmp_path, name) -> None:
    earlier = [*CHAT, {"role": "assistant", "content": "The Elbe."}, {"role": "user", "content": "Another?"}]
    rows = [
        {"type": "SPAN", "traceId": "t", "input": None, "output": None, "id": "0"},
        {"type": "GENERATION", "traceId": "t", "model": "a/alpha", "input": CHAT, "output": "Elbe", "id": "1"},
        {
            "type": "GENERATION",
            "traceId": "t",
            "model": "alpha",
            "input": {"messages": earlier},
            "output": {"role": "assistant", "content": "Oder"},
            "id": "2",
        },
        {"type": "GENERATION", "traceId": "t", "model": "alpha", "input": "Why?", "output": None, "id": "3"},
    ]
    path = langfuse(tmp_path / name, *rows)
    assert recorded_files.detect(path) == "langfuse"
    first, second, third = read(path)
    assert (first.model, first.messages, first.reply_text) == ("alpha", PROMPT, "Elbe")
    assert second.messages == (*PROMPT, Message("assistant", None), Message("user", "Another?"))
    assert (second.reply_text, third.reply_text) == ("Oder", "")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("write", "rows", "message"),
    [
        (promptfoo, [], "no results"),
        (promptfoo, [{"provider": "x", "prompt": {}}], "no provider or no prompt.raw"),
        (langfuse, [{"type": "SPAN", "traceId": "t", "input": 1, "output": 1}], "no generation"),
        (langfuse, [{"type": "GENERATION", "traceId": "t", "input": "a", "output": "b"}], "names no model"),
        (
            langfuse,
            [{"type": "GENERATION", "traceId": "t", "model": "m", "input": 7, "output": "b"}],
            "no list of turns",
        ),
    ],
)
def test_what_is_not_whole_is_refused(tmp_path, write, rows, message) -> None:
    path = write(tmp_path / "log.json", *rows)
    name = "promptfoo" if write is promptfoo else "langfuse"
    with pytest.raises(InputError, match=message):
        list(registry.load(formats, name).read(path))
