"""A bank made of the templates of searches: their choice, and the text of its two files."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.fuzzing.acceptance import EarlierTemplates, Rules
from tasks.domain.prompting.template import template_id
from tasks.domain.prompting.template_card import TemplateLine, TemplateSetCard


@dataclass(frozen=True)
class SearchTemplate:
    """A template of searches, with its numbers of judged and of successful questions over all searches."""

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


def kept_templates(templates: Sequence[SearchTemplate], min_success: float, limit: int | None) -> list[SearchTemplate]:
    """Return the successful templates, the best first; of near duplicates only the best.

    Args:
        templates: the templates of searches, each once.
        min_success: least share of successes; one success is always needed.
        limit: maximum number of templates; None: all.
    """
    rules, earlier, kept = Rules(), EarlierTemplates(), list[SearchTemplate]()
    eligible = [template for template in templates if template.n_success and template.success_share >= min_success]
    for template in sorted(
        eligible, key=lambda template: (-template.success_share, -template.n_judged, template_id(template.text))
    ):
        if earlier.repetition(template.text, rules.near_duplicate) is None:
            earlier = earlier.with_texts([template.text])
            kept.append(template)
    return kept[:limit]


def bank_lines(kept: Sequence[SearchTemplate]) -> list[TemplateLine]:
    """Return the lines of `templates.jsonl`: numbered within each kind and language."""
    n_by_kind: Counter[tuple[str, str]] = Counter()
    lines = []
    for template in kept:
        n_by_kind[template.kind, template.language] += 1
        name = f"{template.kind.replace('_', '-')}-{template.language}-{n_by_kind[template.kind, template.language]}"
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
