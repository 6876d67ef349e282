"""What 52 rounds cost: bytes of the warehouse and seconds of drift, before and after pruning to 8 rounds.

`python -m benchmarks.rounds`: ten stub models, 100 prompts, one sample, every text with a vector of 384 numbers.
"""

import hashlib
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import numpy as np
import polars as pl
from prefect.logging import disable_run_logger

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import pair_sums, pruning, store
from tasks.rounds import drift
from tests.support import personas, small_home

MODELS = [f"independent-{number}" for number in range(10)]
PROMPTS = [f"p{number:03d}" for number in range(100)]
ROUNDS, KEPT = 52, 8


def _rows(number: int) -> tuple[list[dict], list[dict]]:
    at, requests, replies = datetime(2026, 1, 5) + timedelta(days=7 * number), [], []
    for model in MODELS:
        for prompt in PROMPTS:
            name = hashlib.sha256(f"{number} {model} {prompt}".encode()).hexdigest()[:32]
            asked = [{"role": "user", "content": f"How do I mend a kettle, way {prompt}?"}]
            told = {"request_id": name, "model": model, "fingerprint": "f", "prompt_id": prompt, "sample": 0}
            requests.append(
                told | {"round": f"W{number:02d}", "sampling_text": "{}", "purpose": "reply", "requested_at": at}
            )
            told = {"reply_id": name[::-1], "request_id": name, "reply_text": personas.reply(model, asked, number)}
            replies.append(told | {"n_attempts": 1, "replied_at": at, "source": "asked"})
    return requests, replies


def _ask(warehouse: store.Store, number: int, rng: np.random.Generator) -> int:
    requests, replies = _rows(number)
    run = {"run_id": f"{number}", "event": "started", "plan": "p", "round": f"W{number:02d}", "recipe_id": "a"}
    warehouse.append("run", [run | {"plan_text": "", "version": "1", "happened_at": datetime(2026, 1, 5)}])
    warehouse.append("run_model", [{"run_id": f"{number}", "model": model} for model in MODELS])
    warehouse.append("request", requests)
    warehouse.append("reply", replies)
    texts = sorted({row["reply_text"] for row in replies})
    ids = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    vectors = rng.normal(size=(len(ids), 384)).astype(np.float32)
    frame = pl.DataFrame({"embedder": ["e/e"] * len(ids), "text_id": ids, "vector": vectors.tolist()})
    warehouse.append("embedding", frame)
    return sum(len(text.encode()) for text in texts)


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder, disable_run_logger():
        home = Home(Path(folder))
        n_bytes = 0
        for number in range(ROUNDS):
            with store.writing(home) as warehouse:
                if number == 0:
                    small_home.fill(warehouse, [(model, "p000", 9, "Before.") for model in MODELS], {})
                n_bytes += _ask(warehouse, number, rng)
            if number in (0, 7, ROUNDS - 1):
                pruning.prune(home, None)
                size = home.warehouse.stat().st_size
                print(f"{number + 1} rounds: {size / 1e6:.1f} MB, {n_bytes / 1e6:.1f} MB of it text as it came")
        with store.writing(home) as warehouse:
            pair_sums.store_shapes(warehouse)
            warehouse.refresh()
            started = monotonic()
            drift.drift.fn("e/e", 0, home)
            print(f"drift of {len(MODELS)} models after {ROUNDS} rounds: {monotonic() - started:.1f} s")
        done = pruning.prune(home, KEPT)
        print(f"pruned to {KEPT} rounds: {done.bytes_after / 1e6:.1f} MB, {done.n_replies:,} replies less")


if __name__ == "__main__":
    main()
