"""A card's fingerprint says who answers: what changes the answers changes it, what does not leaves it."""

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from tasks.adapters.inputs import cards
from tasks.domain.card import FREE, LineageFacts, ModelCard, Sampling
from tasks.domain.errors import InputError
from tasks.domain.prompting.prompt_set import PromptLine, PromptSetCard

HOSTED = {"provider": "openai_compatible", "base_url": "http://localhost:1/v1", "served_name": "m"}
LOCAL = {"provider": "llama_cpp", "gguf_path": "weights.gguf"}


def card(**changes: Any) -> ModelCard:
    return ModelCard.model_validate({"name": "m", "vendor": "v", "endpoint": HOSTED} | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"vendor": "other"},
        {"stage": "base", "weights": "open", "base_model": "b"},
        {"limits": {"concurrency": 9, "requests_per_minute": 5, "timeout_s": 1, "max_attempts": 2}},
        {"price": {"input_usd": 1, "output_usd": 2, "as_of": "2026-01-01"}},
        {"lineage": {"group": "g", "family": "f", "role": "student", "learned_from": ["t"], "certainty": "low"}},
        {"facts": {"name": "x", "maker": "y"}},
        {"sampling": {"temperature": 1.0}},
        {"endpoint": HOSTED | {"key_env": "KEY"}},
        {"endpoint": HOSTED | {"base_url": "http://localhost:1/v1/"}},
        {"endpoint": HOSTED | {"allow_http": True}},
        {"endpoint": HOSTED | {"batch": True}},
    ],
)
def test_fingerprint_stays(changes) -> None:
    assert card(**changes).fingerprint == card().fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "n"},
        {"system_prompt": "Be brief."},
        {"system_prompt": ""},
        {"endpoint": HOSTED | {"served_name": "other"}},
        {"endpoint": HOSTED | {"base_url": "http://localhost:2/v1"}},
        {"endpoint": LOCAL},
    ],
)
def test_fingerprint_changes(changes) -> None:
    assert card(**changes).fingerprint != card().fingerprint


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"n_threads": 1, "context_tokens": 512}, True),
        ({"gguf_path": "other.gguf"}, False),
        ({"sha256": "0" * 64}, False),
        ({"chat_template": "{{ x }}"}, False),
    ],
)
def test_fingerprint_of_local_weights(changes, is_same) -> None:
    found = card(endpoint=LOCAL | changes).fingerprint
    assert (found == card(endpoint=LOCAL).fingerprint) == is_same


def test_weights_that_move_stay_the_same_model() -> None:
    places: list[dict[str, Any]] = [{"gguf_path": "a"}, {"gguf_path": "b"}]
    places.append({"gguf_package": "p", "gguf_parts": ["p/a"]})
    found = {card(endpoint={"provider": "llama_cpp", "sha256": "1" * 64} | place).fingerprint for place in places}
    assert len(found) == 1


@pytest.mark.fault
@pytest.mark.parametrize(
    "endpoint",
    [
        {"provider": "llama_cpp"},
        {"provider": "llama_cpp", "gguf_path": "a", "gguf_package": "p", "gguf_parts": ["x"]},
        {"provider": "llama_cpp", "gguf_parts": ["x"]},
        {"provider": "llama_cpp", "gguf_path": "a", "base_url": "http://x"},
        {"provider": "openai_compatible", "served_name": "m"},
        HOSTED | {"base_url": "localhost:1"},
        HOSTED | {"base_url": "http://model_server/v1"},
        HOSTED | {"base_url": "http://model_server/v1", "allow_http": False},
        {"base_url": "ftp://model_server/v1", "allow_http": True}
        | {"provider": "openai_compatible", "served_name": "m"},
        HOSTED | {"provider": "other"},
    ],
)
def test_endpoints_refused(endpoint) -> None:
    with pytest.raises(ValidationError):
        card(endpoint=endpoint)


@pytest.mark.fault
def test_http_to_another_machine_is_asked_for() -> None:
    endpoint = {"served_name": "m", "base_url": "http://model_server/v1", "allow_http": True}
    assert card(endpoint={"provider": "openai_compatible"} | endpoint).endpoint.base_url == "http://model_server/v1"


@pytest.mark.fault
@pytest.mark.parametrize("name", ["", "../m", "a/b", "-x", "a b", "x" * 121, "m\n"])
def test_names_refused(name) -> None:
    with pytest.raises(ValidationError):
        card(name=name)


TEXT = """name = "m"
vendor = "v"
{top}
[endpoint]
provider = "openai_compatible"
base_url = "http://localhost:1/v1"
served_name = "m"
{endpoint}
[limits]
{limits}
"""


@pytest.mark.fault
@pytest.mark.parametrize(
    ("place", "line", "said"),
    [
        (
            "top",
            'system_promt = "x"',
            "m.toml:3: key 'system_promt' is not known (its value is 'x'): did you mean 'system_p",
        ),
        (
            "endpoint",
            'key_evn = "K"',
            "m.toml:8: key 'endpoint.key_evn' is not known (its value is 'K'): did you mean 'key_",
        ),
        (
            "limits",
            "concurency = 2",
            "m.toml:10: key 'limits.concurency' is not known (its value is 2): did you mean 'conc",
        ),
        ("limits", "zzz = 2", "m.toml:10: key 'limits.zzz' is not known (its value is 2): leave it out."),
        ("limits", "concurrency = 2.5", "m.toml:10: key 'limits.concurrency' is 2.5: it should be a valid integer"),
        ("top", "stage = 'tuned'", "m.toml:3: key 'stage' is 'tuned': it should be 'base' or 'aligned'."),
    ],
)
def test_wrong_key_is_named_with_its_line(tmp_path, place, line, said) -> None:
    path = tmp_path / "models/m.toml"
    path.parent.mkdir()
    path.write_text(TEXT.format(**{"top": "", "endpoint": "", "limits": ""} | {place: line}))
    with pytest.raises(InputError) as raised:
        cards.read_card("m", tmp_path)
    assert said in str(raised.value)
    assert "nothing was written" in str(raised.value)


@pytest.mark.fault
def test_each_wrong_key_is_named(tmp_path) -> None:
    path = tmp_path / "models/m.toml"
    path.parent.mkdir()
    path.write_text(TEXT.format(top="vendr = 1", endpoint="", limits="timeout_s = 0\nmax_attempts = 99"))
    with pytest.raises(InputError) as raised:
        cards.read_card("m", tmp_path)
    said = str(raised.value)
    assert f"{path}:3: key 'vendr' is not known" in said
    assert "line 10: key 'limits.timeout_s' is 0: it should be greater than 0" in said
    assert "line 11: key 'limits.max_attempts' is 99" in said


def test_lineage_falls_back_on_name_and_vendor() -> None:
    row = card().as_lineage()
    assert (row.candidate_group, row.family, row.vendor, row.role) == ("m", "v", "v", None)
    facts = LineageFacts(group="g", family="f", role="student", learned_from=("t",), parent="p", certainty="high")
    row = card(lineage=facts).as_lineage()
    assert (row.candidate_group, row.family, row.role, row.learned_from) == ("g", "f", "student", ("t",))
    assert (row.parent, row.certainty) == ("p", "high")


def test_sampling_sends_only_what_is_set() -> None:
    assert Sampling().for_sample(3) == {}
    assert Sampling(stop=("a",), seed=0).for_sample(3) == {"stop": ["a"], "seed": 3}
    assert Sampling().over(Sampling(top_p=0.5)) == Sampling(top_p=0.5)


def test_prompt_line_ends_with_the_user() -> None:
    turn = {"role": "assistant", "content": "x"}
    with pytest.raises(ValidationError, match="role 'assistant', it must be 'user'"):
        PromptLine.model_validate({"id": "p", "messages": [turn]})
    assert (
        PromptLine.model_validate({"id": "p", "messages": [turn, turn | {"role": "user"}]}).messages[0].content == "x"
    )


def test_set_card_wants_a_checksum() -> None:
    made = {
        "name": "s",
        "version": "1.0.0",
        "purpose": "",
        "author": "",
        "licence": "",
        "languages": [],
        "n_prompts": 1,
    }
    with pytest.raises(ValidationError, match="sha256"):
        PromptSetCard.model_validate(made | {"sha256": "A" * 64})
    with pytest.raises(ValidationError, match="version"):
        PromptSetCard.model_validate(made | {"sha256": "a" * 64, "version": "1.0"})


@pytest.mark.parametrize("as_of", ["2026-11", "24.11.2026", "2026-02-30", "20261124", 1_700_000_000, "", None])
def test_the_day_of_a_price_is_an_iso_date(as_of) -> None:
    with pytest.raises(ValidationError, match="as_of"):
        card(price={"input_usd": 1, "output_usd": 2, "as_of": as_of})


@pytest.mark.parametrize(("share", "usd"), [({}, (0.5, 1.0)), ({"batch_share": 0.25}, (0.25, 0.5))])
def test_the_batch_endpoint_costs_its_share_of_the_price(share, usd) -> None:
    price = {"input_usd": 1, "output_usd": 2, "as_of": "2026-11-24"} | share
    batched = card(endpoint=HOSTED | {"batch": True}, price=price)
    assert batched.call_price is not None
    assert (batched.call_price.input_usd, batched.call_price.output_usd) == usd
    row = batched.as_row(datetime(2026, 11, 24))
    assert (row["input_usd"], row["output_usd"]) == usd
    single = card(price=price).call_price
    assert single is not None
    assert (single.input_usd, single.output_usd) == (1, 2)
    assert card(endpoint=HOSTED | {"batch": True}).call_price == FREE


@pytest.mark.parametrize("usd", [-0.1, float("inf"), float("nan")])
def test_a_price_is_finite_and_not_negative(usd) -> None:
    with pytest.raises(ValidationError, match="output_usd"):
        card(price={"input_usd": 1, "output_usd": usd, "as_of": "2026-11-24"})


@pytest.mark.parametrize(
    ("endpoint", "is_free"),
    [
        (LOCAL, True),
        *((HOSTED | {"base_url": f"http://{host}/v1"}, True) for host in ("localhost:1", "127.0.0.9", "[::1]:8000")),
        *(
            (HOSTED | {"base_url": f"https://{host}/v1"}, False)
            for host in ("10.0.0.7", "localhost.example.com", "a.b")
        ),
    ],
)
def test_what_this_machine_serves_is_free_unless_its_card_has_a_price(endpoint, is_free) -> None:
    without, price = card(endpoint=endpoint), {"input_usd": 1, "output_usd": 2, "as_of": "2026-11-24"}
    assert without.call_price == (FREE if is_free else None)
    priced = card(endpoint=endpoint, price=price).call_price
    assert priced is not None
    assert priced.output_usd == 2
