"""The cosines of a dossier's model with others, out of the vectors of their replies."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from tasks.domain.dossier.comparing import differing_rows
from tasks.domain.dossier.evidence import Evidence, Vectors
from tasks.domain.similarity.model_cosines import ModelCosines
from tasks.domain.similarity.vectors import Member

Row = Mapping[str, Any]
Cosines = Mapping[str, Sequence[Row]]
"""By relation: rows of the target with some of its columns."""

PAIRS, LEAVE_OUT = "mart.pair_similarity", "score.embedding_similarity"
OWN, REPEATED = "mart.self_similarity", "mart.pair_self_normalised"

COLUMNS: Mapping[str, Sequence[str]] = {
    PAIRS: ("target", "reference", "raw_cos", "centred_cos", "n_embedded_prompts"),
    LEAVE_OUT: ("target", "reference", "similarity", "standard_error", "n_prompts"),
    OWN: ("model", "raw_cos", "centred_cos"),
    REPEATED: ("left_model", "right_model", "raw_cos", "left_self_raw_cos", "right_self_raw_cos"),
}
"""The relations that hold cosines of models, and the columns that vectors alone give."""

NAMES = ("target", "reference", "model", "left_model", "right_model")
"""The columns that say whose a row is."""

ABSOLUTE_COSINE = 1e-6
"""How far a cosine that is formed again may be from the one that is written, which mart rounds to six digits."""


def form_cosines(evidence: Evidence) -> dict[str, list[dict[str, Any]]]:
    """Return the target's rows of each relation with cosines, out of nothing but the vectors; none without vectors."""
    rows: dict[str, list[dict[str, Any]]] = {relation: [] for relation in COLUMNS}
    if evidence.vectors is None:
        return {}
    cosines, target = _added(evidence, evidence.vectors), evidence.target
    if target not in cosines.models:
        return rows
    is_reference = {one.model for one in evidence.models if one.is_reference}
    own = cosines.models.index(target)
    for place, model in enumerate(cosines.models):
        n, raw, centred = _means(cosines, own, place)
        if place == own:
            rows[OWN] += [_row(OWN, model, raw, centred)] if n else []
            continue
        if n and model in is_reference:
            rows[PAIRS].append(_row(PAIRS, target, model, raw, centred, n))
        if n_left_out := int(cosines.leave_out.n[own, place]):
            error = float(cosines.leave_out.standard_error[own, place]) if n_left_out > 1 else None
            mean = float(cosines.leave_out.mean[own, place])
            rows[LEAVE_OUT].append(_row(LEAVE_OUT, target, model, mean, error, n_left_out))
        rows[REPEATED] += _repeated(cosines, *sorted((own, place)))
    return rows


def n_figures(cosines: Cosines) -> int:
    """Return how many figures there are in all rows."""
    return sum(key not in NAMES for rows in cosines.values() for row in rows for key in row)


def differing_cosines(written: Cosines, formed: Cosines) -> list[str]:
    """Return where cosines that were formed again differ from those that are written, one sentence each."""
    relations = sorted({*written, *formed})
    return [
        f"{relation}, {line}"
        for relation in relations
        for line in differing_rows(
            written.get(relation, ()), formed.get(relation, ()), _name, relative=0.0, absolute=ABSOLUTE_COSINE
        )
    ]


def _name(row: Row) -> str:
    return " and ".join(str(row[key]) for key in NAMES if key in row)


def _row(relation: str, *values: Any) -> dict[str, Any]:
    return dict(zip(COLUMNS[relation], values, strict=True))


def _means(cosines: ModelCosines, target: int, other: int) -> tuple[int, float | None, float | None]:
    """Return on how many prompts two models have a cosine, its mean over them, and that of centred ones."""
    sets, cell = cosines.sums.sets.values(), (target, other)
    n, n_centred = sum(int(one.n[cell]) for one in sets), sum(int(one.n_centred[cell]) for one in sets)
    total, centred = (sum(float(one.total[cell]) for one in sets), sum(float(one.centred_total[cell]) for one in sets))
    return n, total / n if n else None, centred / n_centred if n_centred else None


def _repeated(cosines: ModelCosines, left: int, right: int) -> list[dict[str, Any]]:
    """Return the row of two models on the prompts that both were sampled on more than once; none without such."""
    sums = cosines.sums
    if not (n := sums.n_sampled[left, right]):
        return []
    means = (float(total / n) for total in (sums.sampled[left, right], sums.own[left, right], sums.own[right, left]))
    return [_row(REPEATED, cosines.models[left], cosines.models[right], *means)]


def _added(evidence: Evidence, vectors: Vectors) -> ModelCosines:
    """Return the cosines of all models, over the prompts in the order of their ids."""
    replies = {reply.reply_id: reply for reply in evidence.replies}
    rows = sorted(
        ((replies[reply_id], row) for row, reply_id in enumerate(vectors.reply_ids)),
        key=lambda pair: (pair[0].prompt_id, pair[0].model, pair[0].sample),
    )
    members = {one.model: Member(one.model, one.vendor, one.family, one.is_background) for one in evidence.models}
    cosines = ModelCosines(sorted({reply.model for reply, _ in rows}), evidence.prompt_sets, members)
    for prompt_id, of_prompt in groupby(rows, lambda pair: pair[0].prompt_id):
        embedded = list(of_prompt)
        of_replies = vectors.vectors[[row for _, row in embedded]]
        cosines.add(prompt_id, of_replies, [reply.model for reply, _ in embedded])
    return cosines
