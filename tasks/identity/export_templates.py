"""What searches found -> a template set for banks; nothing is asked, and the warehouse is only read."""

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
    """What the command says of the bank to be made. `searches` may be beginnings of ids; none: all searches."""

    name: str
    version: str = "1.0.0"
    searches: tuple[str, ...] = ()
    min_success: float = 0.1
    limit: int | None = None


@dataclass(frozen=True)
class ExportedBank:
    """A bank that was written, and of how many templates it was chosen."""

    card: TemplateSetCard
    folder: Path
    n_asked: int
    n_leading: int


def export_templates(wanted: BankRequest, home: Home) -> ExportedBank:
    """Write the bank and return what it holds.

    Raises:
        InputError: no search or no template fits, the set is there already, or name or version is not one.
        WorldError: the folder can't be written.
    """
    banks.require_free_name(wanted.name, wanted.version)
    with store.reading(home) as snapshot:
        searches = banks.chosen_searches(snapshot, list(wanted.searches))
        found = banks.searched_templates(snapshot, searches, lexicons.read_lexicon())
    kept = kept_templates(found, wanted.min_success, wanted.limit)
    if not kept:
        raise InputError(
            f"none of {len(found)} templates succeeded with at least {wanted.min_success:g} of the questions.",
            where="--min-success",
            remedy="Lower it, or search on with more --calls.",
        )
    seeds = [name for name in sorted(set(searches["template_set"])) if name in template_set_names()]
    cards = [read_template_set(name)[0] for name in seeds]
    told = {
        "name": wanted.name,
        "version": wanted.version,
        "purpose": (
            f"Templates that searches of {', '.join(sorted(set(searches['target'])))} found: each succeeded with at "
            f"least {wanted.min_success:g} of the questions. `is_leading`: the text itself names a vendor or model."
        ),
        "author": " and ".join(["distillometer bank freeze", *dict.fromkeys(card.author for card in cards)]),
        "licence": " AND ".join(dict.fromkeys(card.licence for card in cards)) or "unknown",
        "searches": tuple(searches["search_id"]),
    }
    card, folder = banks.write_bank(told, kept)
    return ExportedBank(card, folder, len(found), sum(template.is_leading for template in kept))
