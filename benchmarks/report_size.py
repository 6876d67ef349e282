"""How large the report is, how long it takes, and what memory it needs, by number of models and prompts.

`python -m benchmarks.report_size 60 805 FOLDER` plants replies of that many models to that many prompts, takes them in,
scores them from text alone and writes the report; each step in a process of its own. A home that is there serves again.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

WORDS = 100
VOCABULARY = 4000
FAMILIES = 12
PREFIX_OVERLAPS = 6


def plant(folder: Path, n_models: int, n_prompts: int) -> None:
    """Write replies and what is known of their models: families begin alike, every fifth model learned from another."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(VOCABULARY)])
    # To each prompt a family has an opening of its own; how much of it a model keeps differs.
    prefix_overlaps = rng.integers(0, PREFIX_OVERLAPS, (n_prompts, FAMILIES))
    with (folder / "replies.jsonl").open("w", encoding="utf-8") as file:
        for model in range(n_models):
            family = model % FAMILIES
            teacher = (family + 1) % FAMILIES if model % 5 == 4 else family
            kept = rng.random(n_prompts) < 0.6
            for prompt in range(n_prompts):
                n = int(rng.integers(WORDS // 2, WORDS * 3 // 2))
                own = " ".join(words[rng.zipf(1.3, n) % VOCABULARY])
                prefix_overlap = prefix_overlaps[prompt, teacher if kept[prompt] else family]
                start = f"Prefix overlap {prefix_overlap} of prompt {prompt} is this one"
                row = {"model": f"model-{model:03}", "prompt": f"Question {prompt}?", "reply": f"{start} {own}"}
                file.write(json.dumps(row) + "\n")
    lines = ["model,vendor,group,family,role,learned_from,parent,certainty"]
    for model in range(n_models):
        vendor = f"vendor-{model % FAMILIES:02}"
        role = "student" if model % 5 == 4 else "independent"
        learned = f"group-{(model % FAMILIES + 1) % FAMILIES:02}" if role == "student" else ""
        lines.append(f"model-{model:03},{vendor},group-{model % FAMILIES:02},{vendor},{role},{learned},,high")
    (folder / "lineage.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def timed(*arguments: str) -> None:
    """Run one command of distillometer and print its seconds and its highest memory."""
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "flows.cli.main", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    print(f"{arguments[0]:8} {seconds:8.1f} s {usage.ru_maxrss / 1e6:6.2f} GB", flush=True)
    if process.returncode:
        sys.exit(process.returncode)


def main() -> None:
    """Measure one size."""
    n_models, n_prompts, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    home = folder / "home"
    if not (home / "published.duckdb").exists():
        folder.mkdir(parents=True, exist_ok=True)
        plant(folder, n_models, n_prompts)
        timed("ingest", str(folder / "replies.jsonl"), "--home", str(home))
        timed("score", "--embed-prompts", "0", "--lineage", str(folder / "lineage.csv"), "--home", str(home))
    timed("report", "--home", str(home))
    size = (home / "reports" / "latest.html").stat().st_size
    print(f"{n_models} models, {n_prompts} prompts: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
