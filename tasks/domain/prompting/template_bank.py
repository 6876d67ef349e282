"""A bank out of what searches found: which templates it takes, and the text of its two files."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.fuzzing.acceptance import Rules, Seen
from tasks.domain.prompting.template import template_id
from tasks.domain.prompting.template_card import TemplateLine, TemplateSetCard


@dataclass(frozen=True)
class FoundTemplate:
    """A template that searches asked, with the questions that were judged and that succeeded, over all of them."""

    text: str
    language: str
    kind: str
    is_leading: bool
    n_judged: int
    n_success: int

    @property
    def success_share(self) -> float:
        """Share of the judged questions that succeeded; 0 where none was judged."""
        return self.n_success / self.n_judged if self.n_judged else 0.0


def kept_templates(found: Sequence[FoundTemplate], min_success: float, limit: int | None) -> list[FoundTemplate]:
    """Return what succeeded, the best first; of near duplicates only the best.

    Args:
        found: templates, each once.
        min_success: least share of successes; one success is always needed.
        limit: the most templates to keep; None: all.
    """
    rules, seen, kept = Rules(), Seen(), list[FoundTemplate]()
    able = [template for template in found if template.n_success and template.success_share >= min_success]
    for template in sorted(able, key=lambda one: (-one.success_share, -one.n_judged, template_id(one.text))):
        if seen.repetition(template.text, rules.near_duplicate) is None:
            seen = seen.plus([template.text])
            kept.append(template)
    return kept[:limit]


def bank_lines(kept: Sequence[FoundTemplate]) -> list[TemplateLine]:
    """Return the lines of `templates.jsonl`: numbered within each kind and language."""
    n_seen: Counter[tuple[str, str]] = Counter()
    lines = []
    for template in kept:
        n_seen[template.kind, template.language] += 1
        name = f"{template.kind.replace('_', '-')}-{template.language}-{n_seen[template.kind, template.language]}"
        lines.append(
            TemplateLine(
                id=name,
                language=template.language,
                kind=template.kind,
                text=template.text,
                is_leading=template.is_leading,
            )
        )
    return lines


def lines_text(lines: Sequence[TemplateLine]) -> str:
    """Return `templates.jsonl`."""
    return "".join(json.dumps(line.model_dump(), ensure_ascii=False) + "\n" for line in lines)


def card_text(card: TemplateSetCard) -> str:
    """Return `card.toml`; JSON's strings, numbers and lists of strings are TOML's as well."""
    rows = card.model_dump(mode="json").items()
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in rows)
