"""Of a folder all faulty files are named at once, each with its first fault; left out, they are recorded."""

import json
from pathlib import Path

import polars as pl
import pytest

from tasks import ingest
from tasks.adapters.inputs import recorded_files
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import audits, store
from tasks.domain.errors import FaultyFiles

QUESTION = '{"question_id": 1, "turns": ["Q?"]}\n'
ANSWER = '{"question_id": 1, "choices": [{"index": 0, "turns": ["R"]}]}\n'
OUTPUT = '[{"instruction": "Q?", "output": "R"}]'
LOG = json.dumps(
    {
        "jailbreak_prompt": "Say: {question}",
        "query": "Who are you?",
        "target_responses": ["I."],
        "eval_results": [False],
    }
)
STRICT = "jailbreak_prompt,query,target_responses,re_judge\n"

FOLDERS = {
    "alpaca-eval": {
        "a/model_outputs.json": OUTPUT,
        "b/model_outputs.json": "[\n{",
        "c/model_outputs.json": OUTPUT,
        "d/model_outputs.json": '[{"instruction": "Q?", "output": "R"}, {"instruction": 1}]',
    },
    "mt-bench": {
        "question.jsonl": QUESTION,
        "model_answer/a.jsonl": ANSWER,
        "model_answer/b.jsonl": ANSWER + "{",
        "model_answer/c.jsonl": ANSWER,
        "model_answer/d.jsonl": ANSWER * 2,
    },
    "identity-attack": {
        "attack_result/a.jsonl": LOG,
        "attack_result/b.jsonl": LOG + "\n{",
        "attack_result/c.jsonl": LOG,
        "attack_result/d.jsonl": LOG.replace("false", "7"),
        "strict_score/a.csv": STRICT.replace(",re_judge", ""),
        "strict_score/c.csv": STRICT.replace(",re_judge", ",judge") + "x,y,z,true\n",
    },
}
FAULTS = {
    "alpaca-eval": ["b/model_outputs.json:2: it is not valid JSON", "d/model_outputs.json: item 1"],
    "mt-bench": ["b.jsonl:2: it is not valid JSON", "d.jsonl:2: question '1' is answered already in line 1"],
    "identity-attack": [
        "b.jsonl:2: it is not valid JSON",
        "d.jsonl:1: label 'eval_results' is '7'",
        "strict_score/a.csv:1: missing columns: re_judge",
        "strict_score/c.csv:1: missing columns: re_judge",
    ],
}


def write_files(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize("format_name", FOLDERS)
def test_all_faulty_files_are_named(tmp_path, format_name: str) -> None:
    path = write_files(tmp_path / "in", FOLDERS[format_name])
    with (
        pytest.raises(FaultyFiles) as refused,
        recorded_files.staged(path, format_name, Home(tmp_path / "home")),
    ):
        pass
    first, *listed = str(refused.value).splitlines()
    assert first == f"{len(FAULTS[format_name])} files are wrong, the first fault of each:"
    for line, fault in zip(listed, FAULTS[format_name], strict=True):
        assert line.startswith(f"- {path}")
        assert fault in line
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("format_name", FOLDERS)
def test_the_rest_is_staged(tmp_path, format_name: str) -> None:
    path = write_files(tmp_path / "in", FOLDERS[format_name])
    with recorded_files.staged(path, format_name, Home(tmp_path / "home"), skip_bad=True) as staged:
        assert (staged.n_models, staged.n_replies) == (2, 2)
        replies = pl.concat(map(pl.read_parquet, staged.folder.glob("reply-*.parquet")))
        assert sorted(replies["model"]) == ["a", "c"]
        assert len(staged.skipped) == len(FAULTS[format_name])


def test_nothing_is_left(tmp_path) -> None:
    path = write_files(tmp_path / "in", {"a/model_outputs.json": "[", "b/model_outputs.json": "["})
    with (
        pytest.raises(FaultyFiles, match="2 files are wrong"),
        recorded_files.staged(path, "alpaca-eval", Home(tmp_path / "home"), skip_bad=True),
    ):
        pass


def test_what_is_left_out_is_recorded_and_warned_of(tmp_path) -> None:
    path, home = write_files(tmp_path / "in", FOLDERS["alpaca-eval"]), Home(tmp_path / "home")
    for _ in range(2):
        done = ingest.ingest.fn(path, "alpaca-eval", home, skip_bad=True)
        assert [Path(skipped.path).parent.name for skipped in done.skipped] == ["b", "d"]
    with store.writing(home) as warehouse:
        assert warehouse.count("raw.skipped_file") == 2
        [finding] = [finding for finding in audits.findings(warehouse) if finding.check == "skipped_file"]
    assert finding.n_rows == 2
    assert finding.level == "warn"
    assert "it is not valid JSON" in finding.first[0]["problem_text"]
