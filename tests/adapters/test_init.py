"""`init` writes a folder to begin with, which the other verbs read."""

import os
import pty
import subprocess
import sys

import pytest

from flows.cli import main
from tasks.adapters.inputs import cards
from tasks.adapters.settings import PROJECT
from tests.support.stub_endpoint import StubEndpoint


@pytest.fixture(scope="module")
def endpoint():
    with StubEndpoint() as stub:
        yield stub.base_url


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """Return an empty folder as the current one, where no key is set."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.endswith("_API_KEY") or name == "DISTILLOMETER_DATA"]:
        monkeypatch.delenv(name)
    return tmp_path


def _said(capsys, *arguments: str, code: int = 0) -> str:
    with pytest.raises(SystemExit) as end:
        main.main(list(arguments))
    said = capsys.readouterr()
    assert end.value.code == code, said.err
    return said.err if code else said.out + said.err


def test_folder_is_read_by_the_other_verbs(empty, endpoint, capsys, monkeypatch) -> None:
    said = _said(capsys, "init", "mine", "--base-url", endpoint, "--model", "independent-alpha", "--vendor", "acme")
    assert "lists no model" not in said
    assert "distillometer evaluate mine" in said
    monkeypatch.chdir(empty / "mine")
    card = cards.read_card("mine")
    assert (card.vendor, card.endpoint.served_name, card.endpoint.key_env) == ("acme", "independent-alpha", None)
    assert cards.read_plan("mine")[0].models == ("mine",)
    for kind, path in (("card", "models"), ("plan", "plans")):
        first = (empty / f"mine/data/{path}/mine.toml").read_text().splitlines()[0]
        assert first == f"#:schema {(PROJECT / f'data/schemas/{kind}.schema.json').as_uri()}"
    assert "to be made" in _said(capsys, "plan", "mine", "--home", str(empty / "home"))


def test_keys_that_are_set_bring_models_to_compare_with(empty, endpoint, capsys, monkeypatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k" * 20)
    said = _said(capsys, "init", "mine", "--base-url", endpoint, "--model", "gpt-x", "--key-env", "MY_KEY")
    monkeypatch.chdir(empty / "mine")
    models = cards.read_plan("mine")[0].models
    assert models[0] == "mine"
    assert {cards.read_card(name).vendor for name in models[1:]} == {"anthropic"}
    keys = (empty / "mine/.env.example").read_text()
    assert "MY_KEY=\n" in keys
    assert "ANTHROPIC_API_KEY=\n" in keys
    assert "k" * 20 not in keys + said
    assert cards.read_card("mine").vendor == "openai"


@pytest.mark.fault
def test_nearest_id_is_suggested_where_the_endpoint_lists_no_such_model(empty, endpoint, capsys) -> None:
    said = _said(capsys, "init", "m", "--base-url", endpoint, "--model", "independent-alpa", "--vendor", "acme")
    assert "lists no model 'independent-alpa'. Nearest: independent-alpha" in said


@pytest.mark.fault
def test_endpoint_that_does_not_answer_is_named_and_the_folder_written(empty, capsys) -> None:
    said = _said(capsys, "init", "m", "--base-url", "http://127.0.0.1:9/v1", "--model", "x", "--vendor", "acme")
    assert "it lists no models (" in said
    assert (empty / "m/data/models/m.toml").exists()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["m"], "--base-url: it is not given"),
        (["m", "--base-url", "{url}"], "--model: it is not given"),
        (["m", "--base-url", "{url}", "--model", "zzz"], "--vendor: it is not given"),
        (["m/../x", "--base-url", "{url}"], "key 'name'"),
        (["m", "--base-url", "http://example.com/v1"], "unencrypted"),
    ],
    ids=["no address", "no model", "no vendor", "bad name", "address without encryption"],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(empty, endpoint, capsys, arguments, expected) -> None:
    assert expected in _said(capsys, "init", *(one.format(url=endpoint) for one in arguments), code=2)
    assert list(empty.iterdir()) == []


@pytest.mark.fault
def test_well_known_key_that_would_go_elsewhere_is_warned_of(empty, capsys) -> None:
    arguments = ["--base-url", "http://127.0.0.1:9/v1", "--model", "gpt-x", "--key-env", "OPENAI_API_KEY"]
    assert "the key in OPENAI_API_KEY goes to 127.0.0.1" in _said(capsys, "init", "m", *arguments)


@pytest.mark.fault
def test_nothing_is_overwritten(empty, endpoint, capsys) -> None:
    arguments = ["init", "m", "--base-url", endpoint, "--model", "independent-alpha", "--vendor", "acme"]
    _said(capsys, *arguments)
    before = (empty / "m/data/models/m.toml").read_bytes()
    assert "it is there already" in _said(capsys, *arguments[:-1], "other", code=2)
    assert (empty / "m/data/models/m.toml").read_bytes() == before


def test_on_a_terminal_it_asks_for_what_is_missing(empty, endpoint) -> None:
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "flows.cli.main", "init", "m", "--base-url", endpoint]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    os.write(controller, b"independent-beta\nacme\n")
    done = subprocess.run(command, cwd=empty, env=environment, stdin=terminal, capture_output=True, text=True)
    os.close(controller)
    os.close(terminal)
    assert done.returncode == 0, done.stderr
    assert "(independent-alpha, independent-beta)" in done.stdout
    assert 'served_name = "independent-beta"' in (empty / "m/data/models/m.toml").read_text()
