"""The verdicts of a reference bank beside those of a scoring: each student of a scored home against a bank of it.

`python -m benchmarks.reference_banks HOME [--word-pairs N] [--prompts N]` prints, for each model that is documented to
have learned from another: the vendor and p of either, the largest difference of z over candidates, and the time.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from tasks.adapters.inputs import bank_files
from tasks.adapters.planning.bank_checks import chosen_prompts
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import measured, reference_banks, store
from tasks.domain.bank.bank import N_PAIRS, replies_of
from tasks.domain.bank.checking import check

STUDENT = "student"


def main(arguments: list[str]) -> None:
    """Print a row for each documented student, and the sums."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reference_banks", description=__doc__)
    parser.add_argument("home")
    parser.add_argument("--word-pairs", type=int, default=N_PAIRS)
    parser.add_argument("--prompts", type=int, default=None)
    parser.add_argument("--role", default=STUDENT)
    options = parser.parse_args(arguments)
    rows = []
    with store.reading(home_at(options.home)) as snapshot, tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        path = Path(folder) / "home.parquet"
        bank_files.write(reference_banks.build(snapshot, "home", "", n_pairs=options.word_pairs), path)
        built, started = time.process_time() - started, time.process_time()
        bank = bank_files.read(path)
        print(f"built in {built:.1f} s, read in {time.process_time() - started:.1f} s of processor time", end="; ")
        print(f"{path.stat().st_size / 1e6:.1f} MB, {len(bank.models)} models, {len(bank.prompts)} prompts")
        population = measured.population_of(snapshot)
        names, asked = measured.named_vendors(population), set(chosen_prompts(bank, options.prompts, 0))
        for target in (model for model in population.models if model.role == options.role):
            texts = snapshot.read_columns("core.reply", ["prompt_id", "reply_text"], model=target.model).drop_nulls()
            started = time.process_time()
            texts = texts.filter(pl.col("prompt_id").is_in(list(asked)))
            found = check(bank, target, replies_of(bank, list(texts.iter_rows())), names)
            seconds = time.process_time() - started
            scored = {
                row["candidate_group"]: row for row in snapshot.read("mart.verdict", target=target.model).to_dicts()
            }
            of_bank = {row["candidate_group"]: row for row in found.rows}
            best, full = _best(found.rows), _best(list(scored.values()))
            gaps = [abs(row["z"] - of_bank[group]["z"]) for group, row in scored.items() if row["z"] is not None]
            rows.append(
                {
                    "target": target.model,
                    "bank": f"{best['candidate_vendor']} {best['verdict']}",
                    "scored": f"{full['candidate_vendor']} {full['verdict']}",
                    "p bank": best["p_target"],
                    "p scored": full["p_target"],
                    "z bank": best["z"],
                    "z scored": full["z"],
                    "largest gap of z": max(gaps, default=None),
                    "s": seconds,
                }
            )
    with pl.Config(tbl_rows=200, tbl_cols=20, fmt_str_lengths=60, tbl_width_chars=250, float_precision=4):
        print(pl.DataFrame(rows))


def _best(rows: list[dict]) -> dict:
    return min((row for row in rows if not row["is_kin"]), key=lambda row: row["place"])


if __name__ == "__main__":
    main(sys.argv[1:])
