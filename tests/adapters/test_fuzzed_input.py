"""Whatever stands in a file of a user: it is read, or refused with an InputError; nothing else comes out."""

import io
import json
import lzma
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.adapters.inputs import cards, labelled, model_lists
from tasks.adapters.inputs.formats.alpaca_eval import ALPACA_EVAL
from tasks.adapters.inputs.formats.chat_messages import CHAT_MESSAGES
from tasks.adapters.inputs.formats.every_eval_ever import EVERY_EVAL_EVER
from tasks.adapters.inputs.formats.helm import HELM
from tasks.adapters.inputs.formats.hf_dataset import HF_DATASET
from tasks.adapters.inputs.formats.identity_attack import IDENTITY_ATTACK
from tasks.adapters.inputs.formats.inspect_eval import INSPECT_EVAL
from tasks.adapters.inputs.formats.llm_logs import LLM_LOGS
from tasks.adapters.inputs.formats.lm_eval import LM_EVAL
from tasks.adapters.inputs.formats.mt_bench import MT_BENCH
from tasks.adapters.inputs.formats.openai_batch import OPENAI_BATCH
from tasks.adapters.inputs.formats.replies import REPLIES
from tasks.adapters.inputs.textfiles import json_lines
from tasks.adapters.inputs.tomlfiles import as_model, read_toml
from tasks.adapters.settings import CODE as PROJECT
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.plan import Plan
from tasks.domain.prompting.prompt_set import PromptLine

CARD = b"""name = "m"
vendor = "v"
[endpoint]
provider = "openai_compatible"
base_url = "http://[::1]:9/v1?a=b"
served_name = "m"
[sampling]
stop = ["a"]
extra_body = {a = [1, {b = 2.5}]}
[lineage]
released = "2026-01-01"
[price]
input_usd = 1
output_usd = 2
as_of = "2026-01-01"
"""
PLAN = b"""name = "p"
models = ["m", "n"]
references = ["m"]
hypotheses = [{target = "n", teacher = "m"}]
[[prompts]]
set = "general"
limit = 3
[identity]
judges = ["text_claim"]
[rse]
references = ["m"]
prompt_sets = ["general"]
[refresh]
policy = "sample"
n = 3
"""
PROMPT = json.dumps({"id": "p", "messages": [{"role": "user", "content": "Q?"}], "asks": ["name"]}).encode()
LINEAGE = b"model,vendor,group,family,role,released,learned_from\nm,v,g,f,student,2026-01,a;b\n"
LABELLED = b'model,reply,loose,strict,prompt\nm,"R, s",true,,Q\nn,R,no,0,Q\n'
FACTS = b'["m"]\nvendor = "v"\nname = "M"\n'
TABLE = b'model,prompt,reply,sample,prompt_id\nm,Q?,"R\n1",0,a\n'
LINES = json.dumps({"model": "m", "prompt": "Q?", "reply": "R", "sample": 0, "prompt_id": 7}).encode() + b"\n"
OUTPUTS = json.dumps([{"instruction": "Q?", "output": "R", "dataset": "d"}] * 2).encode()
QUESTIONS = b'{"question_id": 1, "turns": ["Q?", "R?"], "category": "c"}\n'
ANSWERS = json.dumps({"question_id": 1, "choices": [{"index": 0, "turns": ["R", {"content": "S"}]}]}).encode() + b"\n"
LOG = {"jailbreak_prompt": "Say: {query}", "query": "Who?", "target_responses": ["I."], "eval_results": [False]}
STRICT = b"jailbreak_prompt,query,target_responses,re_judge\nSay: {query},Who?,\"['I.']\",true\n"


INSPECT = (PROJECT / "tests/fixtures/inspect_eval/rivers.eval").read_bytes()
ASKED, ANSWERED = {"role": "user", "content": "Q?"}, {"role": "assistant", "content": [{"type": "text", "text": "R"}]}
SAMPLE = {"id": "a", "epoch": 1, "messages": [ASKED, ANSWERED], "attachments": {"h": "R"}}
INSPECT_JSON = {"version": 2, "status": "success", "eval": {"model": "p/m"}, "samples": [SAMPLE]}
SAMPLES = {"doc_id": 0, "arguments": {"gen_args_0": {"arg_0": [json.dumps([ASKED])]}}, "resps": [["R"]], "filter": "f"}
REQUEST = json.dumps({"custom_id": "a", "body": {"model": "m", "messages": [ASKED]}}).encode() + b"\n"
CHOICES = {"choices": [{"message": {"role": "assistant", "content": "R"}}]}
OUTPUT = json.dumps({"custom_id": "a", "response": {"status_code": 200, "body": CHOICES}}).encode() + b"\n"
TALK = json.dumps({"messages": [ASKED, ANSWERED], "model": "o/m", "id": 1}).encode() + b"\n"
PRICES = {"m": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "max_input_tokens": 9}}
ROUTED = {"data": [{"id": "o/m", "pricing": {"prompt": "0.1", "completion": "-1"}, "context_length": 5}]}

RECORD = {"schema_version": "0.3.0", "evaluation_id": "e", "model_id": "o/m", "evaluation_name": "n", "sample_id": "1"}
RECORD |= {"interaction_type": "single_turn", "input": {"raw": "Q?"}, "output": {"raw": ["R"]}, "messages": None}
STATE = {"request": {"model": "o/m", "prompt": "Q?"}, "result": {"success": True, "completions": [{"text": "R"}]}}
STATES = {"adapter_spec": {"method": "generation"}, "request_states": [STATE | {"instance": {"id": "i"}}] * 2}
LOGGED, LOGGED_BEFORE = (
    lzma.decompress((PROJECT / f"tests/fixtures/llm_logs/{name}.db.xz").read_bytes())
    for name in ("logs_0_36", "logs_0_27")
)


def _parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"model": ["m"] * 3, "prompt": ["Q?"] * 3, "reply": ["R"] * 3, "sample": [0, 1, 2]}).write_parquet(
        buffer
    )
    return buffer.getvalue()


def _talks() -> bytes:
    buffer = io.BytesIO()
    turns = [ASKED, {"role": "assistant", "content": "R"}]
    pl.DataFrame({"messages": [turns] * 3, "model": ["m"] * 3}).write_parquet(buffer)
    return buffer.getvalue()


def _data_set() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"instruction": ["Q?"] * 3, "input": ["", "x", None], "output": ["R"] * 3}).write_parquet(buffer)
    return buffer.getvalue()


def _drained(batches: Iterable[Any]) -> None:
    for batch in batches:
        if not isinstance(batch, pl.DataFrame):
            list(batch)


def _in_folder(name: str, read: Callable[[Path], Any], **others: bytes) -> Callable[[Path, bytes], Any]:
    """Return what writes the fuzzed content to a file `name`, others beside it, and reads the folder."""

    def write_and_read(folder: Path, content: bytes) -> Any:
        for other, whole in {**{key.replace("__", "/"): value for key, value in others.items()}, name: content}.items():
            (folder / other).parent.mkdir(parents=True, exist_ok=True)
            (folder / other).write_bytes(whole)
        return read(folder)

    return write_and_read


LOG_LINE = json.dumps(LOG).encode() + b"\n"
READERS: dict[str, tuple[bytes, Callable[[Path, bytes], Any]]] = {
    "card": (CARD, _in_folder("x", lambda folder: read_toml(folder / "x", ModelCard).model_dump_json())),
    "plan": (PLAN, _in_folder("x", lambda folder: read_toml(folder / "x", Plan).recipe_id({}, {}))),
    "prompts": (
        PROMPT,
        _in_folder("x", lambda folder: [as_model(row, PromptLine, at) for at, row in json_lines(folder / "x")]),
    ),
    "lineage": (LINEAGE, _in_folder("x", lambda folder: cards.read_lineage(folder / "x"))),
    "bases": (b"model,base\nm,b\n", _in_folder("x", lambda folder: cards.read_bases(folder / "x"))),
    "labels": (LABELLED, _in_folder("x.csv", lambda folder: labelled.read_labelled(folder / "x.csv"))),
    "facts": (FACTS, _in_folder("x", lambda folder: read_toml(folder / "x", labelled.FactsFile))),
    "csv": (TABLE, _in_folder("x.csv", lambda folder: list(REPLIES.read(folder / "x.csv")))),
    "jsonl": (LINES, _in_folder("x.jsonl", lambda folder: list(REPLIES.read(folder / "x.jsonl")))),
    "jsonl in batches": (LINES, _in_folder("x.jsonl", lambda folder: _drained(REPLIES.batches(folder / "x.jsonl")))),
    "parquet": (_parquet(), _in_folder("x.parquet", lambda folder: _drained(REPLIES.batches(folder / "x.parquet")))),
    "outputs": (OUTPUTS, _in_folder("m/model_outputs.json", lambda folder: _drained(ALPACA_EVAL.batches(folder)))),
    "questions": (
        QUESTIONS,
        _in_folder("question.jsonl", lambda folder: list(MT_BENCH.read(folder)), **{"model_answer__m.jsonl": ANSWERS}),
    ),
    "answers": (
        ANSWERS,
        _in_folder("model_answer/m.jsonl", lambda folder: list(MT_BENCH.read(folder)), **{"question.jsonl": QUESTIONS}),
    ),
    "inspect archive": (INSPECT, _in_folder("x.eval", lambda folder: list(INSPECT_EVAL.read(folder / "x.eval")))),
    "inspect json": (
        json.dumps(INSPECT_JSON).encode(),
        _in_folder("x.json", lambda folder: list(INSPECT_EVAL.read(folder / "x.json"))),
    ),
    "lm-eval": (
        json.dumps(SAMPLES).encode(),
        _in_folder("samples_t.jsonl", lambda folder: list(LM_EVAL.read(folder / "samples_t.jsonl"))),
    ),
    "requests": (
        REQUEST,
        _in_folder("in.jsonl", lambda folder: list(OPENAI_BATCH.read(folder)), **{"out.jsonl": OUTPUT}),
    ),
    "batch output": (
        OUTPUT,
        _in_folder("out.jsonl", lambda folder: list(OPENAI_BATCH.read(folder)), **{"in.jsonl": REQUEST}),
    ),
    "conversation": (TALK, _in_folder("x.jsonl", lambda folder: list(CHAT_MESSAGES.read(folder / "x.jsonl")))),
    "conversations in parquet": (
        _talks(),
        _in_folder("x.parquet", lambda folder: list(CHAT_MESSAGES.read(folder / "x.parquet"))),
    ),
    "data set": (_data_set(), _in_folder("x.parquet", lambda folder: list(HF_DATASET.read(folder / "x.parquet")))),
    "record": (json.dumps(RECORD).encode(), _in_folder("x.jsonl", lambda folder: list(EVERY_EVAL_EVER.read(folder)))),
    "run": (json.dumps(STATES).encode(), _in_folder("scenario_state.json", lambda folder: list(HELM.read(folder)))),
    "turns": (LOGGED, _in_folder("x.db", lambda folder: list(LLM_LOGS.read(folder / "x.db")))),
    "responses": (LOGGED_BEFORE, _in_folder("x.db", lambda folder: list(LLM_LOGS.read(folder / "x.db")))),
    "prices": (json.dumps(PRICES).encode(), _in_folder("x", lambda folder: model_lists.read_list(str(folder / "x")))),
    "routed": (json.dumps(ROUTED).encode(), _in_folder("x", lambda folder: model_lists.read_list(str(folder / "x")))),
    "log": (LOG_LINE, _in_folder("attack_result/m.jsonl", lambda folder: list(IDENTITY_ATTACK.read(folder)))),
    "strict labels": (
        STRICT,
        _in_folder(
            "strict_score/m.csv",
            lambda folder: list(IDENTITY_ATTACK.read(folder)),
            **{"attack_result__m.jsonl": LOG_LINE},
        ),
    ),
}

HOSTILE = [
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r",
    b'"',
    b"'",
    b",",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\\ud83d",
    b"null",
    b"true",
]
HOSTILE += [
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 5000,
    b"[" * 2000,
    b'{"a":' * 300,
    b"[]",
    b"{}",
    b"\\",
    b"\n",
    b"=",
    b".",
]
HOSTILE += [
    b"-1",
    b"inf",
    b"1979-05-27",
    "\u202e".encode(),
    "\u2028".encode(),
    b"x" * 600,
    b"'''",
    b'"""',
    b"a.b",
    b"[[x]]",
]
CHANGE = st.tuples(st.integers(0, 4000), st.integers(0, 12), st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=4)))


def _changed(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Return a content in which, at some places, a few bytes are replaced."""
    for place, length, replacement in changes:
        at = place % (len(content) + 1)
        content = content[:at] + replacement + content[at + length :]
    return content


@pytest.mark.parametrize("name", READERS)
def test_the_whole_file_is_read(tmp_path, name: str) -> None:
    content, read = READERS[name]
    read(tmp_path, content)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.lists(CHANGE, min_size=1, max_size=3))
def test_nothing_but_an_input_error_comes_out(tmp_path, name: str, changes: list[tuple[int, int, bytes]]) -> None:
    content, read = READERS[name]
    with suppress(InputError):
        read(tmp_path, _changed(content, changes))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary(max_size=60))
def test_bytes_of_any_kind(tmp_path, name: str, content: bytes) -> None:
    with suppress(InputError):
        READERS[name][1](tmp_path, content)
