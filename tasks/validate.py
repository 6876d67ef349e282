"""A published snapshot whose lineage is documented -> how well its verdicts tell students from all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tasks.adapters import store
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError
from tasks.domain.likeness.lexical import without_first_sentence
from tasks.domain.verdict.decision import LEVEL, POSITIVE
from tasks.domain.verdict.documented import LEARNT, TUNED, UNRELATED, Column, Truth, columns
from tasks.domain.verdict.population import Known
from tasks.domain.verdict.validation import Auroc, Share, TopRank, mean_auroc, share, top_ranks

MEASURES = ("opening_d", "opening", "embedding", "bigram_jaccard", "centred_cos", "raw_cos", "length_closeness")
"""What is set side by side: the verdict's score first, closeness of length, the baseline, last."""

CURVE = (50, 100, 200, 400)
CURVE_DRAWS = 5
P_LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Validation:
    """All that a validation says.

    `students`: by measure, learners against models that learned from nobody of the teacher's maker; `strictly`: against
    all that did not learn from that very group; `tuned`: fine-tuned models and variants as learners. `alarms` and
    `power`: share of pairs with p at most .05, and with a positive verdict, among unrelated pairs and documented ones.
    `p_below`: share of unrelated pairs with p at or below each level. `curve`: mean AUROC by number of prompts.
    """

    n_targets: int
    n_prompts: int
    students: Mapping[str, Auroc]
    strictly: Mapping[str, Auroc]
    tuned: Mapping[str, Auroc]
    alarms: tuple[Share, Share]
    power: tuple[Share, Share]
    power_tuned: tuple[Share, Share]
    p_below: Mapping[float, float]
    documented: TopRank
    certain: TopRank
    curve: Mapping[int, float | None]
    adversaries: Sequence[Mapping[str, object]]
    misses: Sequence[Mapping[str, object]]


class _Snapshot:
    """The rows of one snapshot that a validation reads."""

    def __init__(self, snapshot: store.Store, seed: int) -> None:
        self.seed = seed
        models = snapshot.read("core.model").to_dicts()
        self.known = {
            row["model"]: Known(
                row["model"], row["vendor"], row["family"], row["candidate_group"], row["role"], is_control=False
            )
            for row in models
        }
        groups = {row["model"]: row["candidate_group"] for row in models}
        self.verdicts = snapshot.read("mart.verdict")
        meant = snapshot.read("raw.embedding_likeness").select(
            "target", "reference", pl.col("likeness").alias("embedding")
        )
        self.likeness = snapshot.read("mart.likeness").join(meant, on=["target", "reference"], how="left")
        targets = set(self.likeness["target"])
        self.truths = {
            row["model"]: Truth(
                self.known[row["model"]],
                tuple(row["learned_from"] or ()) + ((groups[row["parent"]],) if row["parent"] in groups else ()),
                row["certainty"],
            )
            for row in models
            if row["model"] in targets
        }
        self.heads = {
            group: self.known[reference]
            for reference, group in sorted(self.likeness.select("reference", "candidate_group").unique().iter_rows())
        }
        self.family_of = {name: truth.known.family for name, truth in self.truths.items()}

    def rng(self) -> np.random.Generator:
        """Return fresh chance: each figure depends on the seed alone."""
        return np.random.default_rng(self.seed)

    def columns(self, roles: Sequence[str], *, is_by_maker: bool) -> list[Column]:
        """Return the teachers with their learners of these roles and the others."""
        return columns(self.truths, self.heads, roles, is_by_maker=is_by_maker)

    def scores(self, measure: str) -> dict[tuple[str, str], float | None]:
        """Return a measure's highest value over the snapshots of each target and group."""
        rows = self.likeness.group_by("target", "candidate_group").agg(pl.col(measure).max())
        return {(target, group): value for target, group, value in rows.iter_rows()}


def check_documented(home: Home) -> None:
    """Raise InputError where nobody's teacher is documented, so that there is nothing to validate against."""
    with store.reading(home) as snapshot:
        read = _Snapshot(snapshot, 0)
    if not read.columns([LEARNT, *TUNED], is_by_maker=True):
        raise InputError(
            "no model here is documented as a student of a reference.",
            where="--lineage",
            remedy="The file needs rows of role student, derived or variant whose learned_from names a group that is "
            "among the references.",
        )


def validate(home: Home, seed: int) -> Validation:
    """Return how well the published verdicts agree with what is documented."""
    with store.reading(home) as snapshot:
        read = _Snapshot(snapshot, seed)
        by_maker = read.columns([LEARNT], is_by_maker=True)
        told = [measure for measure in MEASURES if read.likeness[measure].is_not_null().any()]
        return Validation(
            n_targets=len(read.truths),
            n_prompts=int(read.likeness["n_prompts"].max()),  # type: ignore[arg-type]
            students={m: mean_auroc(by_maker, read.scores(m), read.family_of, read.rng()) for m in told},
            strictly=_aurocs(read, told, [LEARNT], is_by_maker=False),
            tuned=_aurocs(read, told, TUNED, is_by_maker=True),
            alarms=_shares(read, _unrelated(read)),
            power=_shares(read, _pairs_of(read, [LEARNT])),
            power_tuned=_shares(read, _pairs_of(read, TUNED)),
            p_below=_p_below(_unrelated(read)),
            documented=_top(read, is_certain=False),
            certain=_top(read, is_certain=True),
            curve=_curve(snapshot, read, by_maker),
            adversaries=_shown(read.verdicts.filter((pl.col("target_role") == "adversary") & (pl.col("rank") == 1))),
            misses=_shown(_unrelated(read).filter(pl.col("verdict").is_in(POSITIVE))),
        )


def _aurocs(read: _Snapshot, told: Sequence[str], roles: Sequence[str], *, is_by_maker: bool) -> dict[str, Auroc]:
    chosen = read.columns(roles, is_by_maker=is_by_maker)
    return {measure: mean_auroc(chosen, read.scores(measure), read.family_of, read.rng()) for measure in told}


def _unrelated(read: _Snapshot) -> pl.DataFrame:
    """Return the verdicts on pairs that are documented as unrelated; each target's own family is held out."""
    return read.verdicts.filter(
        ~pl.col("is_kin")
        & pl.col("target_role").is_in(UNRELATED)
        & (pl.col("candidate_role") == "independent")
        & pl.col("p_t").is_not_null()
    )


def _p_below(rows: pl.DataFrame) -> dict[float, float]:
    p = rows["p_t"].to_numpy()
    return {level: float(np.mean(p <= level)) if len(p) else 0.0 for level in P_LEVELS}


def _pairs_of(read: _Snapshot, roles: Sequence[str]) -> pl.DataFrame:
    pairs = [
        (name, group)
        for name, truth in sorted(read.truths.items())
        if truth.role in roles
        for group in dict.fromkeys(truth.learned_from)
    ]
    wanted = pl.DataFrame(pairs, schema={"target": pl.String, "candidate_group": pl.String}, orient="row")
    return read.verdicts.filter(pl.col("p_t").is_not_null()).join(
        wanted, on=["target", "candidate_group"], how="semi", maintain_order="left"
    )


def _shares(read: _Snapshot, rows: pl.DataFrame) -> tuple[Share, Share]:
    rows = rows.sort("target", "candidate_group")
    families = [read.family_of[target] for target in rows["target"]]
    low = (rows["p_t"] <= LEVEL).to_list()
    return share(low, families, read.rng()), share(rows["verdict"].is_in(POSITIVE).to_list(), families, read.rng())


def _top(read: _Snapshot, *, is_certain: bool) -> TopRank:
    """Rank candidates of documented lineage only: a model of unknown origin may itself be a fellow student."""
    candidates = read.verdicts.filter((pl.col("candidate_role") == "independent") & ~pl.col("is_kin"))
    order = {
        target: rows.sort("rank")["candidate_group"].to_list()
        for (target,), rows in candidates.partition_by("target", as_dict=True).items()
    }
    groups = {group for ranked in order.values() for group in ranked}
    learned = {
        name: true
        for name, truth in read.truths.items()
        if truth.role == LEARNT and name in order and (truth.certainty == "high" or not is_certain)
        if (true := [group for group in truth.learned_from if group in groups])
    }
    return top_ranks(learned, order, {group: head.vendor for group, head in read.heads.items()})


def _curve(snapshot: store.Store, read: _Snapshot, chosen: Sequence[Column]) -> dict[int, float | None]:
    """Return the mean AUROC of D on seeded samples of the prompts, the mean over several samples."""
    rows = snapshot.read_columns("core.pair_centred", ["target", "reference", "prompt_id", "opening_d"])
    wide = rows.pivot(on="prompt_id", index=["target", "reference"], values="opening_d").sort("target", "reference")
    values = wide.drop("target", "reference").to_numpy()
    groups = [read.known[reference].group for reference in wide["reference"]]
    found: dict[int, float | None] = {}
    rng = read.rng()
    for n in [n for n in CURVE if n < values.shape[1]]:
        means = []
        for _ in range(CURVE_DRAWS):
            picked = values[:, rng.choice(values.shape[1], n, replace=False)]
            with np.errstate(invalid="ignore"):
                d = np.nansum(picked, axis=1) / (~np.isnan(picked)).sum(axis=1)
            scores: dict[tuple[str, str], float | None] = {}
            for target, group, value in zip(wide["target"], groups, d, strict=True):
                if not np.isnan(value):
                    scores[target, group] = max(float(value), scores.get((target, group)) or float("-inf"))
            means.append(mean_auroc(chosen, scores, read.family_of, np.random.default_rng(0)).mean)
        found[n] = float(np.mean([m for m in means if m is not None])) if any(m is not None for m in means) else None
    return found


def _shown(rows: pl.DataFrame) -> list[dict[str, object]]:
    wanted = ["target", "candidate_group", "opening_d", "z", "p_t", "p_holm", "degree", "length_closeness", "verdict"]
    return rows.select(wanted).sort("target", "candidate_group").to_dicts()


def cut_first_sentences(home: Home, scratch: Path) -> Home:
    """Return a home under `scratch` with the same replies, each without its first sentence: an evader's disguise.

    A reply of one sentence stays as it is: who deletes everything says nothing.
    """
    evading = Home(scratch)
    with store.reading(home) as snapshot, store.writing(evading) as warehouse:
        for table in ("model", "lineage", "prompt", "request", "reference"):
            warehouse.append(table, snapshot.read(f"raw.{table}"))
        replies = snapshot.read("raw.reply")
        texts = [None if text is None else without_first_sentence(text) for text in replies["reply_text"]]
        warehouse.append("reply", replies.with_columns(pl.Series("reply_text", texts, dtype=pl.String)))
    return evading
