"""Data of the page's script on pairs: each model, prompt and reply once, referenced by number."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.reporting.cells import Row, Rows, finite, safe_text, truncate
from tasks.domain.reporting.chart_rows import drawn_models, names, order
from tasks.domain.reporting.columns import MEASURES, SIMILARITY, VERDICT
from tasks.domain.reporting.formatting import is_p
from tasks.domain.similarity.lexical import shared_prefix_overlap
from tasks.domain.verdict.decision import LEAST_PROMPTS, POSITIVE

SHOWN_CHARACTERS = 500
"""Number of characters of a reply or prompt on the page; the rest is counted and in the database under its id."""

HELD_PAIRS = 1800
"""Maximum number of pairs with replies and curve on the page: with more it opens slowly on a phone."""


def pairs_with_replies(similarity: Sequence[Row], verdicts: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the pairs with replies on the page: those with a verdict, then each target's nearest, then by D."""
    verdict_of = {(row["target"], row["reference"]): row for row in verdicts}

    def worth(row: Row) -> tuple[Any, ...]:
        verdict = verdict_of.get((row["target"], row["reference"]))
        is_positive = verdict is not None and verdict["verdict"] in POSITIVE
        is_near = verdict is not None and verdict["rank"] <= 3
        return not is_positive, not is_near, tuple(-float(part) for part in score(row)), row["target"], row["reference"]

    return [(row["target"], row["reference"]) for row in sorted(similarity, key=worth)[:HELD_PAIRS]]


def score(row: Row) -> tuple[bool, float]:
    """Return the sort key of pairs, as in `core.nearest_group`: pairs without D go last."""
    d, prefix_overlap = row["prefix_overlap_d"], row["prefix_overlap"]
    return d is not None, float(d if d is not None else prefix_overlap)


MOST_UNRELATED = 2


def unrelated(relations: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Return for the pair of each target's verdict two unrelated models, with `place`: those nearest to its group.

    The nearest ones, as they are the hardest to beat; none of the target's own family.
    """
    family = {row["model"]: row["family"] for row in relations.get("core.model", ())}
    by_group = _controls(relations.get("mart.background", ()), relations.get("mart.verdict", ()))
    result: list[Row] = []
    for row in relations.get("mart.verdict", ()):
        if row["place"] != 1 or row["is_kin"]:
            continue
        others = [
            (-d, model)
            for model, d in by_group.get(row["candidate_group"], ())
            if model not in (row["target"], row["reference"]) and family.get(model) != family.get(row["target"])
        ]
        pair = {"target": row["target"], "reference": row["reference"]}
        nearest = sorted(others)[:MOST_UNRELATED]
        result += [pair | {"model": model, "place": place} for place, (_, model) in enumerate(nearest)]
    return result


def controls(rows: Rows) -> dict[str, list[tuple[str, float]]]:
    """Return for each candidate group the unrelated models and their D with it: the null of its targets.

    A target's own family is not among its controls; the page omits it for that target.
    """
    return _controls(rows.of("mart.background"), rows.of("mart.verdict"))


def _controls(background: Sequence[Row], verdicts: Sequence[Row]) -> dict[str, list[tuple[str, float]]]:
    independent = {row["model"] for row in background if row["is_background"] and row["role"] == "independent"}
    by_group: dict[str, list[tuple[str, float]]] = {}
    for row in verdicts:
        is_control = row["target"] in independent and not row["is_kin"] and row["n_prompts"] >= LEAST_PROMPTS
        if is_control and row["prefix_overlap_d"] is not None:
            by_group.setdefault(row["candidate_group"], []).append((row["target"], row["prefix_overlap_d"]))
    return by_group


def data(rows: Rows, opened: tuple[str, str] | None = None) -> dict[str, Any]:
    """Return the script's data on models and pairs.

    Args:
        rows: what the page is formed from.
        opened: target and reference that are shown at first; where there are none, or they were not compared, those
            with the highest score.
    """
    called, models = names(rows), order(rows)
    model_rows = {row["model"]: row for row in rows.of("core.model")}
    at = {model: place for place, model in enumerate(models)}
    similarity = rows.of("mart.pair_similarity")
    targets, references = ({row[side] for row in similarity} for side in ("target", "reference"))
    drawn_targets, drawn_references = drawn_models(rows)
    group_of = {row["reference"]: row["candidate_group"] for row in similarity}
    groups = sorted({*group_of.values(), *(row["candidate_group"] for row in rows.of("mart.verdict"))})
    group_at = {group: place for place, group in enumerate(groups)}
    first = max(
        similarity,
        key=lambda row: ((row["target"], row["reference"]) == opened, not row["is_same_family"], score(row)),
        default=None,
    )
    return {
        "models": [
            [model, called.label[model], str(model_rows[model]["family"]) if model in model_rows else model]
            for model in models
        ],
        "groups": [safe_text(group) for group in groups],
        "group": {at[model]: group_at[group] for model, group in group_of.items()},
        "targets": [at[model] for model in models if model in targets],
        "references": [at[model] for model in models if model in references],
        "drawn": [[at[model] for model in drawn_targets], [at[model] for model in drawn_references]],
        "measures": [[name, *texts] for name, texts in MEASURES.items()],
        "fields": SIMILARITY,
        "similarity": [
            [at[row["target"]], at[row["reference"]], *(finite(row[name]) for name in SIMILARITY)] for row in similarity
        ],
        "verdict_fields": VERDICT,
        "verdicts": [
            [at[row["target"]], group_at[row["candidate_group"]], at[row["reference"]], *_verdict(row)]
            for row in rows.of("mart.verdict")
        ],
        "controls": {
            group_at[group]: [[at[model], finite(d)] for model, d in scores] for group, scores in controls(rows).items()
        },
        "first": [at[first["target"]], at[first["reference"]]] if first else None,
        **_replies(rows, at),
    }


def _verdict(row: Row) -> list[Any]:
    # A p value of 1e-9 is not 0.
    return [row.get(name) if is_p(name) else _safe(row.get(name)) for name in VERDICT]


def _safe(value: Any) -> Any:
    return safe_text(value) if isinstance(value, str) else finite(value)


def _replies(rows: Rows, at: Mapping[str, int]) -> dict[str, Any]:
    tops, prompts = rows.of("pair_top"), rows.of("core.prompt")
    beside = rows.of("unrelated_reply")
    in_pairs = {row[side] for row in tops for side in ("reply_id", "reference_reply_id")}
    reply_ids = sorted(in_pairs | {row["reply_id"] for row in beside})
    reply_at = {reply_id: number for number, reply_id in enumerate(reply_ids)}
    prompt_at = {prompt["prompt_id"]: number for number, prompt in enumerate(prompts)}
    replies = [truncate(rows.texts[reply_id], SHOWN_CHARACTERS) for reply_id in reply_ids]
    curves: dict[tuple[str, str], list[list[Any]]] = {}
    for row in sorted(rows.of("pair_curve"), key=lambda row: int(row["n_prompts"])):
        point = [row["n_prompts"], *(finite(row[name]) for name in ("prefix_overlap_d", "low", "high"))]
        curves.setdefault((row["target"], row["reference"]), []).append(point)
    return {
        "held": [[at[target], at[reference]] for target, reference in rows.held_pairs],
        "curves": [[at[target], at[reference], points] for (target, reference), points in curves.items()],
        "prompts": [
            [
                safe_text(f"{p['prompt_set']} {p['prompt_key']}"),
                *truncate(p["prompt_text"], SHOWN_CHARACTERS),
                p["prompt_id"],
            ]
            for p in prompts
        ],
        "replies": [[reply_id, *text] for reply_id, text in zip(reply_ids, replies, strict=True)],
        "unrelated": [
            [*(at[row[name]] for name in ("target", "reference", "model")), *places]
            for row in beside
            for places in [(prompt_at[row["prompt_id"]], reply_at[row["reply_id"]])]
        ],
        "top": [
            [
                at[row["target"]],
                at[row["reference"]],
                prompt_at[row["prompt_id"]],
                left := reply_at[row["reply_id"]],
                right := reply_at[row["reference_reply_id"]],
                shared_prefix_overlap(replies[left][0], replies[right][0]),
                *(
                    finite(row[name])
                    for name in (
                        *("prefix_overlap", "bigram_jaccard", "length_closeness", "n_sample_pairs"),
                        "n_unrelated_words",
                    )
                ),
            ]
            for row in sorted(tops, key=lambda row: int(row["rank"]))
        ],
    }
