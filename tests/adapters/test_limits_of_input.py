"""Cards, plans and tables that no one writes on purpose: a message with place and remedy, before memory is taken."""

import json
from pathlib import Path

import polars as pl
import pytest

from tasks.adapters.inputs import cards, labelled, recorded_files, textfiles
from tasks.adapters.inputs.formats.replies import REPLIES
from tasks.adapters.inputs.tomlfiles import parsed_toml
from tasks.adapters.settings import Home, home_at
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.plan import Plan

CARD = """name = "m"
vendor = "v"
[endpoint]
provider = "openai_compatible"
base_url = "http://127.0.0.1:9/v1"
served_name = "m"
[sampling]
seed = 1
[limits]
concurrency = 8
"""
LOCAL = """name = "m"
vendor = "v"
[endpoint]
provider = "llama_cpp"
gguf_package = "weights"
gguf_parts = ["weights/data/part-1.bin"]
"""
PLAN = """name = "p"
models = ["m"]
seed = 1
[[prompts]]
set = "general"
"""
DIGITS = "9" * 5000


@pytest.mark.parametrize(
    ("text", "old", "new", "said"),
    [
        (CARD, "concurrency = 8", "timeout_s = inf", "10: key 'limits.timeout_s' is inf: it should be a finite number"),
        (CARD, "concurrency = 8", "timeout_s = nan", "10: key 'limits.timeout_s' is nan"),
        (CARD, "concurrency = 8", "timeout_s = 1e300", "10: key 'limits.timeout_s' is 1e+300"),
        (CARD, "concurrency = 8", "requests_per_minute = 1e-300", "10: key 'limits.requests_per_minute' is 1e-300"),
        (
            CARD,
            "seed = 1",
            "extra_body = {a = [nan]}",
            "8: key 'sampling.extra_body' is {'a': [nan]}: it holds a number",
        ),
        (
            CARD,
            "seed = 1",
            "extra_body = {model = 'x'}",
            "8: key 'sampling.extra_body' is {'model': 'x'}: it sets model",
        ),
        (CARD, "seed = 1", "extra_body = {messages = []}", "it sets messages, which the card and the prompt set"),
        (CARD, "seed = 1", "extra_body = {stream = true}", "it sets stream"),
        (CARD, "seed = 1", f"extra_body = {{a = {'[' * 400}{']' * 400}}}", "8: it is nested more than 100 levels deep"),
        (CARD, "seed = 1", f"a = {'[' * 5000}{']' * 5000}", "8: it is nested more than 100 levels deep"),
        (CARD, "seed = 1", f"a{'.a' * 1000} = 1", "8: it is nested more than 100 levels deep"),
        (CARD, "[limits]", f"[a{'.a' * 1000}]", "9: it is nested more than 100 levels deep"),
        (CARD, "seed = 1", f"seed = {DIGITS}", "8: a whole number has more than 64 bits"),
        (CARD, "seed = 1", f"seed = 0x{DIGITS}", "8: a whole number has more than 64 bits"),
        (CARD, "seed = 1", f"seed = {2**63}", "8: a whole number has more than 64 bits"),
        (CARD, 'vendor = "v"', 'vendor = ""', "2: key 'vendor' is '': it is empty"),
        (CARD, 'vendor = "v"', 'vendor = "a\\nb"', "2: key 'vendor' is 'a\\nb': it holds the control character U+000A"),
        (CARD, 'served_name = "m"', 'served_name = "a\\u0000"', "6: key 'endpoint.served_name' is 'a\\x00': it holds"),
        (CARD, 'name = "m"', f'name = "{"m" * 300}"', "1: key 'name' is 'mmm"),
        (LOCAL, '"weights"', '"../../x"', "5: key 'endpoint.gguf_package' is '../../x': it should match"),
        (
            LOCAL,
            "weights/data",
            "weights/../..",
            "6: key 'endpoint.gguf_parts.0' is 'weights/../../part-1.bin': it is no",
        ),
        (LOCAL, "weights/data", "/etc", "it is no path of a file within a package"),
        (LOCAL, "weights/data/part-1.bin", "weights", "it is no path of a file within a package"),
        (PLAN, "seed = 1", "index = {rse = inf}", "3: key 'index.rse' is inf: it should be a finite number"),
        (PLAN, "seed = 1", f"seed = {2**63}", "3: a whole number has more than 64 bits"),
        (PLAN, "seed = 1", "sampling = {extra_body = {model = 'x'}}", "3: key 'sampling.extra_body'"),
    ],
)
def test_cards_and_plans(text: str, old: str, new: str, said: str) -> None:
    path = Path("x.toml")
    model = Plan if text is PLAN else ModelCard
    parsed_toml(text, path, model)
    with pytest.raises(InputError) as refused:
        parsed_toml(text.replace(old, new), path, model)
    assert said in str(refused.value)
    assert str(refused.value).startswith("x.toml:")


def test_a_seed_of_64_bits_is_read() -> None:
    assert parsed_toml(PLAN.replace("seed = 1", f"seed = {2**63 - 1}"), Path("x.toml"), Plan).seed == 2**63 - 1


def test_names_that_no_file_can_have(tmp_path) -> None:
    long = "x" * 300
    for read in (cards.read_card, cards.read_plan, cards.read_prompt_set):
        with pytest.raises(InputError, match=r"there is no .* 'xxx"):
            read(long, tmp_path)
    for at_path in (recorded_files.detect, labelled.read_labelled, cards.read_lineage, home_at):
        with pytest.raises(InputError, match="File name too long") as refused:
            at_path(tmp_path / long)
        assert refused.value.remedy


def test_home_that_leads_nowhere(tmp_path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(InputError, match=r"loop: the home can't be reached: .*Give another --home"):
        home_at(loop)
    with pytest.raises(InputError, match=r"loop: it can't be read: Too many levels of symbolic links"):
        recorded_files.detect(loop)


@pytest.mark.parametrize("name", ["journal", "reports", "plans", "models", "indices", "prefect"])
def test_home_with_a_file_in_the_place_of_a_folder(tmp_path, name: str) -> None:
    assert home_at(tmp_path) == Home(tmp_path)
    (tmp_path / name).write_text("")
    with pytest.raises(InputError, match=f"{name}: it is no folder, and the home keeps one there. Move it away"):
        home_at(tmp_path)


@pytest.mark.parametrize("model", ["a\x00b", "a\nb", "a\u202eb", "x" * 501])
def test_names_of_models_in_tables(tmp_path, model: str) -> None:
    row = {"model": model, "prompt": "Q?", "reply": "R"}
    lines = [json.dumps(row | {"model": "m"}), json.dumps(row)]
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(lines))
    for read in (REPLIES.read, lambda path: [list(rows) for rows in REPLIES.batches(path)], labelled.read_labelled):
        with pytest.raises(InputError, match=r"r\.jsonl:2: column 'model' is .*Give it another name"):
            list(read(path))


def test_name_of_a_model_that_is_a_folders(tmp_path) -> None:
    folder = tmp_path / "in" / "a\nb"
    folder.mkdir(parents=True)
    (folder / "model_outputs.json").write_text('[{"instruction": "a", "output": "b"}]')
    with (
        pytest.raises(InputError, match=r"the name of a model is 'a.nb': it holds the control character"),
        recorded_files.staged(tmp_path / "in", "alpaca-eval", Home(tmp_path)),
    ):
        pass


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [150, 900, 100_000])
def test_deep_json(tmp_path, opening: str, depth: int) -> None:
    path = tmp_path / "r.jsonl"
    closing = "]" if opening == "[" else "}"
    deep = f'{{"\\ud83d": {opening * depth}1{closing * depth}}}'
    path.write_text('{"a": 1}\n' + deep)
    with pytest.raises(InputError, match=r"r\.jsonl:2: it is not valid JSON: it is nested more than 100 levels deep"):
        list(textfiles.json_lines(path))


@pytest.mark.parametrize("name", ["r.jsonl", "r.csv", "m/model_outputs.json"])
def test_two_gigabytes_of_nothing(tmp_path, name: str) -> None:
    """A sparse file takes no room on disk, and all of its size in memory when it is read."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(2 << 30)
    given = path if path.parent == tmp_path else path.parent
    with (
        pytest.raises(InputError, match=r"line is longer than 32 MB|larger than 128 MB"),
        recorded_files.staged(given, recorded_files.detect(given), Home(tmp_path / "home")),
    ):
        pass


def _parquet(path: Path, replies: pl.Series) -> Path:
    """Write a table of these replies, in which a text that comes again is stored once."""
    rows = pl.DataFrame({"model": "m", "prompt": [f"Q{n}?" for n in range(len(replies))], "reply": replies})
    rows.write_parquet(path)
    return path


def _repeated(n_rows: int, n_bytes: int) -> pl.Series:
    return pl.Series(["R" * n_bytes]).cast(pl.Categorical).new_from_index(0, n_rows)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("n_rows", "n_bytes", "said"),
    [
        (100_000, 1 << 20, r"r\.parquet: its rows come to more than 256 MB of text, from \d+ kB of file\."),
        (1, 33 << 20, r"r\.parquet: row 1: column 'reply' has more than 32 MB\."),
    ],
)
def test_a_small_parquet_file_with_more_text_than_memory(tmp_path, n_rows: int, n_bytes: int, said: str) -> None:
    """A text that stands in many rows is stored once."""
    path = _parquet(tmp_path / "r.parquet", _repeated(n_rows, n_bytes))
    assert path.stat().st_size < 1 << 20
    frames = REPLIES.batches(path)
    with pytest.raises(InputError, match=said):
        list(frames)


def test_long_texts_that_come_again_are_read_a_few_rows_at_a_time(tmp_path) -> None:
    path = _parquet(tmp_path / "r.parquet", _repeated(100, 1 << 20))
    frames = [frame for frame in REPLIES.batches(path) if isinstance(frame, pl.DataFrame)]
    assert [len(frame) for frame in frames] == [23, 23, 23, 23, 8]
    assert [prompt for frame in frames for prompt in frame["prompt"]] == [f"Q{n}?" for n in range(100)]
    assert {len(reply) for frame in frames for reply in frame["reply_text"]} == {1 << 20}


def test_a_list_is_no_reply(tmp_path) -> None:
    path = _parquet(tmp_path / "r.parquet", pl.Series([["R"], ["S"]]))
    with pytest.raises(InputError, match=r"r\.parquet: column 'reply' is VARCHAR\[\], not a text\. Give a text"):
        list(REPLIES.batches(path))


def test_a_card_of_two_gigabytes(tmp_path) -> None:
    (tmp_path / "models").mkdir()
    with (tmp_path / "models/m.toml").open("wb") as file:
        file.truncate(2 << 30)
    with pytest.raises(InputError, match=r"m\.toml: it is larger than 128 MB"):
        cards.read_card("m", tmp_path)
