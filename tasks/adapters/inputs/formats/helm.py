"""HELM: `scenario_state.json` of each run's folder, as crfm-helm 0.5.16 writes it."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import chat_turns, json_arrays
from tasks.domain.errors import InputError
from tasks.domain.ports import Batches
from tasks.domain.rows import Message, RecordedReply

FILE = "scenario_state.json"

_OF_MODEL = re.compile(r",?model(?:_deployment)?=[^,]*")
"""What a run's name says of the model: without it the name is that of the scenario."""


class Helm:
    """One reply a completion; a request that failed is missing. Runs that score given texts have no replies."""

    prompt_set = "helm"
    looks_like = f"a file {FILE}, or a folder with RUN/{FILE}"

    def detects(self, path: Path) -> bool:
        """Return whether there is such a file here, or one or two folders below."""
        return bool(_files(path))

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply of every run, runs in alphabetical order.

        Raises:
            InputError: a file is broken, or its requests are not for texts.
        """
        for file in _present(path):
            yield from _replies(file)

    def files(self, path: Path, without: Collection[str] = ()) -> Iterator[tuple[str, Batches]]:
        """Yield each run's file with its replies."""
        for file in _present(path):
            if str(file) not in without:
                yield str(file), iter([_replies(file)])


def _present(path: Path) -> list[Path]:
    if not (files := _files(path)):
        raise InputError(f"there is no {FILE} here.", where=str(path), remedy=f"helm is {Helm.looks_like}.")
    return files


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.name == FILE else []
    return sorted(file for depth in ("", "*/", "*/*/") for file in path.glob(f"{depth}{FILE}"))


def _replies(file: Path) -> Iterator[RecordedReply]:
    scenario = _OF_MODEL.sub("", file.resolve().parent.name).rstrip(":,") or file.stem
    for where, state in json_arrays.elements(file, "request_states"):
        parts = state if isinstance(state, dict) else {}
        request, result, instance = (_object(parts.get(name)) for name in ("request", "result", "instance"))
        model = request.get("model") or request.get("model_deployment")
        if not isinstance(model, str) or not model:
            raise InputError("it names no model.", where=where, remedy=f"Is it a {FILE} of HELM?")
        messages = _messages(request, where)
        for text in _texts(result, where):
            yield RecordedReply(
                model=model.rpartition("/")[2],
                messages=messages,
                reply_text=text,
                prompt_key=f"{scenario}-{_key(instance, parts)}",
                category=scenario,
            )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _key(instance: dict[str, Any], state: dict[str, Any]) -> str:
    """Return the instance's id, with what makes its prompt another one: a perturbation, or other examples."""
    perturbation, trial = _object(instance.get("perturbation")).get("name"), state.get("train_trial_index")
    return "-".join(str(part) for part in (instance.get("id"), perturbation, trial or None) if part is not None)


def _messages(request: dict[str, Any], where: str) -> tuple[Message, ...]:
    """Return what was sent: the turns of a chat, or a text."""
    if request.get("embedding") or request.get("multimodal_prompt") or request.get("echo_prompt"):
        raise InputError(
            "the request is for no reply to a text: it scores a given text, embeds it, or has a picture.",
            where=where,
            remedy="Leave the run out.",
        )
    if entries := request.get("messages"):
        listed = [*entries, {"role": "assistant", "content": ""}] if isinstance(entries, list) else entries
        return chat_turns.turns(listed, where, is_own=lambda _: False)[:-1]
    prompt = request.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise InputError("the request has no prompt.", where=where, remedy=f"Is it a {FILE} of HELM?")
    return (Message("user", prompt),)


def _texts(result: dict[str, Any], where: str) -> list[str]:
    """Return the text of each completion; one that is missing where the request failed or was not sent."""
    completions = result.get("completions")
    if not result.get("success") or not completions:
        return [""]
    listed = completions if isinstance(completions, list) else [completions]
    texts = [completion.get("text") if isinstance(completion, dict) else None for completion in listed]
    found = [text for text in texts if isinstance(text, str)]
    if len(found) < len(texts):
        raise InputError("a completion has no text.", where=where, remedy="Only texts can be compared.")
    return found


HELM = Helm()
