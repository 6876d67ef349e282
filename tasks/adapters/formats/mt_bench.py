"""MT-bench's layout, as FastChat and Arena-Hard write it: question.jsonl beside model_answer/MODEL.jsonl."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.cards import read_text
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply


class MtBench:
    """One prompt a turn. In later turns the model's own earlier replies stand as None, so that prompts stay equal."""

    prompt_set = "mt-bench"

    def detects(self, path: Path) -> bool:
        """Say whether question.jsonl and model_answer stand here."""
        return (path / "question.jsonl").is_file() and (path / "model_answer").is_dir()

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every turn of every answer; each choice is a sample.

        Raises:
            InputError: a file is missing, a line is broken, or an answer belongs to no question.
        """
        if not self.detects(path):
            raise InputError(
                "question.jsonl or model_answer is missing.",
                where=str(path),
                remedy="Give the folder that holds both.",
            )
        questions: dict[str, tuple[list[str], str | None]] = {}
        for where, row in _lines(path / "question.jsonl"):
            key, turns = row.get("question_id"), row.get("turns")
            if key is None or not isinstance(turns, list) or not turns:
                raise InputError("'question_id' or 'turns' is missing.", where=where, remedy="A question has both.")
            texts: list[Any] = [turn.get("content") if isinstance(turn, dict) else turn for turn in turns]
            if not all(isinstance(text, str) for text in texts):
                raise InputError("a turn has no text.", where=where, remedy="A turn is a text, or has 'content'.")
            questions[str(key)] = (texts, row.get("cluster") or row.get("category"))
        answers = sorted((path / "model_answer").glob("*.jsonl"))
        if not answers:
            raise InputError("there are no answers.", where=str(path / "model_answer"), remedy="Expected MODEL.jsonl.")
        for file in answers:
            for where, row in _lines(file):
                yield from self._answer(row, questions, where, file.stem)

    def _answer(
        self, row: dict[str, Any], questions: dict[str, tuple[list[str], str | None]], where: str, model: str
    ) -> Iterator[RecordedReply]:
        key = str(row.get("question_id"))
        if key not in questions:
            raise InputError(f"question_id {key!r} is not in question.jsonl.", where=where)
        turns, category = questions[key]
        for sample, choice in enumerate(row.get("choices") or []):
            for number, turn in enumerate(choice.get("turns") or []):
                text = turn.get("content") if isinstance(turn, dict) else turn
                if not isinstance(text, str) or number >= len(turns):
                    raise InputError(f"turn {number + 1} of choice {sample} has no text or no question.", where=where)
                messages = [
                    message
                    for asked in turns[:number]
                    for message in (Message("user", asked), Message("assistant", None))
                ]
                yield RecordedReply(
                    model=model,
                    messages=(*messages, Message("user", turns[number])),
                    reply_text=text,
                    prompt_key=key if len(turns) == 1 else f"{key}-{number + 1}",
                    sample=sample,
                    category=category,
                )


def _lines(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    text = read_text(file)
    if not text.strip():
        raise InputError("the file is empty.", where=str(file), remedy="Fetch it again, or leave it out.")
    # splitlines would also cut at U+2028 and its like, which stand unescaped in replies.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"the line is not valid JSON: {error.msg} at column {error.colno}.",
                where=f"{file}:{number}",
                remedy="The file may be cut: fetch it again, or leave it out.",
            ) from None
        if not isinstance(row, dict):
            raise InputError("the line is not a JSON object.", where=f"{file}:{number}")
        yield f"{file}:{number}", row


MT_BENCH = MtBench()
