"""Foreign files that are wrong: the message names file, line and remedy, and nothing is written."""

from pathlib import Path

import polars as pl
import pytest

QUESTION = '{"question_id": 1, "turns": ["Q?"]}'
ANSWER = '{"question_id": 1, "choices": [{"index": 0, "turns": ["R"]}]}'
BENCH = {"question.jsonl": QUESTION, "model_answer/m.jsonl": ANSWER}
GOOD_LINE = '{"model": "m", "prompt": "Q?", "reply": "R"}\n'
BAD_FILES: dict[str, tuple[dict[str, str | bytes], str, list[str]]] = {
    # name: files, which of them is given, what has to be said
    "empty csv": ({"r.csv": ""}, "r.csv", ["r.csv: the file is empty"]),
    "empty jsonl": ({"r.jsonl": "\n \n"}, "r.jsonl", ["r.jsonl: the file is empty"]),
    "empty parquet": ({"r.parquet": ""}, "r.parquet", ["r.parquet: the file is empty"]),
    "empty json": ({"m/model_outputs.json": ""}, ".", ["model_outputs.json: the file is empty"]),
    "empty list": ({"m/model_outputs.json": "[]"}, ".", ["model_outputs.json: it is not a list of replies"]),
    "csv of a header": ({"r.csv": "model,prompt,reply\n"}, "r.csv", ["r.csv: the file has no rows"]),
    "csv columns": ({"r.csv": "model,text\na,b\n"}, "r.csv", ["r.csv:1: missing columns: prompt, reply; found: model"]),
    "csv column twice": ({"r.csv": "model,prompt,reply,reply\n"}, "r.csv", ["column 'reply' comes twice"]),
    "csv row": ({"r.csv": "model,prompt,reply\na,b,c\na,b,c,d\n"}, "r.csv", ["r.csv:3: the row has 4 cells", "has 3"]),
    "csv cut": ({"r.csv": 'model,prompt,reply\na,b,"c\nd'}, "r.csv", ["r.csv:2: it is not valid CSV", "may be cut"]),
    "csv model": ({"r.csv": "model,prompt,reply\n,b,c\n"}, "r.csv", ["r.csv:2: column 'model' is empty"]),
    "csv sample": ({"r.csv": "model,prompt,reply,sample\na,b,c,x\n"}, "r.csv", ["r.csv:2: column 'sample' is 'x'"]),
    "csv latin-1": ({"r.csv": b"model,prompt,reply\na,b,\xe9\n"}, "r.csv", ["r.csv:2: byte 23 (0xe9) is not UTF-8"]),
    "json latin-1": ({"m/model_outputs.json": b'[\n"\xe9"]'}, ".", ["outputs.json:2: byte 3 (0xe9) is not UTF-8"]),
    "jsonl list": ({"r.jsonl": GOOD_LINE + "[1]\n"}, "r.jsonl", ["r.jsonl:2: the line is not a JSON object but '[1]'"]),
    "jsonl key": ({"r.jsonl": GOOD_LINE + '{"model": "m"}'}, "r.jsonl", ["r.jsonl:2: missing columns: prompt, reply"]),
    "jsonl cut": ({"r.jsonl": GOOD_LINE * 4 + GOOD_LINE[:20]}, "r.jsonl", ["r.jsonl:5: it is not valid JSON", "cut"]),
    "jsonl deep": ({"r.jsonl": GOOD_LINE + "[" * 100_000}, "r.jsonl", ["r.jsonl:2: it is not valid JSON"]),
    "jsonl number": ({"r.jsonl": '{"n": ' + "9" * 5000 + "}"}, "r.jsonl", ["r.jsonl:1: it is not valid JSON"]),
    "jsonl reply": (
        {"r.jsonl": GOOD_LINE.replace('"R"', "7")},
        "r.jsonl",
        ["r.jsonl:1: column 'reply' is 7, not a text"],
    ),
    "parquet cut": ({"r.parquet": b"PAR1 and no more"}, "r.parquet", ["r.parquet: it can't be read as parquet"]),
    "json cut": (
        {"m/model_outputs.json": '[{"instruction": "a", "output": "b"},\n{"instr'},
        ".",
        ["m/model_outputs.json:2: it is not valid JSON", "may be cut", "leave it out"],
    ),
    "json item": (
        {"m/model_outputs.json": '[{"instruction": "a", "output": "b"}, {"instruction": "a", "output": null}]'},
        ".",
        ["m/model_outputs.json: item 1 (counted from 0) has no text under 'output'"],
    ),
    "json dataset": (
        {"m/model_outputs.json": '[{"instruction": "a", "output": "b", "dataset": 3}]'},
        ".",
        ["item 0", "has no text under 'dataset'"],
    ),
    "question cut": (BENCH | {"question.jsonl": QUESTION + "\n{"}, ".", ["question.jsonl:2: it is not valid JSON"]),
    "question without turns": (
        BENCH | {"question.jsonl": '{"question_id": 1}'},
        ".",
        ["question.jsonl:1: the question"],
    ),
    "question twice": (
        BENCH | {"question.jsonl": f"{QUESTION}\n{QUESTION}"},
        ".",
        ["question.jsonl:2: question '1' comes"],
    ),
    "answer cut": (
        BENCH | {"model_answer/m.jsonl": f"{ANSWER}\n{ANSWER[:30]}"},
        ".",
        ["m.jsonl:2: it is not valid JSON"],
    ),
    "answer to nothing": (
        BENCH | {"model_answer/m.jsonl": ANSWER.replace("1", "2", 1)},
        ".",
        ["m.jsonl:1: question '2' is not in question.jsonl", "of one and the same set"],
    ),
    "answer twice": (BENCH | {"model_answer/m.jsonl": f"{ANSWER}\n{ANSWER}"}, ".", ["m.jsonl:2:", "already in line 1"]),
    "answer without text": (
        BENCH | {"model_answer/m.jsonl": '{"question_id": 1}'},
        ".",
        ["m.jsonl:1: the answer has no"],
    ),
    "answer of a number": (
        BENCH | {"model_answer/m.jsonl": ANSWER.replace('"R"', "7")},
        ".",
        ["m.jsonl:1: the answer has"],
    ),
    "turn too many": (
        BENCH | {"model_answer/m.jsonl": ANSWER.replace('"R"', '"R", "S"')},
        ".",
        ["m.jsonl:1: the answer has 2 turns, question '1' has 1"],
    ),
    "no answers": (BENCH | {"model_answer/m.jsonl": "", "x": ""}, ".", ["m.jsonl: the file is empty"]),
    "nothing known": (
        {"readme.txt": "hello"},
        ".",
        ["in: no known format is recognised", "(alpaca-eval)", "(mt-bench)"],
    ),
    "nothing there": ({}, "missing", ["missing: there is no such file or folder. Check the path."]),
}


def write_files(folder: Path, files: dict[str, str | bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("case", BAD_FILES)
def test_foreign_files(bench, refused, case) -> None:
    files, given, said = BAD_FILES[case]
    write_files(bench.root / "in", files)
    answer = refused("ingest", str(bench.root / "in" / given))
    for part in said:
        assert part in answer


def test_parquet_without_columns_or_with_numbers(bench, refused) -> None:
    path = bench.root / "r.parquet"
    pl.DataFrame({"model": ["m"], "prompt": ["Q?"]}).write_parquet(path)
    assert "r.parquet: missing columns: reply; found: model, prompt" in refused("ingest", str(path))
    pl.DataFrame({"model": ["m", "m"], "prompt": ["Q?", "R?"], "reply": [1, 2]}).write_parquet(path)
    assert "r.parquet: row 1: column 'reply' is 1, not a text" in refused("ingest", str(path))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--format", "exel"],
            "--format: there is no format 'exel'. Known: alpaca-eval, chat-messages, every-eval-ever, helm, ",
        ),
        (
            ["--format", ""],
            "--format: there is no format ''. Known: alpaca-eval, chat-messages, every-eval-ever, helm, ",
        ),
        (["--format", "alpaca-eval"], "r.jsonl: there is no model_outputs.json here. alpaca-eval is a folder of MODEL"),
        (["--format", "mt-bench"], "r.jsonl: question.jsonl or model_answer is missing. mt-bench is a folder with"),
        (["--model", " "], "--model: the name is ' '"),
        (["--prompt-set", ""], "--prompt-set: the name is ''"),
    ],
)
def test_ingest_options(bench, refused, options, said) -> None:
    write_files(bench.root / "in", {"r.jsonl": GOOD_LINE})
    assert said in refused("ingest", str(bench.root / "in/r.jsonl"), *options)


def test_table_format_for_what_is_no_table(bench, refused) -> None:
    write_files(bench.root / "in", {"m/model_outputs.json": "[]"})
    assert "it is a folder. replies is a file" in refused("ingest", str(bench.root / "in"), "--format", "replies")
    path = bench.root / "in/m/model_outputs.json"
    assert "it is a file of another kind" in refused("ingest", str(path), "--format", "replies")
