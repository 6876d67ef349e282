"""How often the test of model equality is right: `python -m benchmarks.model_equality`, minutes.

SmolLM2-135M-Instruct is asked 40 questions eight times, and four times each at other temperatures, under a system
prompt, and as voices of `benchmarks.dose`. Its samples are then tested against one another, 24 prompts and two samples
a side at a time: against itself any finding is false. Replies are kept in data/out/model_equality.json.
"""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.dose import llama, speaking
from benchmarks.dose.grid import voices
from benchmarks.dose.making import before
from benchmarks.dose.prompts import ASKED_FORMS, ASKED_SUBJECTS
from benchmarks.dose.speaking import SYSTEM, Manner
from tasks.adapters.settings import PROJECT
from tasks.domain.pairwise.sampled_prompts import similarity_of_replies
from tasks.domain.stats.model_equality import ModelEquality, SampledPrompt, model_equality
from tasks.domain.verdict.same_model import NEARLY, OPEN, OTHER, SAME, equality

KEPT = PROJECT / "data/out/model_equality.json"
N_QUESTIONS, N_PROMPTS, N_TESTS = 40, 24, 200
N_SAMPLES, N_OWN = 4, 8
TOKENS = 48
SEED = 20_261_130
PLAIN = "the same"
VOICES = ("elm", "cobalt", "fennel", "aster")

Replies = Mapping[str, list[list[str]]]
"""By name: the samples of each question."""


def manners() -> Iterator[tuple[str, Manner]]:
    """Yield how each is asked, by name."""
    yield PLAIN, Manner(max_tokens=TOKENS)
    for temperature in (0.3, 0.8, 1.0):
        yield f"temperature {temperature} for 0.7", Manner(temperature=temperature, max_tokens=TOKENS)
    yield "a system prompt: a helpful assistant", Manner(SYSTEM.format("You are a helpful assistant."), 0.7, TOKENS)
    for name in VOICES:
        voice = voices()[name]
        yield f"made to be {name}, by system prompt and examples", Manner(before(voice), voice.temperature, TOKENS)


def asked(path: Path = KEPT) -> Replies:
    """Return the replies, asked for where they are not kept."""
    if path.exists():
        kept: Replies = json.loads(path.read_text(encoding="utf-8"))
        return kept
    questions = [form.format(subject) for subject in ASKED_SUBJECTS for form in ASKED_FORMS]
    random.Random(SEED).shuffle(questions)
    base, found = llama.base(), {}
    for number, (name, manner) in enumerate(manners()):
        n = N_OWN if name == PLAIN else N_SAMPLES
        rows = [question for question in questions[:N_QUESTIONS] for _ in range(n)]
        said = speaking.replies(base, base.weights, rows, replace(manner, seed=SEED + number))
        found[name] = [said[at : at + n] for at in range(0, len(said), n)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")
    return found


def tests(replies: Replies, name: str, rng: np.random.Generator) -> list[ModelEquality]:
    """Return tests of the plain model against `name`, of drawn prompts and samples; against itself by other samples."""
    own, other = replies[PLAIN], replies[name]
    alike = [similarity_of_replies([*own[at], *other[at]]) for at in range(N_QUESTIONS)]
    found = []
    for _ in range(N_TESTS):
        prompts = []
        for at in rng.choice(N_QUESTIONS, N_PROMPTS, replace=False):
            left = rng.permutation(N_OWN)[:4]
            right = left[2:] if name == PLAIN else N_OWN + rng.permutation(N_SAMPLES)[:2]
            rows = np.concatenate([left[:2], right])
            prompts.append(SampledPrompt(alike[at][np.ix_(rows, rows)], 2))
        found.append(model_equality(prompts, rng))
    return found


def main() -> None:
    """Print a line for each way to ask."""
    replies, rng = asked(), np.random.default_rng(SEED)
    kinds = (SAME, NEARLY, OTHER, OPEN)
    print(f"| {N_PROMPTS} prompts, 2 samples each, against | distance | findable | {' | '.join(kinds)} |")
    print(f"|---|--:|--:|{'--:|' * len(kinds)}")
    for name in replies:
        done = tests(replies, name, rng)
        said = [equality(test, test.p_value) for test in done]
        distance = float(np.mean([test.distance for test in done if test.distance is not None]))
        findable = float(np.mean([test.detectable for test in done if test.detectable is not None]))
        shares = " | ".join(f"{said.count(kind) / len(said):.2f}" for kind in kinds)
        print(f"| {name} | {distance:.2f} | {findable:.2f} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
