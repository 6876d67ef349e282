"""Schema of model cards. Frozen; an unknown key is an error."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from tasks.domain.base_url import checked_base_url, is_loopback, require_encrypted
from tasks.domain.ids import content_id
from tasks.domain.nesting import MOST_LEVELS, is_too_deep
from tasks.domain.one_line import one_line
from tasks.domain.rows import Lineage

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+@-]{0,119}$")]
"""A name that is safe as a file name, a column value and an argument."""

Released = Annotated[str, Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]
"""A date, as exactly as it is known: YYYY, YYYY-MM or YYYY-MM-DD."""

LineageRole = Literal["independent", "undocumented", "student", "control", "derived", "variant", "adversary"]
Attribute = Literal["name", "maker", "parent_company", "country", "model_family", "base_technology", "knowledge_cutoff"]


class Strict(BaseModel):
    """Frozen; unknown keys are errors, and no number is infinite or NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), allow_inf_nan=False)


OneLine = Annotated[str, AfterValidator(one_line)]
"""A text that is not blank and that no control character divides."""

SENT_BY_US = ("messages", "model", "stream")
"""Keys of a call that no `extra_body` sets: they decide what is asked of whom, and how the answer comes."""


def _sendable(body: dict[str, Any]) -> dict[str, Any]:
    """Return what is added to a call, if JSON can hold it and it changes neither model nor messages."""
    if taken := sorted(set(SENT_BY_US) & set(body)):
        raise ValueError(f"it sets {', '.join(taken)}, which the card and the prompt set")
    if is_too_deep(body):
        raise ValueError(f"it is nested more than {MOST_LEVELS} levels deep")
    if any(isinstance(value, float) and not isfinite(value) for value in _leaves(body)):
        raise ValueError("it holds a number that is infinite or NaN, which JSON has not")
    return body


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield value


class Facts(Strict):
    """The true identity of the model; an omitted fact is unknown and is never judged."""

    name: str | None = None
    maker: str | None = None
    parent_company: str | None = None
    country: str | None = None
    model_family: str | None = None
    base_technology: str | None = None
    knowledge_cutoff: str | None = None


class LineageFacts(Strict):
    """The documented teachers of the model; `group` joins snapshots of one teacher."""

    group: str | None = None
    """Snapshots of one teacher have one group: verdicts are about groups."""
    family: str | None = None
    """Models of one family are kin, and no evidence about one another."""
    role: LineageRole | None = None
    """What is documented: independent models make the null, students are known to have learned from others."""
    learned_from: tuple[str, ...] = ()
    """Groups whose replies it was trained on, as its maker documents."""
    parent: str | None = None
    certainty: Literal["high", "medium", "low"] | None = None
    base: str | None = None
    """The model or group from whose weights it was trained: models of one base are siblings."""
    released: Released | None = None
    """Release date: a candidate released after a target can't have taught it."""


class HostedEndpoint(Strict):
    """A server that speaks OpenAI's chat completions protocol."""

    provider: Literal["openai_compatible"]
    allow_http: bool = False
    """Whether `base_url` may be http:// to another machine, where whoever is on the way can read the key."""
    base_url: Annotated[str, AfterValidator(checked_base_url)]
    served_name: OneLine
    """What the endpoint calls the model, as its list of models has it."""
    key_env: OneLine | None = None
    """Name of the environment variable that holds the key; None for servers without keys."""
    batch: bool = False
    """Whether requests go as files through the provider's batch endpoint, which answers within a day for less."""

    @field_validator("base_url")
    @classmethod
    def _is_encrypted(cls, base_url: str, fields: ValidationInfo) -> str:
        if not fields.data.get("allow_http", False):
            require_encrypted(base_url)
        return base_url

    def identity(self) -> dict[str, Any]:
        """Return the identity of the endpoint, without its key."""
        return {"base_url": self.base_url.rstrip("/"), "served_name": self.served_name}


_PACKAGE = r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$"


def _inner_path(part: str) -> str:
    """Return a path `package/file`, which leads nowhere else than into the package."""
    module, *inner = part.split("/")
    if not module.isidentifier() or not inner or not all(re.fullmatch(r"\w[\w.+ -]*", name) for name in inner):
        raise ValueError("it is no path of a file within a package, such as 'package/data/part-1.bin'")
    return part


class LocalGguf(Strict):
    """A GGUF file that llama.cpp serves on loopback: a path, or parts inside an installed Python package."""

    provider: Literal["llama_cpp"]
    gguf_path: OneLine | None = None
    gguf_package: Annotated[str, Field(pattern=_PACKAGE)] | None = None
    gguf_parts: tuple[Annotated[str, AfterValidator(_inner_path)], ...] = ()
    """Files as `package/path`, joined in this order where there are several."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    context_tokens: Annotated[int, Field(ge=256)] = 4096
    n_threads: Annotated[int, Field(ge=1)] | None = None
    chat_template: str | None = None
    """Jinja template for weights that bring none, such as base models."""

    @model_validator(mode="after")
    def _one_source(self) -> "LocalGguf":
        if (self.gguf_path is None) == (not self.gguf_parts):
            raise ValueError("give either gguf_path, or gguf_package with gguf_parts")
        if self.gguf_parts and self.gguf_package is None:
            raise ValueError("gguf_parts needs gguf_package, the name to install the files by")
        return self

    def identity(self) -> dict[str, Any]:
        """Return the identity of the model: its weights and its template, not its port or threads."""
        weights = self.sha256 or self.gguf_path or [self.gguf_package, *self.gguf_parts]
        return {"weights": weights, "chat_template": self.chat_template}


class Sampling(Strict):
    """Sampling parameters; None means the endpoint's own default and is not sent."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    """For endpoints that refuse `max_tokens`; a plan's `max_tokens` is sent under this name there."""
    seed: int | None = None
    """The first sample's seed; sample n has seed + n, so samples differ."""
    stop: tuple[str, ...] | None = None
    extra_body: Annotated[dict[str, Any], AfterValidator(_sendable)] = {}

    def over(self, card: "Sampling") -> "Sampling":
        """Return `card` with the values that are set here."""
        changes = self.model_dump(exclude_none=True, exclude={"extra_body"})
        if "max_tokens" in changes and card.max_completion_tokens is not None:
            changes["max_completion_tokens"] = changes.pop("max_tokens")
        return card.model_copy(update={**changes, "extra_body": {**card.extra_body, **self.extra_body}})

    def for_sample(self, sample: int) -> dict[str, Any]:
        """Return the parameters to send for sample number `sample`."""
        sent = self.model_dump(mode="json", exclude_none=True)
        if not sent["extra_body"]:
            del sent["extra_body"]
        if self.seed is not None:
            sent["seed"] = self.seed + sample
        return sent


class Limits(Strict):
    """Limits on the load of the endpoint."""

    concurrency: Annotated[int, Field(ge=1, le=1024)] = 4
    """The most calls in flight, or batch jobs at once."""
    requests_per_minute: Annotated[float, Field(ge=0.01)] | None = None
    timeout_s: Annotated[float, Field(gt=0, le=86_400)] = 120.0
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 6


def _iso_date(value: Any) -> Any:
    """Return a date as it is, and the date of a text YYYY-MM-DD; pydantic would take numbers for dates as well."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(f"it is {value!r}, and no date like 2026-11-24")
    return date.fromisoformat(value)


class Price(Strict):
    """US dollars per million tokens, with the day on which the price was read."""

    input_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    output_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    as_of: Annotated[date, BeforeValidator(_iso_date)]
    batch_share: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of these prices that a request through the batch endpoint costs."""

    def of_batch_job(self) -> "Price":
        """Return the price of requests through the batch endpoint."""
        amounts = {"input_usd": self.input_usd, "output_usd": self.output_usd}
        return self.model_copy(update={name: self.batch_share * usd for name, usd in amounts.items()})


FREE = Price(input_usd=0, output_usd=0, as_of=date(1970, 1, 1))
"""Price of local weights, and of an endpoint on loopback whose card has no price."""


class ModelCard(Strict):
    """One model: its endpoint, vendor, lineage and facts. One TOML file, named as the model."""

    name: Name
    vendor: OneLine
    """Who made it: models of one vendor are kin. Take the id of the lexicon, where it has one."""
    stage: Literal["base", "aligned"] = "aligned"
    weights: Literal["open", "closed"] = "closed"
    base_model: str | None = None
    system_prompt: str | None = None
    """Sent before every prompt; part of what determines the replies."""
    endpoint: HostedEndpoint | LocalGguf = Field(discriminator="provider")
    lineage: LineageFacts = LineageFacts()
    facts: Facts = Facts()
    sampling: Sampling = Sampling()
    limits: Limits = Limits()
    price: Price | None = None
    structured_output: bool = False
    """The endpoint accepts `response_format` with a JSON schema; judges then send one."""

    @property
    def fingerprint(self) -> str:
        """Hash of what determines the replies: endpoint and system prompt. Limits, price and facts are no part."""
        return content_id("model", self.name, self.endpoint.identity(), self.system_prompt)

    @property
    def is_batched(self) -> bool:
        """Whether requests go through the provider's batch endpoint."""
        return isinstance(self.endpoint, HostedEndpoint) and self.endpoint.batch

    @property
    def call_price(self) -> Price | None:
        """What calls cost: the card's price, or its share for the batch endpoint; None where the price is unknown.

        `FREE` for what this machine serves.
        """
        if self.price is None and (isinstance(self.endpoint, LocalGguf) or is_loopback(self.endpoint.base_url)):
            return FREE
        return self.price.of_batch_job() if self.price is not None and self.is_batched else self.price

    def as_lineage(self) -> Lineage:
        """Return the card's lineage as a row; the default group is the model's name, the default family its vendor."""
        return Lineage(
            model=self.name,
            vendor=self.vendor,
            candidate_group=self.lineage.group or self.name,
            family=self.lineage.family or self.vendor,
            role=self.lineage.role,
            learned_from=self.lineage.learned_from,
            parent=self.lineage.parent,
            certainty=self.lineage.certainty,
            base=self.lineage.base or self.base_model,
            released=self.lineage.released,
        )

    def as_row(self, at: datetime) -> dict[str, Any]:
        """Return a row of `raw.model`: the card as it is at `at`."""
        return {
            "model": self.name,
            "fingerprint": self.fingerprint,
            "source": "card",
            "stage": self.stage,
            "weights": "open" if isinstance(self.endpoint, LocalGguf) else self.weights,
            "base_model": self.base_model,
            "input_usd": self.call_price.input_usd if self.call_price else None,
            "output_usd": self.call_price.output_usd if self.call_price else None,
            "card_text": self.model_dump_json(exclude_defaults=True),
            "registered_at": at,
        }
