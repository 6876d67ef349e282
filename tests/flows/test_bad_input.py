"""Each mistake gives one clear message and exit code 2, and nothing is written: plans, cards and prompts."""

import hashlib
import json
from pathlib import Path

import pytest

from flows.cli import main
from tests.support.workbench import Workbench

CARD, PLAN = "data/models/independent-alpha.toml", "data/plans/test.toml"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (PLAN, '"independent-alpha"', '"independent-alpa"', ["no model card 'independent-alpa'", "independent-alpha."]),
        (
            PLAN,
            '["independent-alpha"]',
            '["independent-alpha", "independent-alpha"]',
            ["test.toml:2: key 'models' is", "it names independent-alpha more than once"],
        ),
        (PLAN, '["independent-alpha"]', "[]", ["test.toml:2: key 'models' is []", "at least 1 item"]),
        (
            PLAN,
            "models =",
            "model =",
            ["test.toml:2:", "'model' is not known", "did you mean 'models'?", "'models' is"],
        ),
        (PLAN, "[[prompts]]", "[prompts]", ["test.toml:4: key 'prompts' is {'set': 'general'"]),
        (PLAN, 'set = "general"', 'set = "generel"', ["there is no prompt set 'generel'", "Near to it: general"]),
        (PLAN, "limit = 3", "limit = 0", ["test.toml:6: key 'prompts.0.limit' is 0", "greater than or equal to 1"]),
        (PLAN, "samples = 1", "samples = ", ["test.toml:7: it is not valid TOML", "Correct that line"]),
        (
            PLAN,
            "batch_size = 20",
            'references = ["x"]',
            ["test.toml:3: key 'references' is ['x']: it names x, which 'models' does not"],
        ),
        (
            CARD,
            "vendor",
            "vendr",
            ["alpha.toml:2: key 'vendr' is not known", "did you mean 'vendor'?", "'independent-"],
        ),
        (
            CARD,
            "http:",
            "ftp:",
            [
                "alpha.toml:5: key 'endpoint.base_url' is 'ftp://127.0.0.1:9/v1'",
                "it has to begin with http:// or https://",
            ],
        ),
        (
            CARD,
            "127.0.0.1",
            "192.0.2.1",
            [
                "alpha.toml:5: key 'endpoint.base_url' is 'http://192.0.2.1:9/v1'",
                "unencrypted to 192.0.2.1: use https://, or write allow_http = true under [endpoint]",
            ],
        ),
        (CARD, "concurrency = 8", "concurrency = 0", ["alpha.toml:10: key 'limits.concurrency' is 0"]),
        (CARD, "openai_compatible", "openai", ["alpha.toml:3: key 'endpoint' is", "'openai_compatible', 'llama_cpp'"]),
        (CARD, 'name = "independent-alpha"', 'name = "other"', ["key 'name' is 'other'", "Make them equal"]),
        (CARD, "[endpoint]", "[endpoint", ["alpha.toml:3: it is not valid TOML"]),
        (CARD, 'vendor = "', 'vendor = "\N{LATIN SMALL LETTER E WITH ACUTE}', []),
    ],
)
def test_plan_and_card(bench, refused, file, old, new, said) -> None:
    path = bench.root / file
    replace(path, old, new)
    if not said:
        path.write_bytes(path.read_text().encode("latin-1"))
        said = ["alpha.toml:2: byte", "0xe9", "not UTF-8", "Save the file as UTF-8"]
    answer = refused("evaluate", "test")
    assert refused("plan", "test") == answer
    for part in said:
        assert part in answer


def test_plan_without_prompts(bench, refused) -> None:
    path = bench.root / PLAN
    path.write_text('name = "test"\nmodels = ["independent-alpha"]\n')
    assert "test.toml: key 'prompts' is missing: add it" in refused("evaluate", "test")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tset", "there is no plan 'tset'. Near to it: test."),
        ("missing.toml", "missing.toml: there is no such file. Check the path."),
        ("data", "there is no plan 'data'. Known: demo, real-world, test."),
    ],
)
def test_unknown_plan(refused, name, said) -> None:
    assert said in refused("evaluate", name)


@pytest.mark.parametrize("name", ["", " ", "../../x", "a/b", "week 1", "x" * 41, "wöche", "a\n"])
def test_round_name(refused, name) -> None:
    for verb in ("plan", "evaluate"):
        assert f"--round: the round is {name!r}. Give up to 40 letters" in refused(verb, "test", "--round", name)


def test_missing_key(bench, refused, monkeypatch) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    replace(bench.root / CARD, "served_name", 'key_env = "NO_SUCH_KEY"\nserved_name')
    assert "NO_SUCH_KEY" in refused("evaluate", "test")


LINES = [json.dumps({"id": f"p{n}", "messages": [{"role": "user", "content": f"Question {n}?"}]}) for n in range(20)]


def write_prompts(bench: Workbench, lines: list[str | bytes], **changes: object) -> None:
    """Put a prompt set `general` with these lines in the place of the project's own."""
    (bench.root / "data/prompts").unlink()
    folder = bench.root / "data/prompts/general"
    folder.mkdir(parents=True)
    content = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    (folder / "prompts.jsonl").write_bytes(content)
    card = {"name": "general", "version": "1.0.0", "purpose": "x", "author": "x", "licence": "x", "languages": ["en"]}
    card |= {"n_prompts": len(lines), "sha256": hashlib.sha256(content).hexdigest()} | changes
    (folder / "card.toml").write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in card.items()))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LINES[16][:30], ["it is not valid JSON", "column"]),
        (LINES[3], ["id of 'p3' stands already in line 4", "once in a set"]),
        (LINES[3].replace("p3", "p16"), ["prompt of 'p16' stands already in line 4"]),
        ('["p16"]', ["the line is not a JSON object but", '["p16"]']),
        ('{"id": "p16"}', ["key 'messages' is missing"]),
        (LINES[16].replace("messages", "message"), ["key 'message' is not known", "did you mean 'messages'?"]),
        (LINES[16].replace("user", "assistant"), ["the last message has role 'assistant', it must be 'user'"]),
        (LINES[16].replace("user", "robot"), ["key 'messages.0.role' is 'robot'", "'system', 'user' or 'assistant'"]),
        (LINES[16].replace("p16", "a b"), ["key 'id' is 'a b'"]),
        (LINES[16].replace("Question", "Qu\N{LATIN SMALL LETTER E WITH ACUTE}stion").encode("latin-1"), ["not UTF-8"]),
    ],
)
def test_line_17_of_the_prompts(bench, refused, line, said) -> None:
    write_prompts(bench, [*LINES[:16], line, *LINES[17:]])
    answer = refused("evaluate", "test")
    assert "prompts.jsonl:17: " in answer
    for part in said:
        assert part in answer


def test_prompts_that_do_not_fit_their_card(bench, refused) -> None:
    write_prompts(bench, list(LINES), sha256="0" * 64)
    answer = refused("evaluate", "test")
    assert "general/card.toml:8: key 'sha256' does not fit prompts.jsonl, whose SHA-256 is" in answer
    assert "raise 'version'" in answer


def test_number_of_prompts_that_does_not_fit_the_card(bench, refused) -> None:
    write_prompts(bench, list(LINES), n_prompts=21)
    assert "card.toml:7: key 'n_prompts' is 21, prompts.jsonl has 20 prompts" in refused("evaluate", "test")


def test_as_users_run_it(bench) -> None:
    """The same in a process of its own: exit code, one message, no traceback, no home."""
    done = bench.run("evaluate", "tset")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("distillometer: ")
    assert "Traceback" not in done.stderr
    assert not bench.home.exists()
    path = bench.root / "r.csv"
    path.write_text("model,prompt,reply\na,b\n")
    done = bench.run("ingest", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("distillometer: ")
    assert not bench.home.exists()


@pytest.mark.parametrize("arguments", [[], ["evaluate"], ["evalute"], ["evaluate", "test", "--rounds", "x"]])
def test_usage(arguments, capsys) -> None:
    with pytest.raises(SystemExit) as left:
        main.main(arguments)
    said = capsys.readouterr()
    assert left.value.code == 2
    assert "Usage: " in said.out + said.err


def test_plan_names_a_set_twice(bench, refused) -> None:
    path = bench.root / PLAN
    path.write_text(path.read_text() + '[[prompts]]\nset = "general"\n')
    assert "test.toml:4: key 'prompts' is" in (answer := refused("evaluate", "test"))
    assert "it names general more than once" in answer


def test_unknown_embedder(bench, refused) -> None:
    replace(bench.root / PLAN, "enabled = false", 'embedder = "nobody"')
    answer = refused("evaluate", "test")
    assert "key 'embedding.embedder': there is no 'nobody' among embedders. Known: sentence_transformers." in answer


def test_unknown_model(refused) -> None:
    assert "there is no model card 'independant-alpha'. Near to it: independent-alpha." in refused(
        "models", "independant-alpha"
    )
