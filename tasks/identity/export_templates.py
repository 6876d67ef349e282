"""Templates of searches -> a template set for banks; calls no model, and only reads the warehouse."""

from dataclasses import dataclass
from pathlib import Path

from tasks.adapters.inputs import lexicons
from tasks.adapters.inputs.templates import read_template_set, template_set_names
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import banks, store
from tasks.domain.errors import InputError
from tasks.domain.prompting.template_bank import kept_templates
from tasks.domain.prompting.template_card import TemplateSetCard


@dataclass(frozen=True)
class BankRequest:
    """The options of the command for a new bank. `searches` may be prefixes of ids; none: all searches."""

    name: str
    version: str = "1.0.0"
    searches: tuple[str, ...] = ()
    min_success: float = 0.1
    limit: int | None = None


@dataclass(frozen=True)
class ExportedBank:
    """A bank that was written, and the number of candidate templates."""

    card: TemplateSetCard
    folder: Path
    n_candidates: int
    n_leading: int


def export_templates(request: BankRequest, home: Home) -> ExportedBank:
    """Write the bank and return it.

    Raises:
        InputError: no search or no template fits, the set is there already, or name or version is not one.
        WorldError: the folder can't be written.
    """
    banks.require_free_name(request.name, request.version)
    with store.reading(home) as snapshot:
        searches = banks.chosen_searches(snapshot, list(request.searches))
        candidates = banks.searched_templates(snapshot, searches, lexicons.read_lexicon())
    chosen = kept_templates(candidates, request.min_success, request.limit)
    if not chosen:
        raise InputError(
            f"none of {len(candidates)} templates succeeded with at least {request.min_success:g} of the questions.",
            where="--min-success",
            remedy="Lower it, or search on with more --calls.",
        )
    seeds = [name for name in sorted(set(searches["template_set"])) if name in template_set_names()]
    cards = [read_template_set(name)[0] for name in seeds]
    fields = {
        "name": request.name,
        "version": request.version,
        "purpose": (
            f"Templates that searches of {', '.join(sorted(set(searches['target'])))} found: each succeeded with at "
            f"least {request.min_success:g} of the questions. `is_leading`: the text itself names a vendor or model."
        ),
        "author": " and ".join(["distillometer templates freeze", *dict.fromkeys(card.author for card in cards)]),
        "licence": " AND ".join(dict.fromkeys(card.licence for card in cards)) or "unknown",
        "searches": tuple(searches["search_id"]),
    }
    card, folder = banks.write_bank(fields, chosen)
    return ExportedBank(card, folder, len(candidates), sum(template.is_leading for template in chosen))
