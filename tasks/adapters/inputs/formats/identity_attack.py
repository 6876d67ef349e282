"""Published attack logs: identity questions in templates, with the labels of each reply."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from tasks.adapters.inputs import lexicons
from tasks.adapters.inputs.attack_logs import LOGS, STRICT, AttackLog, AttackRow, log_files, read_logs
from tasks.adapters.inputs.card_matching import matching_card
from tasks.domain.ids import prompt_id
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.prompting.script import script_language
from tasks.domain.prompting.template import PLACEHOLDER, template_id
from tasks.domain.recorded.probe import SHORT_ID, RecordedProbe
from tasks.domain.rows import Message

_PLACE = re.compile(r"\{(?:query|question)\}|\[INSERT (?:PROMPT|QUERY|QUESTION)(?: HERE)?\]", re.IGNORECASE)


class IdentityAttack:
    """One probe a row; the target has the name of its card, or of the file where not exactly one card fits."""

    prompt_set = "identity-attack"
    looks_like = f"a folder with {LOGS}/*.jsonl and perhaps {STRICT}/*.csv, a folder of such logs, or one such log"

    def detects(self, path: Path) -> bool:
        """Return whether `path` holds attack logs."""
        return bool(log_files(path))

    def read(self, path: Path) -> Iterator[RecordedProbe]:
        """Yield every row of every log. A template without a place for the question has it appended.

        Raises:
            InputError: a row is broken, lacks a key or a label, or a strict label belongs to no row.
        """
        for _, batches in self.files(path):
            for probes in batches:
                yield from probes

    def files(
        self, path: Path, without: Collection[str] = ()
    ) -> Iterator[tuple[str, Iterator[Iterator[RecordedProbe]]]]:
        """Yield each log with its probes, once all logs and strict labels are read.

        Raises:
            InputError: there are no logs, or two of one model.
            FaultyFiles: as `read_logs`.
        """
        lexicon = lexicons.read_lexicon()
        leading: dict[str, bool] = {}
        for log in read_logs(path, without):
            card = matching_card(log.model)
            model = card.name if card else log.model
            yield str(log.path), iter([_probes(log, model, lexicon, leading)])


def _probes(log: AttackLog, model: str, lexicon: Lexicon, leading: dict[str, bool]) -> Iterator[RecordedProbe]:
    for row in log.rows:
        yield _probe(row, model, lexicon, leading)


def placed(template: str) -> str:
    """Return a template with {question} wherever the question goes."""
    if _PLACE.search(template):
        return _PLACE.sub(PLACEHOLDER, template)
    return f"{template}\n{PLACEHOLDER}"


def _probe(row: AttackRow, model: str, lexicon: Lexicon, leading: dict[str, bool]) -> RecordedProbe:
    template = placed(row.template)
    for text in (template, row.question):
        if text not in leading:
            leading[text] = lexicon.names_vendor_or_model(text)
    question = prompt_id((Message("user", row.question),))
    return RecordedProbe(
        model=model,
        messages=(Message("user", template.replace(PLACEHOLDER, row.question)),),
        reply_text=row.reply,
        prompt_key=f"{template_id(template)[:SHORT_ID]}/{question[:SHORT_ID]}",
        language=script_language(row.question),
        template_text=template,
        template_language=script_language(template.replace(PLACEHOLDER, " ")),
        is_template_leading=leading[template],
        question_text=row.question,
        is_leading=leading[template] or leading[row.question],
        is_contradiction=row.is_loose,
        is_foreign=row.is_strict,
    )


IDENTITY_ATTACK = IdentityAttack()
"""Found by the format's name."""
