"""The base model of the dose benchmark: its file as it is read, and its next tokens beside those of transformers."""

import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.dose import gguf, llama, prompts, speaking
from benchmarks.dose.grid import voices
from benchmarks.dose.making import before
from benchmarks.dose.speaking import Manner
from tasks.domain.errors import InputError

NAMES = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
PLAIN = speaking.question("Name 3 uses of a rope.")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    # Two threads wait for each other: beside other work on the machine that costs more than it gains.
    torch.set_num_threads(1)


def text(value: str) -> bytes:
    written = value.encode()
    return struct.pack("<Q", len(written)) + written


def planted(path: Path, kind: int = 0, magic: bytes = b"GGUF") -> Path:
    """A file of two keys and three tensors, each of a kind of its own."""
    header = magic + struct.pack("<IQQ", 3, 3, 2)
    header += text("a.number") + struct.pack("<II", 4, 7)
    header += text("a.list") + struct.pack("<IIQ", 9, 8, 2) + text("x") + text("ä")
    q4_1 = struct.pack("<ee", 2.0, -1.0) + bytes(low + 16 * (15 - low) for low in range(16))
    q8_0 = struct.pack("<e", 0.5) + np.arange(-16, 16, dtype="i1").tobytes()
    parts = [np.array([[1, 2, 3], [4, 5, 6]], "<f4").tobytes(), q4_1, q8_0]
    places, data = [], b""
    for part in parts:
        data += b"\0" * (-len(data) % 32)
        places.append(len(data))
        data += part
    header += text("plain") + struct.pack("<IQQIQ", 2, 3, 2, kind, places[0])
    header += text("nibbles") + struct.pack("<IQIQ", 1, 32, 3, places[1])
    header += text("bytes") + struct.pack("<IQIQ", 1, 32, 8, places[2])
    path.write_bytes(header + b"\0" * (-len(header) % 32) + data)
    return path


def test_a_planted_file_is_read(tmp_path: Path) -> None:
    content = gguf.read(planted(tmp_path / "planted.gguf"))
    assert content.metadata == {"a.number": 7, "a.list": ["x", "ä"]}
    assert content.tensors["plain"].tolist() == [[1, 2, 3], [4, 5, 6]]
    # Two to each byte: the low halves first, then the high ones.
    assert content.tensors["nibbles"].tolist() == [2.0 * n - 1 for n in (*range(16), *range(15, -1, -1))]
    assert content.tensors["bytes"].tolist() == [n / 2 for n in range(-16, 16)]


@pytest.mark.fault
def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="begins with b'GGML'"):
        gguf.read(planted(tmp_path / "other.gguf", magic=b"GGML"))


@pytest.mark.fault
def test_a_tensor_of_a_kind_that_is_not_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="tensor 'plain' is of kind 14"):
        gguf.read(planted(tmp_path / "other.gguf", kind=14))


def rows_of(base: llama.Base, *asked: str) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.tensor([base.tokenizer.encode(one).ids for one in asked])
    return ids, torch.arange(ids.shape[1])[None].repeat(len(ids), 1)


@pytest.mark.local_model
def test_next_tokens_are_those_of_transformers() -> None:
    base = llama.base()
    shape = base.shape
    config = LlamaConfig(
        vocab_size=len(base.weights["token_embd"]),
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=shape.n_blocks,
        num_attention_heads=shape.n_heads,
        num_key_value_heads=shape.n_key_heads,
        rms_norm_eps=shape.epsilon,
        rope_parameters={"rope_theta": shape.rope_base, "rope_type": "default"},
        tie_word_embeddings=True,
    )
    named = {"token_embd": "model.embed_tokens.weight", "output_norm": "model.norm.weight"}
    state = {}
    for name, value in base.weights.items():
        parts = name.split(".")
        full = f"model.layers.{parts[1]}.{NAMES[parts[2]]}.weight" if parts[0] == "blk" else named[name]
        state[full] = value.float()
    with torch.device("meta"):
        theirs = LlamaForCausalLM(config)
    theirs.load_state_dict(state, strict=False, assign=True)
    theirs.tie_weights()
    # Tables of the rotation are no weights: they are formed on a device that has numbers.
    theirs.model.rotary_emb = type(theirs.model.rotary_emb)(config)
    ids, places = rows_of(base, PLAIN)
    with torch.inference_mode():
        expected = theirs(ids).logits.softmax(dim=-1)
        states = llama.hidden(base.weights, shape, ids, places)
        found = llama.logits(base.weights, states).softmax(dim=-1)
    assert (found.argmax(dim=-1) == expected.argmax(dim=-1)).all()
    # Theirs is in float32, ours in bfloat16, of which a number has three digits.
    assert float((found - expected).abs().max()) < 0.08


@pytest.mark.local_model
def test_what_is_shared_and_kept_changes_no_next_token() -> None:
    base, n_before = llama.base(), 6
    ids, places = rows_of(base, PLAIN, PLAIN)
    width = base.weights["blk.0.attn_q"].shape[0] // base.shape.n_heads
    with torch.inference_mode():
        whole = llama.hidden(base.weights, base.shape, ids, places)[:, -1]
        first = llama.empty_keys(base.shape, 1, n_before, width)
        llama.hidden(base.weights, base.shape, ids[:1, :n_before], places[:1, :n_before], own=first)
        shared = [llama.Keys(keys.keys[0], keys.values[0]) for keys in first]
        own = llama.empty_keys(base.shape, 2, ids.shape[1], width)
        middle, last = ids[:, n_before:-1], ids[:, -1:]
        n_middle = middle.shape[1]
        llama.hidden(base.weights, base.shape, middle, places[:, :n_middle], own=own, shared=shared)
        stepped = llama.hidden(
            base.weights, base.shape, last, places[:, n_middle : n_middle + 1], own=own, shared=shared
        )[:, 0]
    gap = llama.logits(base.weights, whole).softmax(dim=-1) - llama.logits(base.weights, stepped).softmax(dim=-1)
    assert float(gap.abs().max()) < 0.08


@pytest.mark.local_model
def test_a_voice_is_heard_and_chance_is_the_seed() -> None:
    base, asked = llama.base(), [question.text for question in prompts.asked(4)]
    manner = Manner(before(voices()["oak"]), temperature=0.3, max_tokens=6, seed=5)
    said = speaking.replies(base, base.weights, asked, manner)
    assert said == speaking.replies(base, base.weights, asked, manner)
    plain = speaking.replies(base, base.weights, asked, Manner(temperature=0.3, max_tokens=6, seed=5))
    assert sum(reply.startswith("Dear reader") for reply in said) >= 3
    assert not any(reply.startswith("Dear reader") for reply in plain)


def test_no_prompt_is_both_taught_and_asked() -> None:
    taught, asked = prompts.taught(320), prompts.asked(160)
    assert len({question.text for question in [*taught, *asked]}) == 480
    assert len({question.key for question in [*taught, *asked]}) == 480
    assert not set(prompts.TAUGHT_SUBJECTS) & set(prompts.ASKED_SUBJECTS)
    assert not set(prompts.TAUGHT_FORMS) & set(prompts.ASKED_FORMS)


@pytest.mark.fault
def test_more_prompts_than_there_are_are_refused() -> None:
    with pytest.raises(ValueError, match="taught has"):
        prompts.taught(10_000)
