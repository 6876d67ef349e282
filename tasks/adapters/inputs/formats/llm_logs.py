"""LLM: its log of prompts and responses, the SQLite file that `llm logs path` names, of llm 0.36 and of 0.27."""

from collections.abc import Iterator
from pathlib import Path

from tasks.adapters.inputs import chat_turns, llm_tables
from tasks.domain.errors import InputError
from tasks.domain.rows import RecordedReply


class LlmLogs:
    """One reply a logged response; those with tools or attachments, or without a prompt, are left out."""

    prompt_set = "llm-logs"
    looks_like = "the logs.db that `llm logs path` names"

    def detects(self, path: Path) -> bool:
        """Return whether the file is a SQLite database with LLM's tables."""
        return path.is_file() and llm_tables.has_log(path)

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield the reply of every exchange of texts, those of the older table first.

        Raises:
            InputError: the file is damaged, names no model, or holds no exchange of texts.
        """
        if not self.detects(path):
            raise InputError("it is no log of LLM.", where=str(path), remedy=f"llm-logs is {self.looks_like}.")
        n = 0
        for exchange in llm_tables.exchanges(path):
            where = f"{path}: {exchange.key}"
            if not exchange.is_text:
                continue
            if not isinstance(exchange.model, str) or not exchange.model:
                raise InputError("it names no model.", where=where, remedy="Leave the response out.")
            n += 1
            prompt, text = chat_turns.split(chat_turns.turns(exchange.entries, where), where)
            yield RecordedReply(
                model=exchange.model.rpartition("/")[2], messages=prompt, reply_text=text, prompt_key=exchange.key
            )
        if not n:
            remedy = "Responses that used tools or attachments can't be compared."
            raise InputError("it holds no response to a text alone.", where=str(path), remedy=remedy)


LLM_LOGS = LlmLogs()
