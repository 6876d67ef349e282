"""The verdict on one model in sentences: the answer, its grounds, and its limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.domain.reporting.formatting import between, counted, degree_between, degree_text, figure, listed, p_value
from tasks.domain.reporting.resembling_controls import control_sentence, named_pairs
from tasks.domain.reporting.verdict_answer import answer
from tasks.domain.reporting.what_would_change import what_would_change
from tasks.domain.verdict.decision import INDEPENDENT, LEAST_PROMPTS, LEVEL, MEANINGS, POSITIVE, SAME_MODEL
from tasks.domain.verdict.degree import IDENTICAL, SAMPLES, TYPICAL, VARIANT
from tasks.domain.verdict.kinds import ASKED, INDEPENDENT_ROLE, KIN, RULED_OUT_KIND
from tasks.domain.verdict.siblings import BASE

Row = Mapping[str, Any]

MOST_NEXT = 3

NORMALISED_BY = {
    SAMPLES: "{reference} with other samples of itself",
    VARIANT: "{reference} with itself under another system prompt",
    TYPICAL: "what is typical of the models here that were sampled twice",
    IDENTICAL: "identical replies, which no sampled model reaches, so it is too low",
}

_NO_LENGTH = "No test at equal length: of this pair, or of the unrelated models, no closeness of length is there."


@dataclass(frozen=True)
class Account:
    """Sentences on one model: `answer`, one sentence; `grounds`, each with a heading, in the order in which one would
    doubt it; `row`, the row of its verdict.

    `row` is None where there is no verdict on the model.
    """

    answer: str
    grounds: Sequence[tuple[str, str]]
    row: Row | None


def account(target: str, verdicts: Sequence[Row], models: Mapping[str, Row]) -> Account:
    """Return the verdict on a model in sentences.

    Args:
        target: the model.
        verdicts: rows of `mart.verdict`; of other targets those with the vendor of named controls.
        models: rows of `core.model`, by model.
    """
    own = sorted((row for row in verdicts if row["target"] == target), key=lambda row: (row["is_kin"], row["place"]))
    best = next((row for row in own if not row["is_kin"] and row["kind"] != RULED_OUT_KIND), None)
    row = best or next(iter(own), None)
    if row is None:
        return Account(no_verdict(target, verdicts), [], None)
    parts = [
        ("Chance", _chance(row)),
        ("Same base", _siblings(row, models.get(target))),
        ("Length", _length(row)),
        ("Controls", _controls(row, verdicts)),
        ("Degree", _degree(row)),
        ("Source", _source(row, own, models)),
        ("Shared weights", _weights(row)),
        ("Score", _score(row)),
        ("Next candidates", _next(row, own)),
        ("Not tested as teachers", _not_tested(own)),
        ("What would change it", what_would_change(row)),
        ("Meaning", MEANINGS[row["verdict"]]),
    ]
    return Account(_answer(row, verdicts), [(heading, text) for heading, text in parts if text], row)


def no_verdict(target: str, verdicts: Sequence[Row]) -> str:
    """Return why there is no verdict on a model."""
    if not verdicts:
        return f"There is no verdict on {target}, nor on any other model: distillometer score forms them."
    return (
        f"There is no verdict on {target}: it shares no prompt with a candidate teacher, or has no replies but those "
        "to identity probes."
    )


def _answer(row: Row, verdicts: Sequence[Row]) -> str:
    """Return the answer; for a control that looks like a student, the sentence on that."""
    if row["verdict"] != INDEPENDENT:
        return answer(row)
    of_target = [pair for pair in named_pairs(verdicts) if pair["target"] == row["target"]]
    return control_sentence(of_target[:1], verdicts) if of_target else answer(row)


def _chance(row: Row) -> str:
    p, n = row["p_target"], counted(row["n_candidates"], "vendor")
    if p is None:
        if row["n_prompts"] < LEAST_PROMPTS:
            return f"No test: {counted(row['n_prompts'], 'prompt')} that both answered, and it takes {LEAST_PROMPTS}."
        return f"No test: {counted(row['n_controls'], 'unrelated model')} in {row['n_control_families']} families."
    if row["kind"] == ASKED:
        alone = f"p {p_value(p)}: the chance of so high a score without lineage, for this pair, asked about beforehand."
        over = "pairs that were asked about"
    elif row["kind"] == KIN:
        alone = f"p {p_value(p)}: the chance without shared weights, for this pair of one vendor or family."
        over = "pairs of one vendor or family"
    else:
        alone = (
            f"p {p_value(p)}: the chance that any of {n} looks so near if {row['target']} learned from none of them, "
            "and it alone had been asked about."
        )
        over = "models of the run"
    if row["q"] == row["p_holm"] == p:
        return alone  # It is the only one that was asked about.
    if row["q"] is None:
        return f"{alone} Not corrected over models, as a control is no hypothesis."
    return (
        f"{alone} Over all {over}: q {p_value(row['q'])}, the expected share of false ones among all findings this "
        f"sure; Holm's p {p_value(row['p_holm'])}, the chance of even one false finding in the run."
    )


def _score(row: Row) -> str:
    null = (
        f" against {figure(row['null_mean'])} of {counted(row['n_controls'], 'unrelated model')} in "
        f"{row['n_control_families']} families, z {figure(row['z'], 1)}, p {p_value(row['p_t'])} for this group alone"
        if row["z"] is not None
        else ""
    )
    return (
        f"Statistic {row['statistic']}, version {row['statistic_version']}, with {row['reference']}: "
        f"{figure(row['score'])}{between(row['score_low'], row['score_high'])}{null}, over "
        f"{counted(row['n_prompts'], 'prompt')}. The interval is over prompts and says nothing of chance."
    )


def _degree(row: Row) -> str:
    if row["degree"] is None:
        return "None: there is no D among unrelated models, or nothing to normalise it by."
    interval = degree_between(row["degree_low"], row["degree_high"])
    by = NORMALISED_BY.get(row["ceiling_kind"], "{reference} itself").format(reference=row["reference"])
    beyond = " 1+: beyond what it is normalised by." if row["degree"] > 1 else ""
    return (
        f"{degree_text(row['degree'])}{f' ({interval})' if interval else ''}, from 0, as unrelated models, to 1, as "
        f"the same model: D {figure(row['prefix_overlap_d'])}{between(row['low'], row['high'])}, "
        f"{figure(row['prefix_overlap_null_mean'])} of unrelated models, {figure(row['ceiling_d'])} of the same model; "
        f"normalised by {by}.{beyond} It orders; it is no share of the training data."
    )


def _siblings(row: Row, model: Row | None) -> str:
    if row["sibling_p"] is None:
        facts = model or {}
        base = facts.get("base") or facts.get("base_model")
        why = f"too few models of its base {base} are here" if base else "its base is not documented"
        return f"No test, as {why}: what it has in common with the candidate may have come with the base."
    kind = (
        "its base, more so than with other vendors"
        if row["sibling_kind"] == BASE
        else f"{counted(row['n_siblings'], 'model')} of the same base that had another teacher or none"
    )
    is_nearer = row["sibling_p"] <= LEVEL
    nearer = f"Nearer to {row['candidate_group']} than" if is_nearer else f"No nearer to {row['candidate_group']} than"
    return f"{nearer} {kind}: t {figure(row['sibling_t'], 1)}, p {p_value(row['sibling_p'])}."


def _weights(row: Row) -> str:
    if row["weights_p"] is None:
        return ""
    meant = f", embeddings alone p {p_value(row['embedding_p'])}" if row["embedding_p"] is not None else ""
    without = "" if row["embedding_p"] is not None else " No embeddings take part, so prefix overlap speaks alone."
    over = (
        f"q {p_value(row['weights_q'])} over models" if row["weights_q"] is not None else "not significant over models"
    )
    significance = (
        f"p {p_value(row['weights_p'])}, {over}{meant}."
        if row["kind"] != KIN
        else f"p {p_value(row['weights_p'])}{meant}."
    )
    is_same = row["verdict"] == SAME_MODEL
    return f"By D and embeddings: {significance}{without}{' The degree is that of the same model.' if is_same else ''}"


def _length(row: Row) -> str:
    if row["p_at_length"] is None:
        return "No test at equal length, as there is none of the score either." if row["p_t"] is None else _NO_LENGTH
    is_low = row["p_at_length"] <= LEVEL
    return (
        f"p {p_value(row['p_at_length'])} once closeness of length ({figure(row['length_closeness'])}) is taken out: "
        f"{'at' if is_low else 'not at'} most .05."
    )


def _source(row: Row, own: Sequence[Row], models: Mapping[str, Row]) -> str:
    cluster = [other for other in own if other["is_source"]]
    if len(cluster) < 2:
        return f"Every other candidate is below {row['candidate_group']} by more than chance." if cluster else ""
    names = [other["candidate_group"] for other in cluster]
    independent = [other["candidate_group"] for other in cluster if other["candidate_role"] == INDEPENDENT_ROLE]
    text = f"These {len(cluster)} candidates can't be told apart as the source: {listed(names)}."
    text += f" Documented as independent: {listed(independent) or 'none'}."
    target_released = (models.get(row["target"]) or {}).get("released")
    dated = {
        other["candidate_group"]: released
        for other in cluster
        if (released := (models.get(other["reference"]) or {}).get("released")) is not None
    }
    if target_released is None or not dated:
        return f"{text} Dates of release are not known, so none is ruled out by them."
    earlier = [f"{name} ({date})" for name, date in dated.items() if _is_before(date, target_released)]
    unknown = [name for name in names if name not in dated]
    text += f" Released before {row['target']} ({target_released}): {listed(earlier) or 'none'}."
    return f"{text} Date not known: {listed(unknown)}." if unknown else text


def _is_before(date: str, other: str) -> bool:
    n = min(len(date), len(other))
    return date[:n] < other[:n]


def _controls(row: Row, verdicts: Sequence[Row]) -> str:
    names = row["resembling_controls"] or []
    if not names:
        return ""
    pairs = [
        pair
        for pair in named_pairs(verdicts)
        if pair["target"] in names and pair["candidate_vendor"] == row["candidate_vendor"]
    ]
    named = [f"{pair['target']} (p {p_value(pair['p_t'])} alone)" for pair in pairs] or list(names)
    look = "looks like a student" if len(named) == 1 else "look like students"
    then = (
        f"p {p_value(row['p_target_without'])}, verdict: {row['verdict_without']}"
        if row["verdict_without"] != row["verdict"]
        else f"p {p_value(row['p_target_without'])} and the same verdict"
    )
    return (
        f"Among the unrelated models {listed(named)} {look} of {row['candidate_vendor']} itself, which makes the test "
        f"less sharp. Without {'it' if len(named) == 1 else 'them'}: {then}."
    )


def _next(row: Row, own: Sequence[Row]) -> str:
    """Return the nearest group of the next vendors."""
    by_vendor: dict[str, Row] = {}
    for other in own:
        is_open = not other["is_kin"] and other["kind"] != RULED_OUT_KIND and other["p_t"] is not None
        if is_open and other["candidate_vendor"] != row["candidate_vendor"]:
            by_vendor.setdefault(other["candidate_vendor"], other)
    nearest = sorted(by_vendor.values(), key=lambda other: (other["p_t"], other["rank"]))[:MOST_NEXT]
    return "; ".join(
        f"{other['candidate_group']} of {other['candidate_vendor']}, p {p_value(other['p_t'])} alone"
        f"{' (' + other['verdict'] + ')' if other['verdict'] in POSITIVE else ''}"
        for other in nearest
    )


def _not_tested(own: Sequence[Row]) -> str:
    ruled_out = [row["candidate_group"] for row in own if row["kind"] == RULED_OUT_KIND]
    kin = [f"{row['candidate_group']} ({row['verdict']})" for row in own if row["kind"] == KIN]
    parts = []
    if ruled_out:
        parts.append(f"Ruled out beforehand, as later or made from it: {listed(ruled_out)}.")
    if kin:
        parts.append(f"Of its own vendor or family, tested apart for shared weights: {listed(kin)}.")
    return " ".join(parts)
