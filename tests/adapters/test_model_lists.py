"""Cards from lists that others keep; all lists here are invented."""

import json

import pytest

from flows.cli import main
from tasks.adapters.inputs import cards, imported_cards, model_lists
from tasks.adapters.settings import now
from tasks.domain.errors import InputError
from tests.support.stub_endpoint import StubEndpoint

LITELLM = {
    "sample_spec": {"litellm_provider": "one of the providers", "mode": "chat", "input_cost_per_token": 0.0},
    "gpt-9-tiny": {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 1.1e-06,
        "output_cost_per_token": 4.4e-06,
        "max_input_tokens": 200000,
        "max_output_tokens": 100000,
    },
    "deepseek/deepseek-v9": {"litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token": 2.7e-07},
    "text-embedding-9": {"litellm_provider": "openai", "mode": "embedding", "input_cost_per_token": 1e-08},
    "bedrock/zzz.claude-9": {"litellm_provider": "bedrock", "mode": "chat", "input_cost_per_token": 3e-06},
    "groq/zzzz-1b": {"litellm_provider": "groq", "mode": "chat"},
}
OPENROUTER = {
    "data": [
        {
            "id": "meta-llama/llama-9-8b-instruct:free",
            "created": 1727222400,
            "context_length": 131072,
            "pricing": {"prompt": "0.000000005", "completion": "0.00000001"},
        },
        {
            "id": "openrouter/auto",
            "created": 1,
            "context_length": 2000000,
            "pricing": {"prompt": "-1", "completion": "-1"},
        },
    ]
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Return a data folder of one's own, which is empty."""
    monkeypatch.setenv("DISTILLOMETER_DATA", str(tmp_path / "mine"))
    return tmp_path


def _list(folder, content) -> str:
    path = folder / "list.json"
    path.write_text(json.dumps(content))
    return str(path)


def test_litellm_table_gives_chat_models_with_price_and_context(own) -> None:
    done = {one.name: one for one in imported_cards.import_cards(_list(own, LITELLM), [])}
    assert set(done) == {"gpt-9-tiny", "deepseek-v9", "zzz.claude-9", "zzzz-1b"}
    card = cards.read_card("gpt-9-tiny")
    assert (card.vendor, card.endpoint.base_url, card.endpoint.key_env) == (
        "openai",
        "https://api.openai.com/v1",
        "OPENAI_API_KEY",
    )
    assert (card.price.input_usd, card.price.output_usd, card.price.as_of) == (1.1, 4.4, now().date())
    assert "# Context: 200000 tokens.\n" in done["gpt-9-tiny"].path.read_text()
    assert cards.read_card("deepseek-v9").endpoint.served_name == "deepseek-v9"
    assert cards.read_card("deepseek-v9").price is None
    assert done["zzz.claude-9"].reason == "no address is known of bedrock: give --base-url"
    assert done["zzzz-1b"].reason == "the lexicon does not know who made it: give --vendor"


def test_lineage_is_never_written(own) -> None:
    for one in imported_cards.import_cards(_list(own, LITELLM), [], vendor="acme"):
        if one.path:
            assert cards.read_card(one.name).lineage == type(cards.read_card(one.name).lineage)()


def test_openrouter_list_gives_prices_and_no_release_date(own) -> None:
    [done] = imported_cards.import_cards(_list(own, OPENROUTER), ["meta-llama/*"])
    card = cards.read_card("llama-9-8b-instruct:free")
    assert done.vendor == card.vendor == "meta"
    assert card.endpoint.served_name == "meta-llama/llama-9-8b-instruct:free"
    assert (card.price.input_usd, card.price.output_usd) == (0.005, 0.01)
    assert card.lineage.released is None
    [auto] = [one for one in model_lists.read_list(_list(own, OPENROUTER)) if one.served_name == "openrouter/auto"]
    assert auto.input_usd is None


def test_endpoint_is_asked_for_its_models(own, capsys) -> None:
    with StubEndpoint() as stub, pytest.raises(SystemExit) as end:
        main.main(["models", "import", f"{stub.base_url}/models", "independent-a*", "--vendor", "acme", "--json"])
    assert end.value.code == 0
    [row] = json.loads(capsys.readouterr().out)["tables"][0]["rows"]
    assert row["model"] == "independent-alpha"
    card = cards.read_card("independent-alpha")
    assert (card.endpoint.base_url, card.endpoint.key_env) == (stub.base_url, None)


@pytest.mark.fault
def test_card_that_is_there_stays_as_it_is(own) -> None:
    source = _list(own, LITELLM)
    [first] = imported_cards.import_cards(source, ["gpt-9-tiny"])
    first.path.write_text("mine")
    [again] = imported_cards.import_cards(source, ["gpt-9-tiny"])
    assert again.reason == "there is a card already"
    assert first.path.read_text() == "mine"


@pytest.mark.fault
@pytest.mark.parametrize(
    ("content", "patterns", "expected"),
    [
        ({"a": 1}, [], "no list of models"),
        ([1], [], "no list of models"),
        (LITELLM, ["gpt-9-tinny"], "Near to it: gpt-9-tiny"),
        ({"data": [{"id": f"m{n}"} for n in range(101)]}, [], "101 models fit"),
    ],
    ids=["other json", "list", "unknown model", "too many"],
)
def test_what_can_not_be_imported_is_named(own, content, patterns, expected) -> None:
    with pytest.raises(InputError, match=expected):
        imported_cards.import_cards(_list(own, content), patterns)
    assert not (own / "mine").exists()


@pytest.mark.fault
def test_list_over_an_open_connection_is_refused(own) -> None:
    with pytest.raises(InputError, match="unencrypted"):
        model_lists.read_list("http://example.com/v1/models")
