"""`check` and `bank`: one model against a reference bank, from its recorded replies or by asking it."""

import json

import numpy as np
import pytest

from tasks.adapters.inputs import bank_files, cards
from tasks.adapters.settings import Home
from tasks.domain.bank.building import build
from tasks.domain.pairwise.engine import PromptTexts
from tasks.domain.pairwise.tokens import common_words
from tasks.domain.rows import Prompt
from tasks.domain.verdict.population import DocumentedModel
from tests.support import personas
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.flow

N_PROMPTS = 60
TEACHERS = [f"independent-{name}" for name in ("alpha", "beta", "delta", "gamma", "kappa", "lambda", "omega", "sigma")]
TEACHERS += ["independent-tau", "independent-zeta"]
STUDENT, STRANGER = "copies-alpha-at-80", "independent-stranger"


def reply(model: str, prompt: Prompt, seed: int = 1) -> str:
    return personas.reply(model, [{"role": turn.role, "content": turn.content} for turn in prompt.messages], seed)


@pytest.fixture(scope="module")
def bank():
    prompts = cards.read_prompt_set("general")[1][:N_PROMPTS]
    models = [DocumentedModel(name, name, name, name, "independent", True, True, True) for name in TEACHERS]
    asked = [
        PromptTexts(
            [reply(name, prompt) for name in TEACHERS], np.arange(len(TEACHERS)), prompt.prompt_id, prompt.prompt_set
        )
        for prompt in prompts
    ]
    common = common_words(text for one in asked for text in one.texts)
    return build("stubs", "ten stub models", models, frozenset(common), [asked])


@pytest.fixture
def bench(tmp_path, bank) -> Workbench:
    made = Workbench(tmp_path)
    bank_files.write(bank, made.home / "banks" / "stubs.parquet")
    return made


def test_a_student_that_is_asked_is_found_and_nothing_is_asked_twice(served, bench) -> None:
    with StubEndpoint() as stub:
        bench.card(STUDENT, stub.base_url)
        first = bench.run("check", STUDENT, "--bank", "stubs", "--prompts", "55", "--allow-unknown-prices")
        assert first.returncode == 0, first.stderr
        assert len(stub.calls) == 55
        assert "is found with probability" in first.stdout  # the power, before anything is asked
        assert f"{STUDENT} shares lineage with independent-alpha models" in first.stdout
        assert "Begins as independent-alpha does" in first.stdout
        assert "55 replies to 55 prompts" in first.stdout
        again = bench.run("check", STUDENT, "--bank", "stubs", "--prompts", "60", "--json", "--allow-unknown-prices")
        assert len(stub.calls) == 60
    found = json.loads(again.stdout)
    assert found["verdict"]["candidate_group"] == "independent-alpha"
    assert found["verdict"]["is_positive"]
    assert (found["n_prompts"], found["asked"]["n_replies"]) == (60, 60)
    assert found["shared_starts"][0]["n_words"] > found["shared_starts"][0]["unrelated"]


def test_the_shipped_bank_of_the_demo_is_found_and_used(served, bench) -> None:
    """Three models are no null: it says so, after it has asked each prompt of the bank once."""
    shipped = bank_files.read(bank_files.path_of("demo", Home(bench.home)))
    texts = {prompt.prompt_id: prompt.messages[-1].content for prompt in cards.read_prompt_set("general")[1]}
    assert {prompt.prompt_id for prompt in shipped.prompts} <= set(texts)
    content = bank_files.path_of("demo", Home(bench.home)).read_bytes()
    assert not any(text.encode() in content for text in texts.values())
    with StubEndpoint() as stub:
        bench.card(STRANGER, stub.base_url)
        done = bench.run("check", STRANGER, "--bank", "demo", "--allow-unknown-prices")
        assert done.returncode == 0, done.stderr
        asked = [call.messages[-1]["content"] for call in stub.calls]
    assert sorted(asked) == sorted(texts[prompt.prompt_id] for prompt in shipped.prompts)
    assert "no verdict can be reached" in done.stdout
    assert "24 prompts of 24 compared" in done.stdout


def _rows(bank, *models: str) -> list[dict[str, str]]:
    prompts = {prompt.prompt_id: prompt for prompt in cards.read_prompt_set("general")[1]}
    asked = [prompts[one.prompt_id] for one in bank.prompts if len(prompts[one.prompt_id].messages) == 1]
    return [
        {"model": model, "prompt": prompt.messages[-1].content, "reply": reply(model, prompt)}
        for model in models
        for prompt in asked
    ]


def test_models_of_a_home_are_held_against_a_bank(served, bench, bank) -> None:
    """What the bank holds is no target; p over targets is that of those that are."""
    path = bench.root / "replies.jsonl"
    rows = [*_rows(bank, STUDENT, STRANGER, TEACHERS[0]), {"model": "silent", "prompt": "Else?", "reply": "Yes."}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert bench.run("ingest", str(path)).returncode == 0
    before = bench.home.joinpath("warehouse.duckdb").read_bytes()
    done = bench.run("score", "--bank", "stubs")
    assert done.returncode == 0, done.stderr
    assert f"{STUDENT} shares lineage with independent-alpha models" in done.stdout
    assert f"No lineage found for {STRANGER}" in done.stdout
    assert f"In the bank itself, and not asked about: {TEACHERS[0]}" in done.stdout
    assert "Without a reply to its prompts: silent" in done.stdout
    assert bench.home.joinpath("warehouse.duckdb").read_bytes() == before

    [table] = json.loads(bench.run("score", "--bank", "stubs", "--json").stdout)["tables"]
    found = {row["target"]: row for row in table["rows"]}
    lone = bench.run("check", STUDENT, "--bank", "stubs", "--replies", str(path), "--vendor", "nova", "--json")
    alone = json.loads(lone.stdout)["verdict"]
    assert found[STUDENT]["p_target"] == pytest.approx(alone["p_target"])
    assert found[STUDENT]["q"] == pytest.approx(min(1.0, 2 * alone["p_target"]))


@pytest.mark.fault
def test_home_without_replies_to_a_banks_prompts_is_refused(served, bench) -> None:
    path = bench.root / "other.csv"
    path.write_text("model,prompt,reply\nmystery,What else?,Nothing.\n")
    bench.run("ingest", str(path))
    done = bench.run("score", "--bank", "stubs")
    assert (done.returncode, "no model that is not in the bank has a reply" in done.stderr) == (2, True)


def test_recorded_replies_of_a_stranger_are_checked_without_a_call(bench, bank, capsys) -> None:
    rows = _rows(bank, STRANGER)
    path = bench.root / "stranger.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = bench.run_apart("check", "mystery", "--bank", "stubs", "--replies", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("No lineage found for mystery")
    assert "Nothing was asked" in done.stdout
    assert not bench.home.joinpath("warehouse.duckdb").exists()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", STUDENT, "--bank", "stub"], "reference bank"),
        (["check", "nobody", "--bank", "stubs"], "model card"),
        (["check", "nobody", "--bank", "stubs", "--replies", "nowhere.jsonl"], "nowhere.jsonl"),
        (["bank", "show", "none.parquet"], "none.parquet"),
        (["bank", "build", "mine", "--note", "own"], "published"),
    ],
)
def test_what_is_not_there_is_named(served, bench, arguments, message) -> None:
    done = bench.run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.fault
def test_replies_to_other_prompts_are_refused(served, bench) -> None:
    path = bench.root / "other.csv"
    path.write_text("model,prompt,reply\nmystery,What else?,Nothing.\n")
    done = bench.run("check", "mystery", "--bank", "stubs", "--replies", str(path))
    assert done.returncode == 2
    assert "none of its 1 replies is to a prompt of bank stubs" in done.stderr


def test_a_bank_says_what_it_holds(served, bench) -> None:
    done = bench.run("bank", "show", "stubs")
    assert done.returncode == 0
    assert "10 models, 600 replies. ten stub models" in done.stdout
    assert "60 of general" in done.stdout
