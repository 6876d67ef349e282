"""Conversations as other tools write them: lists of turns with a role, and a text or its parts."""

from collections.abc import Callable, Sequence
from typing import Any

from tasks.domain.errors import InputError
from tasks.domain.rows import Message, Role

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "model": "assistant",
}
"""Roles of OpenAI's protocol, and of ShareGPT's."""

NOT_SAID = ("reasoning", "thinking")
"""Kinds of parts that are no part of the reply."""


def turns(
    entries: Any, where: str, *, is_own: Callable[[dict[str, Any]], bool] = lambda _: True
) -> tuple[Message, ...]:
    """Return the turns of a conversation.

    Args:
        entries: objects with `role` and `content`, or with `from` and `value`.
        where: file and line of the conversation.
        is_own: whether an assistant's turn is the model's own earlier reply, which differs between models: its text is
            left out, so that prompts stay equal.

    Raises:
        InputError: it is no conversation of texts.
    """
    if not isinstance(entries, list | tuple) or not entries:
        raise InputError("there is no list of turns.", where=where, remedy="Each has a role and a content.")
    found = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise InputError(f"a turn is {str(entry)[:40]!r}.", where=where, remedy="Each has a role and a content.")
        named = entry.get("role", entry.get("from"))
        role = ROLES.get(named) if isinstance(named, str) else None
        if role is None or entry.get("tool_calls"):
            raise InputError(
                f"a turn of role {str(named)[:40]!r} calls or answers a tool, or is of no known role.",
                where=where,
                remedy=f"Replies to prompts alone can be compared; roles are {', '.join(ROLES)}.",
            )
        is_left_out = role == "assistant" and entry is not entries[-1] and is_own(entry)
        found.append(Message(role, None if is_left_out else text_of(entry.get("content", entry.get("value")), where)))
    return tuple(found)


def split(messages: Sequence[Message], where: str) -> tuple[tuple[Message, ...], str]:
    """Return the prompt and the reply: the last turn, where it is the assistant's; else a reply that is missing.

    Raises:
        InputError: there is no prompt.
    """
    is_answered = messages[-1].role == "assistant"
    prompt = tuple(messages[:-1] if is_answered else messages)
    if not any(message.role == "user" for message in prompt):
        raise InputError("nobody asks anything.", where=where, remedy="A turn of role user comes before the reply.")
    return prompt, (messages[-1].content or "") if is_answered else ""


def text_of(content: Any, where: str) -> str:
    """Return the text of a turn: a text, or the texts of its parts; an empty one where there is none.

    Raises:
        InputError: a part is no text, such as a picture.
    """
    if content is None or isinstance(content, str):
        return content or ""
    parts = content if isinstance(content, list) else [content]
    texts = []
    for part in parts:
        if isinstance(part, dict) and part.get("type") in NOT_SAID:
            continue
        text = part.get("text", part.get("refusal")) if isinstance(part, dict) else part
        if not isinstance(text, str):
            raise InputError("a part of a turn is no text.", where=where, remedy="Only texts can be compared.")
        texts.append(text)
    return "".join(texts)
