"""Every method on every population under one null: `python -m benchmarks.rivals --home NAME=FOLDER ...`.

Populations are homes that are scored (`--home`, as `make validate` leaves them), or replies with a lineage file
(`--corpus NAME=REPLIES,LINEAGE[,BASES]`), which are taken in and scored first. Writes benchmarks/RIVALS.json, which is
also the cache: a figure is formed again only where the replies, the lineage, the method or the null has changed. From
it comes the part of docs/benchmark.md between two marks, by `benchmarks.rival_tables`.
"""

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np

from benchmarks import rival_tables
from benchmarks.robustness import formed
from tasks.adapters import extras
from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse import measured, pair_shards, pair_sums, reply_texts, store
from tasks.domain import registry, rivals
from tasks.domain.errors import InputError
from tasks.domain.pairwise.engine import sums_of
from tasks.domain.plan import EmbeddingPlan
from tasks.domain.rival import Rival, RivalInput, shared_prompts
from tasks.domain.rivals.first_words import provenance_p_values, unrelated_controls
from tasks.domain.validation.auroc import Share
from tasks.domain.validation.score_figures import (
    Figures,
    Published,
    centred_by_reference,
    centred_by_vendor,
    figures,
    published_figures,
)
from tasks.domain.verdict import limits
from tasks.domain.verdict.composite import WEIGHTS, composite
from tasks.domain.verdict.decision import LEAST_PROMPTS
from tasks.domain.verdict.lineage_tests import lineage_tests
from tasks.domain.verdict.population import best_snapshots
from tasks.similarity import validate

RESULTS = Path(__file__).with_name("RIVALS.json")
PAGE = PROJECT / "docs" / "benchmark.md"
WORK = PROJECT / "data" / "out" / "rivals"
SEED = 0
EMBEDDED_PROMPTS = 60
SCORED = "scored.stamp"
"""File of a home whose scoring has ended."""

COMPOSITE, VERSION_0_1_0, PROVENANCE = rival_tables.COMPOSITE, "prefix_overlap_0_1_0", "provenance_test"
LEVEL = 0.05
COUNTED_ONCE = ("n_targets", "n_human", "n_untaught")
COUNTED = (
    *("n_students", "n_tested", "right_fdr05", "right_alone", "wrong_fdr05", "wrong_alone", "elsewhere_fdr05"),
    *("human_fdr05", "human_alone", "untaught_fdr05"),
)
"""Counts of `Calls` that are written."""

MACHINE = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, NumPy {version('numpy')}"
OURS = {COMPOSITE: (*WEIGHTS,), VERSION_0_1_0: ("prefix_overlap",)}
"""Scores that channels make, and of which."""

Row = dict[str, Any]


class Corpus:
    """One population: its replies, its documented lineage, and a hash of both."""

    def __init__(self, name: str, home: Home) -> None:
        self.name, self.home = name, home
        with store.reading(home) as snapshot:
            self.population = measured.population_of(snapshot)
            self.table = validate.first_replies(snapshot, self.population)
        parts = (self.population.models, self.table.models, self.table.prompts, self.table.texts)
        self.digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def shared(self) -> np.ndarray:
        """Return the number of prompts that both models of a pair answered."""
        return shared_prompts(self.table.has_words)

    @property
    def summary(self) -> Row:
        """Return what the population is, in numbers."""
        models = self.population.models
        return {
            "models": len(models),
            "vendors": len({model.vendor for model in models}),
            "prompts": len(self.table.prompts),
            "independent": sum(model.is_control for model in models),
        }


def scored(values: np.ndarray, corpus: Corpus) -> Figures:
    """Return the figures of a score (n x n) that is centred already, under the null that all methods have."""
    population = corpus.population
    scores, snapshot = best_snapshots(population, values)
    n_shared = np.take_along_axis(corpus.shared, np.maximum(snapshot, 0), axis=1)
    least = min(LEAST_PROMPTS, 0.8 * len(corpus.table.prompts))
    is_control = population.is_unrelated & (n_shared >= least)
    return figures(scores, lineage_tests(scores, is_control, population), population, SEED)


def of_channels(name: str, corpus: Corpus) -> Figures:
    """Return the figures of a score that channels make, formed from the texts as a scoring does."""
    population, channels = corpus.population, OURS[name]
    with store.reading(corpus.home) as snapshot, TemporaryDirectory() as folder:
        common = pair_sums.commonest(snapshot)
        [shard] = reply_texts.write_shards(snapshot, folder, 1)
        asked = pair_shards.read_prompts(shard, tuple(population.place))[0]
    sums = sums_of(formed(asked, population, common, channels), channels, population.cohort)
    if name == COMPOSITE:
        return scored(composite(sums, population).scores, corpus)
    return scored(centred_by_reference(sums["prefix_overlap"].mean, population.cohort), corpus)


def of_provenance(corpus: Corpus) -> Published:
    """Return the decisions of Model Provenance Testing by its own p values."""
    cohort = corpus.population.cohort
    unrelated = unrelated_controls(cohort.is_background, cohort.family, cohort.vendor)
    p_values = provenance_p_values(corpus.table, unrelated)
    return published_figures(p_values, corpus.population.is_unrelated, corpus.population, SEED)


def of_rival(rival: Rival, inputs: RivalInput, corpus: Corpus) -> Figures | None:
    """Return the figures of a rival; None where it lacks something."""
    values = rival.score(inputs)
    return None if values is None else scored(centred_by_vendor(values, corpus.population.cohort), corpus)


def row_of(result: Figures | Published, seconds: float) -> Row:
    """Return what is written of one method: counts over candidates of either kind, and shares with their n."""
    kinds = list(result.calls.values())
    counts = {name: sum(getattr(calls, name) for calls in kinds) for name in COUNTED}
    # The same targets are tested over candidates of either kind.
    counts |= {name: max((getattr(calls, name) for calls in kinds), default=0) for name in COUNTED_ONCE}
    row: Row = {**counts, "seconds": round(seconds, 1)}
    cells: Mapping[float, Share]
    if isinstance(result, Published):
        cells, controls = {LEVEL: result.cells}, result.controls
    else:
        row |= {"auroc": result.students.mean, "low": result.students.low, "high": result.students.high}
        cells, controls = result.alarms.vendor_cells, result.alarms.controls
    row |= {f"cells_{level:g}": share.value for level, share in cells.items()} | {"n_cells": cells[LEVEL].n}
    return row | {"controls_alone": round((controls.value or 0.0) * controls.n), "n_controls": controls.n}


def methods(n_embedded: int) -> dict[str, str]:
    """Return the methods that can be run here by name, each with what its results rest on beside the population."""
    null = f"null {limits.VERSION}, seed {SEED}"
    rests_on = {name: f"{null}, channels {', '.join(channels)}" for name, channels in OURS.items()}
    for name in registry.names(rivals):
        rival: Rival = registry.load(rivals, name)
        is_left_out = (rival.reads_vectors and not n_embedded) or (rival.extra and not extras.is_installed(rival.extra))
        if not is_left_out:
            source = hashlib.sha256((PROJECT / "tasks/domain/rivals" / f"{name}.py").read_bytes()).hexdigest()
            prompts = f", {n_embedded} embedded prompts" if rival.reads_vectors else ""
            rests_on[name] = f"{null}, version {rival.version}, source {source}{prompts}"
    return rests_on | {PROVENANCE: f"{null}, decided by its own p"}


class Embedded:
    """The replies to some prompts with their vectors: embedded once, though several rivals read them."""

    def __init__(self, corpus: Corpus, n_prompts: int) -> None:
        self.corpus, self.n_prompts, self.seconds = corpus, n_prompts, 0.0
        self.inputs: RivalInput | None = None

    def is_read_by(self, method: str) -> bool:
        """Return whether a method compares vectors."""
        return method in registry.names(rivals) and registry.load(rivals, method).reads_vectors

    def read(self) -> tuple[RivalInput, float]:
        """Return what the rivals read, and the seconds that were spent on it before, which each of them costs."""
        if self.inputs is not None:
            return self.inputs, self.seconds
        before = process_time()
        plan = EmbeddingPlan(prompts_per_set=self.n_prompts)
        self.inputs = validate.embedded_input(self.corpus.table, self.corpus.population, plan, SEED)
        self.seconds = process_time() - before
        return self.inputs, 0.0


def result_of(name: str, corpus: Corpus, embedded: Embedded) -> tuple[Figures | Published | None, float]:
    """Return what a method finds, None where it is undefined, and the seconds that were spent on its input before."""
    if name in OURS:
        return of_channels(name, corpus), 0.0
    if name == PROVENANCE:
        return of_provenance(corpus), 0.0
    if embedded.is_read_by(name):
        inputs, seconds = embedded.read()
    else:
        inputs, seconds = validate.rival_input(corpus.table, corpus.population), 0.0
    return of_rival(registry.load(rivals, name), inputs, corpus), seconds


class Benchmark:
    """The results file, and what it takes to bring it up to date."""

    def __init__(self, results: Path, n_embedded: int, chosen: Sequence[str] = ()) -> None:
        self.results, self.n_embedded, self.chosen = results, n_embedded, chosen
        read = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
        self.populations: dict[str, Row] = read.get("populations", {})

    def measure(self, corpus: Corpus) -> list[str]:
        """Form and write the figures of one population that are not there; return the names of those methods."""
        rests_on = methods(self.n_embedded)
        kept = self.populations.get(corpus.name, {})
        there = kept["methods"] if kept.get("digest") == corpus.digest else {}
        rows = {name: row for name, row in there.items() if name in {*OURS, PROVENANCE, *registry.names(rivals)}}
        entry = {"digest": corpus.digest, **corpus.summary, "methods": rows}
        entry |= {name: kept[name] for name in ("machine", "n_shared", "words_seconds") if rows}
        chosen = [name for name in rests_on if not self.chosen or name in self.chosen]
        missing = [name for name in chosen if rows.get(name, {}).get("rests_on") != rests_on[name]]
        self.populations[corpus.name] = entry
        if missing:
            # Once for all rivals, before any of them is timed: else the first would pay for the others.
            before = process_time()
            entry |= {"machine": MACHINE, "n_shared": int(corpus.shared.max())}
            entry["words_seconds"] = round(process_time() - before, 1)
        embedded = Embedded(corpus, self.n_embedded)
        for name in missing:
            seconds_before = process_time()
            result, seconds_elsewhere = result_of(name, corpus, embedded)
            seconds = process_time() - seconds_before + seconds_elsewhere
            rows[name] = {"rests_on": rests_on[name], **(row_of(result, seconds) if result is not None else {})}
            if embedded.is_read_by(name):
                rows[name]["embedded_prompts"] = self.n_embedded
            print(f"{corpus.name}: {name}, {seconds:.1f} s", flush=True)
            # After each: who interrupts a run loses one figure.
            self.write()
        return missing

    def write(self) -> None:
        """Write all results; the order of keys is that of their names, so that two files can be compared."""
        document = {"populations": self.populations}
        self.results.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def corpus_home(corpus: str, work: Path) -> tuple[str, Home]:
    """Return the name and the home of `NAME=REPLIES,LINEAGE[,BASES]`.

    The home's folder has a hash of the files' content in its name, so other files make another home.

    Raises:
        InputError: the text is written otherwise.
    """
    name, files = corpus_files(corpus)
    digest = hashlib.sha256()
    for part in files:
        for path in sorted(part.rglob("*")) if part.is_dir() else [part]:
            if path.is_file():
                digest.update(f"{path.relative_to(part)}\0".encode() + path.read_bytes())
    return name, Home(work / f"{name}-{digest.hexdigest()[:12]}")


def corpus_files(corpus: str) -> tuple[str, list[Path]]:
    """Return the name and the files of `NAME=REPLIES,LINEAGE[,BASES]`; InputError where it is written otherwise."""
    name, _, files = corpus.partition("=")
    paths = [Path(part) for part in files.split(",")]
    if not name or len(paths) not in (2, 3):
        raise InputError(
            f"{corpus!r} is no corpus.", where="--corpus", remedy="Write it as NAME=REPLIES,LINEAGE or with ,BASES."
        )
    return name, paths


def taken_in(corpus: str, work: Path, scoring: Sequence[str] = ()) -> tuple[str, Home]:
    """Return the name and the home of a corpus, taken in and scored, with these options, unless that was done before.

    Raises:
        InputError: the corpus is not written as NAME=REPLIES,LINEAGE[,BASES].
        CalledProcessError: its files can't be taken in or scored; the command has said why.
    """
    name, home = corpus_home(corpus, work)
    _, (replies, *documented) = corpus_files(corpus)
    # What is published after it is taken in is not scored yet: a killed run goes on there.
    stamp = home.root / SCORED
    if not stamp.exists():
        options = [word for pair in zip(("--lineage", "--bases"), documented, strict=False) for word in map(str, pair)]
        for words in (["ingest", str(replies)], ["score", *options, *scoring]):
            command = [sys.executable, "-m", "flows.cli.main", *words, "--home", str(home.root)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        stamp.touch()
    return name, home


def homes_of(arguments: argparse.Namespace) -> dict[str, Home]:
    """Return the scored home of each population; those that are not scored are named and left out."""
    homes = {name: Home(Path(folder)) for name, _, folder in (home.partition("=") for home in arguments.home)}
    homes |= dict(taken_in(corpus, WORK) for corpus in arguments.corpus)
    unscored = [name for name, home in homes.items() if not home.published.exists()]
    for name in unscored:
        print(f"{name} is left out: {homes[name].root} is not scored yet; `make validate CORPORA=...` does that.")
    return {name: home for name, home in homes.items() if name not in unscored}


def main(words: Sequence[str], results: Path = RESULTS, page: Path = PAGE) -> None:
    """Measure each population, write the results, and the tables into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals")
    parser.add_argument("--home", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=REPLIES,LINEAGE[,BASES]")
    is_embedding = extras.is_installed("embed")
    parser.add_argument("--embed-prompts", type=int, default=EMBEDDED_PROMPTS if is_embedding else 0, metavar="N")
    names = sorted(methods(EMBEDDED_PROMPTS))
    parser.add_argument("--method", action="append", default=[], choices=names, help="Only this one; repeatable.")
    arguments = parser.parse_args(words)
    benchmark = Benchmark(results, arguments.embed_prompts, arguments.method)
    n_formed = sum(len(benchmark.measure(Corpus(name, home))) for name, home in homes_of(arguments).items())
    print(f"Figures formed: {n_formed}.")
    if n_formed:
        benchmark.write()
    lines = rival_tables.lines(benchmark.populations)
    print("\n".join(lines))
    if page.exists():
        page.write_text(rival_tables.inserted(page.read_text(encoding="utf-8"), lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
