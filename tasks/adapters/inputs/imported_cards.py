"""Cards written from lists of models: address, price and context as listed, the vendor as the lexicon has it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tasks.adapters import settings
from tasks.adapters.inputs import data_files, new_project
from tasks.adapters.inputs.card_matching import vendor_named
from tasks.adapters.inputs.model_lists import ListedModel, read_list
from tasks.adapters.inputs.tomlfiles import parsed_toml
from tasks.adapters.warehouse import whole_files
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError, WorldError
from tasks.domain.suggestions import unknown_name

MOST = 100
"""The most cards that are written at a time, against a table of thousands that was meant to be searched."""


@dataclass(frozen=True)
class ImportedCard:
    """What became of one listed model: the path of its card, or the reason why none was written."""

    listed: ListedModel
    name: str
    vendor: str | None
    path: Path | None
    reason: str | None


def import_cards(
    source: str, patterns: Sequence[str], base_url: str | None = None, vendor: str | None = None
) -> list[ImportedCard]:
    """Write a card for each listed model that a pattern fits, and return what became of each.

    Cards that are there already stay as they are. Lineage is not written: lists don't say what a model learned from.

    Args:
        source: a file or URL, as `read_list` takes it.
        patterns: names or shell patterns of models; empty: all of the list.
        base_url: address of the models; None: what the list, or the provider that it names, has.
        vendor: who made them; None: as the lexicon says.

    Raises:
        InputError: the source is no list, no model fits, or too many do.
        WorldError: the URL does not answer, or a card can't be written.
    """
    listed = read_list(source)
    chosen = [one for one in listed if not patterns or any(fnmatchcase(one.served_name, each) for each in patterns)]
    if not chosen:
        raise unknown_name("model", patterns[0] if patterns else "", [one.served_name for one in listed], source)
    if len(chosen) > MOST:
        raise InputError(
            f"{len(chosen)} models fit, and at most {MOST} cards are written at a time.",
            where=source,
            remedy="Name those you want, such as 'gpt-*'.",
        )
    return [_import(one, base_url or one.base_url, vendor) for one in chosen]


def _import(listed: ListedModel, base_url: str | None, vendor: str | None) -> ImportedCard:
    name = re.sub(r"[^A-Za-z0-9._:+@-]+", "-", listed.served_name.rpartition("/")[2]).strip("-._:+@")[:120]
    maker = vendor or vendor_named(name) or vendor_named(listed.served_name.replace("/", " "))
    path = settings.data_dir() / data_files.CARDS.format(name)
    reason = None
    if base_url is None:
        reason = f"no address is known of {listed.provider or 'its provider'}: give --base-url"
    elif maker is None:
        reason = "the lexicon does not know who made it: give --vendor"
    elif path.exists():
        reason = "there is a card already"
    if reason is not None or base_url is None or maker is None:
        return ImportedCard(listed, name, maker, None, reason)
    key = new_project.usual_key(name, base_url)
    text = new_project.card_text(
        new_project.NewModel(name, base_url, listed.served_name, maker, key), _price(listed), _comments(listed)
    )
    parsed_toml(text, path, ModelCard)
    try:
        whole_files.write(path, text.encode())
    except OSError as error:
        raise WorldError(f"the card can't be written: {error.strerror}.", where=str(path)) from error
    return ImportedCard(listed, name, maker, path, None)


def _price(listed: ListedModel) -> str | None:
    if listed.input_usd is None or listed.output_usd is None:
        return None
    day = settings.now().date().isoformat()
    return f'[price]\ninput_usd = {listed.input_usd!r}\noutput_usd = {listed.output_usd!r}\nas_of = "{day}"\n'


def _comments(listed: ListedModel) -> list[str]:
    """Return what the list says besides, for which a card has no key."""
    tokens = {"Context": listed.context_tokens, "Longest answer": listed.output_tokens}
    return [f"{what}: {number} tokens." for what, number in tokens.items() if number is not None]
