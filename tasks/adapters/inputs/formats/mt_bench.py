"""MT-bench's layout, as FastChat and Arena-Hard write it: question.jsonl beside model_answer/MODEL.jsonl."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.adapters.inputs.textfiles import json_lines
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply


@dataclass(frozen=True)
class _Question:
    key: str
    turns: tuple[str, ...]
    category: str | None


class MtBench:
    """One prompt a turn. In later turns the model's own earlier replies are None, so that prompts stay equal."""

    prompt_set = None
    looks_like = "a folder with question.jsonl and model_answer/MODEL.jsonl"

    def detects(self, path: Path) -> bool:
        """Return whether `path` holds question.jsonl and model_answer."""
        return (path / "question.jsonl").is_file() and (path / "model_answer").is_dir()

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every turn of every answer; each choice is a sample.

        Raises:
            InputError: a file is missing, a line is broken, or an answer belongs to no question.
        """
        for _, batches in self.files(path):
            for replies in batches:
                yield from replies

    def files(
        self, path: Path, without: Collection[str] = ()
    ) -> Iterator[tuple[str, Iterator[Iterator[RecordedReply]]]]:
        """Yield each model's file with its replies; all of them need `question.jsonl`.

        Raises:
            InputError: there are no questions, or one of them is broken.
        """
        if not self.detects(path):
            raise InputError(
                "question.jsonl or model_answer is missing.", where=str(path), remedy=f"mt-bench is {self.looks_like}."
            )
        questions: dict[str, _Question] = {}
        for where, row in json_lines(path / "question.jsonl"):
            question = _question(row, where)
            if question.key in questions:
                raise InputError(f"question {question.key!r} comes twice.", where=where, remedy="Leave one of them.")
            questions[question.key] = question
        answers = sorted((path / "model_answer").glob("*.jsonl"))
        if not answers:
            raise InputError("there are no answers.", where=str(path / "model_answer"), remedy="Expected MODEL.jsonl.")
        for file in answers:
            if str(file) not in without:
                yield str(file), iter([_answers(file, questions)])


def _question(row: dict[str, Any], where: str) -> _Question:
    """Return a question: `question_id` and `turns`, or, as newer Arena-Hard files have it, `uid` and `prompt`."""
    key = row.get("question_id", row.get("uid"))
    turns = row.get("turns") or [row.get("prompt")]
    texts = [_text(turn) for turn in turns]
    if key is None or not all(texts):
        raise InputError(
            "the question has no id, or a turn of it has no text.",
            where=where,
            remedy="A question has 'question_id' and 'turns', or 'uid' and 'prompt'.",
        )
    category = row.get("cluster") or row.get("subcategory") or row.get("category")
    return _Question(str(key), tuple(text for text in texts if text), None if category is None else str(category))


def _answers(file: Path, questions: dict[str, _Question]) -> Iterator[RecordedReply]:
    first_line: dict[str, str] = {}
    for where, row in json_lines(file):
        key = str(row.get("question_id", row.get("uid")))
        if key not in questions:
            raise InputError(
                f"question {key!r} is not in question.jsonl.",
                where=where,
                remedy="Put question.jsonl and model_answer of one and the same set here.",
            )
        if key in first_line:
            raise InputError(
                f"question {key!r} is answered already in line {first_line[key]}.",
                where=where,
                remedy="Leave one of them; more samples are more 'choices' of one line.",
            )
        first_line[key] = where.rpartition(":")[2]
        for texts in _choices(row, where):
            yield from _turns(file.stem, questions[key], texts, where)


def _choices(row: dict[str, Any], where: str) -> list[list[str]]:
    """Return the texts of each choice: `choices` with `turns`, or the assistant's `messages`; null is an empty text."""
    if isinstance(row.get("messages"), list):
        turns = [turn for turn in row["messages"] if isinstance(turn, dict) and turn.get("role") == "assistant"]
        texts_of_choices = [[_text(turn) for turn in turns]]
    else:
        choices = row.get("choices")
        texts_of_choices = [
            [_text(turn) for turn in choice.get("turns") or []]
            for choice in (choices if isinstance(choices, list) else [])
            if isinstance(choice, dict)
        ]
    if not texts_of_choices or not all(texts and None not in texts for texts in texts_of_choices):
        raise InputError(
            "the answer has no text in one of its turns.",
            where=where,
            remedy="An answer has 'choices' with 'turns', or 'messages' of role 'assistant'.",
        )
    return [[text for text in texts if text is not None] for texts in texts_of_choices]


def _text(turn: object) -> str | None:
    """Return the text of a turn, which is one, or has it under `content` or `content.answer`; None if it has none."""
    for key in ("content", "answer"):
        if isinstance(turn, dict) and key in turn:
            turn = "" if turn[key] is None else turn[key]
    return turn if isinstance(turn, str) else None


def _turns(model: str, question: _Question, texts: list[str], where: str) -> Iterator[RecordedReply]:
    if len(texts) > len(question.turns):
        raise InputError(
            f"the answer has {len(texts)} turns, question {question.key!r} has {len(question.turns)}.",
            where=where,
            remedy="Leave out what answers no question.",
        )
    messages: tuple[Message, ...] = ()
    for number, text in enumerate(texts):
        messages = (*messages, Message("user", question.turns[number]))
        yield RecordedReply(
            model=model,
            messages=messages,
            reply_text=text,
            prompt_key=question.key if len(question.turns) == 1 else f"{question.key}-{number + 1}",
            category=question.category,
        )
        messages = (*messages, Message("assistant", None))


MT_BENCH = MtBench()
