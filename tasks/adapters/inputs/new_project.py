"""A new folder with a card, a plan and the names of keys, as `init` writes it; nothing is overwritten."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tasks.adapters import extras, settings
from tasks.adapters.inputs import cards, data_files
from tasks.adapters.inputs.tomlfiles import as_model, parsed_toml
from tasks.adapters.secrets import secret
from tasks.adapters.warehouse import whole_files
from tasks.domain.base_url import is_loopback
from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.errors import InputError, WorldError
from tasks.domain.key_hosts import HOSTS_OF_KEYS
from tasks.domain.plan import Plan

INDEPENDENT = "independent"

CARD = """{schema}{comments}\
# How the model is reached, and what is known of it; docs/card.md explains every key.
name = {name}
vendor = {vendor}

[endpoint]
provider = "openai_compatible"
base_url = {base_url}
served_name = {served_name}
{key}
[sampling]
temperature = 0.7
max_tokens = 1024

[limits]
concurrency = 4

# US dollars per million tokens: without a price no paid model is called, unless you allow it.
{price}"""

NO_PRICE = '# [price]\n# input_usd = 0.00\n# output_usd = 0.00\n# as_of = "YYYY-MM-DD"\n'

PLAN = """{schema}\
# What is asked of whom; docs/plan.md explains every key.
name = {name}
# The model under test first; then models to compare it with: {origin}.
# With fewer than 8 independent models there are scores, but no verdict.
models = {models}

[[prompts]]
set = "general"

[embedding]
enabled = {is_embedded}
"""


@dataclass(frozen=True)
class NewModel:
    """What a card needs: where the model is served, under which name, by whom it was made, and its key's variable."""

    name: str
    base_url: str
    served_name: str
    vendor: str
    key_env: str | None

    @property
    def card(self) -> ModelCard:
        """The card. Raises InputError where a value is not allowed."""
        endpoint = {"base_url": self.base_url, "served_name": self.served_name, "key_env": self.key_env}
        row = {"name": self.name, "vendor": self.vendor, "endpoint": {"provider": "openai_compatible", **endpoint}}
        return as_model(row, ModelCard, "init")


def usual_key(name: str, base_url: str) -> str | None:
    """Return the variable of an address's key: the well-known one, else one named as the model; None: this machine."""
    if is_loopback(base_url):
        return None
    named = re.sub(r"[^A-Z0-9]", "_", name.upper())
    return known_key(base_url) or f"{named}_API_KEY"


def known_key(base_url: str) -> str | None:
    """Return the well-known variable of an address's key; None where there is none."""
    host = urlsplit(base_url).hostname or ""
    return next(
        (key for key, hosts in HOSTS_OF_KEYS.items() if any(f".{host}".endswith(f".{one}") for one in hosts)), None
    )


def comparable() -> list[str]:
    """Return the names of the cards of independent models whose key is set here."""
    read = map(cards.read_card, cards.card_names())
    return [card.name for card in read if card.lineage.role == INDEPENDENT and _is_key_set(card)]


def _is_key_set(card: ModelCard) -> bool:
    key = card.endpoint.key_env if isinstance(card.endpoint, HostedEndpoint) else None
    return key is not None and secret(key) is not None


def write(model: NewModel, others: Iterable[str], folder: Path) -> list[Path]:
    """Write card, plan and `.env.example` into `folder`; return the paths.

    Args:
        model: the model under test.
        others: cards of models to compare it with.
        folder: that is not there yet, or has none of the files.

    Raises:
        InputError: a value is not allowed, or a file is there already; nothing was written.
        WorldError: a file can't be written.
    """
    compared = [name for name in others if name != model.name]
    data = folder / "data"
    texts = {
        data / data_files.CARDS.format(model.name): card_text(model),
        data / data_files.PLANS.format(model.name): _plan_text(model.name, compared),
        folder / ".env.example": _keys_text(model, compared),
    }
    card, plan = list(texts)[:2]
    parsed_toml(texts[card], card, ModelCard)
    parsed_toml(texts[plan], plan, Plan)
    if present := [path for path in texts if path.exists()]:
        raise InputError("it is there already.", where=str(present[0]), remedy="Give another NAME, or move it away.")
    for path, text in texts.items():
        try:
            whole_files.write(path, text.encode())
        except OSError as error:
            raise WorldError(f"it can't be written: {error.strerror}.", where=str(path)) from error
    return list(texts)


def card_text(model: NewModel, price: str | None = None, comments: Iterable[str] = ()) -> str:
    """Return the content of a card; `price`: its table, `comments`: sentences above it.

    Raises:
        InputError: a value is not allowed.
    """
    card = model.card
    assert isinstance(card.endpoint, HostedEndpoint)
    key = f"# The name of the variable that holds the key, never the key itself.\nkey_env = {_text(model.key_env)}\n"
    return CARD.format(
        schema=schema_line("card"),
        comments="".join(f"# {comment}\n" for comment in comments),
        price=price or NO_PRICE,
        name=_text(model.name),
        vendor=_text(model.vendor),
        base_url=_text(model.base_url),
        served_name=_text(model.served_name),
        key=key if model.key_env else "",
    )


def _plan_text(name: str, compared: list[str]) -> str:
    found = "those of the shipped cards whose key is set here" if compared else "`distillometer models` lists cards"
    models = "[\n" + "".join(f"    {_text(one)},\n" for one in [name, *compared]) + "]"
    is_embedded = str(extras.is_installed("embed")).lower()
    schema = schema_line("plan")
    return PLAN.format(schema=schema, name=_text(name), origin=found, models=models, is_embedded=is_embedded)


def _keys_text(model: NewModel, compared: list[str]) -> str:
    endpoints = [model.card.endpoint, *(cards.read_card(name).endpoint for name in compared)]
    keys = dict.fromkeys(one.key_env for one in endpoints if isinstance(one, HostedEndpoint) and one.key_env)
    lines = [f"{key}=\n" for key in keys]
    return "".join(["# Keys that the cards name: copy this to .env, fill it in, and `set -a; . ./.env`.\n", *lines])


def schema_line(kind: str) -> str:
    """Return the first line of a card or plan by which editors complete its keys; empty where there is no schema."""
    path = settings.PROJECT / "data" / "schemas" / f"{kind}.schema.json"
    return f"#:schema {path.as_uri()}\n" if path.exists() else ""


def _text(value: str | None) -> str:
    """Return a text as TOML writes it; JSON's way is allowed there."""
    return json.dumps(value, ensure_ascii=False)
