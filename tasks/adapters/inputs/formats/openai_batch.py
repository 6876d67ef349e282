"""OpenAI's batch endpoint: a folder with requests (`custom_id`, `body`) and output (`custom_id`, `response`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tasks.adapters.inputs import chat_turns
from tasks.adapters.inputs.first_lines import first_object
from tasks.adapters.inputs.textfiles import json_lines
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply

Kind = Literal["requests", "output"]
OK = 200


@dataclass(frozen=True)
class _Request:
    model: str
    messages: tuple[Message, ...]


class OpenaiBatch:
    """One reply a choice; a request that failed, or is in no output, is a reply that is missing."""

    prompt_set = "openai-batch"
    looks_like = "a folder with the .jsonl of requests and the .jsonl of output of OpenAI's batch endpoint"

    def detects(self, path: Path) -> bool:
        """Return whether the folder holds both."""
        return path.is_dir() and {"requests", "output"} <= set(_files(path).values())

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply in the order of the outputs, then what is missing.

        Raises:
            InputError: a line is broken, an id comes twice, or an output belongs to no request.
        """
        files = _files(path) if path.is_dir() else {}
        requests = dict(_requests([file for file, kind in files.items() if kind == "requests"]))
        if not requests or "output" not in files.values():
            raise InputError(
                "requests or output are missing.", where=str(path), remedy=f"openai-batch is {self.looks_like}."
            )
        answered: set[str] = set()
        for file, kind in files.items():
            for where, row in json_lines(file) if kind == "output" else ():
                key = str(row.get("custom_id"))
                if key not in requests:
                    raise InputError(f"request {key!r} is in no file here.", where=where, remedy="Put both files here.")
                if key in answered:
                    raise InputError(f"request {key!r} is answered twice.", where=where, remedy="Leave one of them.")
                texts = _texts(row, where)
                answered |= {key} if texts else set()
                for text in texts:
                    yield _reply(requests[key], key, text)
        for key in requests:
            if key not in answered:
                yield _reply(requests[key], key, "")


def _reply(request: _Request, key: str, text: str) -> RecordedReply:
    return RecordedReply(model=request.model, messages=request.messages, reply_text=text, prompt_key=key)


def _files(path: Path) -> dict[Path, Kind]:
    """Return the files of a folder with what they hold, by their first lines."""
    found: dict[Path, Kind] = {}
    for file in sorted(path.glob("*.jsonl")):
        row = first_object(file)
        if "custom_id" in row and ("response" in row or "body" in row):
            found[file] = "output" if "response" in row else "requests"
    return found


def _requests(files: list[Path]) -> Iterator[tuple[str, _Request]]:
    first_place: dict[str, str] = {}
    for file in files:
        for where, row in json_lines(file):
            key, body = str(row.get("custom_id")), row.get("body")
            if not isinstance(body, dict) or not isinstance(body.get("model"), str):
                raise InputError(
                    "the request names no model.", where=where, remedy="'body' has 'model' and 'messages'."
                )
            if key in first_place:
                raise InputError(
                    f"request {key!r} stands in {first_place[key]}, too.",
                    where=where,
                    remedy="Keep batches in folders of their own.",
                )
            first_place[key] = where
            # All turns are a prompt, also where the last is the assistant's, which the reply then goes on from.
            prompt = chat_turns.turns(body.get("messages"), where, is_own=lambda _: False)
            yield key, _Request(body["model"], chat_turns.split((*prompt, Message("assistant", "")), where)[0])


def _texts(row: dict[str, Any], where: str) -> list[str]:
    """Return the text of each choice; none where the request failed."""
    response = row.get("response")
    if not isinstance(response, dict) or response.get("status_code") != OK:
        return []
    body = response.get("body")
    choices = body.get("choices") if isinstance(body, dict) else None
    listed = choices if isinstance(choices, list) else [None]
    given = [choice.get("message") if isinstance(choice, dict) else None for choice in listed]
    messages = [message for message in given if isinstance(message, dict)]
    if len(messages) < len(given):
        raise InputError("the response has no choices.", where=where, remedy="Is it of /v1/chat/completions?")
    return [chat_turns.text_of(message.get("content") or message.get("refusal"), where) for message in messages]


OPENAI_BATCH = OpenaiBatch()
