"""A validation as sentences and tables that a reader understands without the docs."""

from collections.abc import Sequence

from tasks.domain.validation.auroc import Auroc, Share
from tasks.domain.validation.positives import Alarms, Attribution, Calls
from tasks.domain.validation.score_figures import Figures, Validation

OURS, PROVENANCE = "the verdict's", "provenance test"
NAMES = {
    "prefix_overlap_0_1_0": "of version 0.1.0",
    "first_words": "same first word",
    "word_jaccard": "shared words",
    "rouge_l": "ROUGE-L",
    "char_ngram_profile": "4-gram profile",
    "char_ngrams": "4-grams, tf-idf",
    "tfidf_classifier": "word classifier",
    "raw_embedding": "embedding cosine",
    "string_kernel_mmd": "MMD, Hamming kernel",
    "nei_identity": "Nei's identity",
    "word_class_templates": "word-class templates",
    "dna_projection": "projected embeddings",
    "length": "length alone",
}
"""The name of each score in tables."""

Row = dict[str, object]


def sentences(validation: Validation) -> list[str]:
    """Return the results of the verdict's own score as sentences."""
    figures = validation.composite
    lines = [
        f"{validation.n_targets} models of {validation.n_vendors} vendors, up to {validation.n_prompts} prompts a "
        "pair; each is tested without its own family.",
        f"Students against models that learned from nobody of their teacher's vendor: mean column AUROC "
        f"{_auroc_text(figures.students)}; against all that did not learn from that very teacher "
        f"{_auroc_text(validation.strictly)}; derived models and variants {_auroc_text(validation.tuned)}.",
    ]
    for kind, calls in figures.calls.items():
        lines.append(_call_sentence(kind, calls, figures.calls_over_all[kind]))
        if figures.attribution[kind].n:
            lines.append(_attribution_sentence(figures.attribution[kind]))
    return [*lines, *_alarm_sentences(figures.alarms), *_sibling_sentences(validation), *_verdict_sentences(validation)]


def _call_sentence(kind: str, calls: Calls, over_all: Calls) -> str:
    if not calls.n_students:
        others = calls.n_targets
        called = calls.elsewhere_fdr05 + calls.untaught_fdr05 + calls.human_fdr05
        return f"Candidates of {kind} origin taught none of the {others} targets; {called} called at FDR .05."
    parts = [
        f"Students of candidates of {kind} origin: {calls.n_students}, of whom {calls.n_tested} can be tested "
        f"against their teacher's vendor. Called with the right vendor: {calls.right_fdr05} "
        f"at a false discovery rate of .05, {calls.right_fdr10} at .10, {calls.right_fwer05} at a chance of any false "
        f"call of .05; {calls.right_alone} where each is asked alone. With a wrong vendor: {calls.wrong_fdr05}"
        f" (alone {calls.wrong_alone})."
    ]
    if calls.n_elsewhere:
        parts.append(f"Called of {calls.n_elsewhere} taught by candidates of the other kind: {calls.elsewhere_fdr05}.")
    if calls.n_untaught:
        parts.append(
            f"Called of {calls.n_untaught} without a documented teacher: {calls.untaught_fdr05} (alone "
            f"{calls.untaught_alone})."
        )
    if calls.n_human:
        parts.append(
            f"Called of {calls.n_human} taught by human data: {calls.human_fdr05} (alone {calls.human_alone})."
        )
    parts.append(
        f"With derived models, variants and undocumented candidates among the targets ({over_all.n_targets}, as in the "
        f"verdicts): {over_all.right_fdr05}, {over_all.right_fdr10}, {over_all.right_fwer05}."
    )
    if calls.not_called:
        parts.append(f"Not called at .05: {', '.join(calls.not_called)}.")
    return " ".join(parts)


def _attribution_sentence(attribution: Attribution) -> str:
    missed = f" Another vendor first: {', '.join(attribution.missed)}." if attribution.missed else ""
    return (
        f"Of {attribution.n} of them tested: the right vendor first {attribution.vendor_first}, the right candidate "
        f"first {attribution.group_first}; within the vendor {attribution.group_within_vendor} of "
        f"{attribution.n_choice} that have a choice; the source cluster holds the right candidate "
        f"for {attribution.in_cluster} of {attribution.n_clusters}.{missed}"
    )


def _alarm_sentences(alarms: Alarms) -> list[str]:
    named = f": {', '.join(alarms.named)}" if alarms.named else ""
    return [
        f"Independent models asked alone over vendors of documented origin (n {alarms.controls.n}): p at most .05 in "
        f"{share_text(alarms.controls)}{named}.",
        f"Unrelated model and vendor (n {alarms.vendor_cells[0.05].n}): share at or below "
        + "; ".join(f"{_level_text(level)}: {share_text(value)}" for level, value in alarms.vendor_cells.items())
        + f". Unrelated model and candidate (n {alarms.group_cells[0.05].n}): "
        + "; ".join(f"{_level_text(level)}: {share_text(value)}" for level, value in alarms.group_cells.items())
        + ".",
    ]


def _sibling_sentences(validation: Validation) -> list[str]:
    siblings = validation.siblings
    if not siblings.n_students + siblings.n_untaught:
        return []
    negative = f" Not: {', '.join(siblings.negative)}." if siblings.negative else ""
    return [
        f"Siblings (models of the same base): nearer to the documented teacher than they, p at most .05, "
        f"{siblings.n_positive} of {siblings.n_students} students ({siblings.n_tested} have siblings here)."
        f"{negative} Without a documented teacher, at the nearest candidate: {siblings.untaught_positive} of "
        f"{siblings.n_untaught}. Candidates that did not teach a student: {share_text(siblings.others)} of "
        f"{siblings.others.n}; of other vendors than its teachers' "
        f"{share_text(siblings.other_vendors)} of {siblings.other_vendors.n}."
    ]


def _verdict_sentences(validation: Validation) -> list[str]:
    lines = [
        f"Best verdict of each {role} model: {', '.join(f'{name} {n}' for name, n in counts.items())}."
        for role, counts in validation.verdicts.items()
    ]
    for row in validation.adversaries:
        lines.append(f"Adversary {row['target']}: nearest {row['candidate_group']}, {row['verdict']}.")
    return lines


def share_text(share: Share) -> str:
    """Return a share with its interval."""
    if share.value is None:
        return "none"
    return f"{share.value:.3f} ({share.low:.3f} to {share.high:.3f})"


def _auroc_text(auroc: Auroc) -> str:
    if auroc.mean is None:
        return "none"
    interval = f" ({auroc.low:.2f} to {auroc.high:.2f})" if auroc.low is not None and auroc.high is not None else ""
    return f"{auroc.mean:.3f}{interval}"


def tables(validation: Validation) -> list[tuple[str, Sequence[Row]]]:
    """Return the tables that compare scores, each with its title."""
    figures_of_score = {OURS: validation.composite} | {
        NAMES.get(name, name): figures for name, figures in (validation.rivals or {}).items()
    }
    titled_tables: list[tuple[str, Sequence[Row]]] = []
    for kind in validation.composite.calls:
        if not validation.composite.calls[kind].n_students:
            continue
        rows = [
            {"score": name, **_call_columns(figures.calls[kind])}
            for name, figures in figures_of_score.items()
            if kind in figures.calls
        ]
        if validation.provenance is not None and kind in validation.provenance.calls:
            rows.append({"score": PROVENANCE, **_call_columns(validation.provenance.calls[kind])})
        title = f"Targets called, candidates of {kind} origin: with the right vendor; wrong and others at FDR .05"
        titled_tables.append((title, rows))
        rows = [
            {"score": name, **_rank_columns(figures, kind)}
            for name, figures in figures_of_score.items()
            if kind in figures.attribution
        ]
        titled_tables.append((f"What stands first, candidates of {kind} origin", rows))
    rows = [{"score": name, **_alarm_columns(figures.alarms)} for name, figures in figures_of_score.items()]
    if validation.provenance is not None:
        provenance = validation.provenance
        rows.append(
            {
                "score": PROVENANCE,
                "controls alone": _hits_text(provenance.controls),
                "candidate .05": _value_text(provenance.cells),
            }
            | dict.fromkeys(("vendor .05", "vendor .01", "vendor .002", "candidate .01", "candidate .002"))
        )
    titled_tables.append(("False alarms among unrelated models: share with p at or below the level", rows))
    if validation.n_embedded:
        note = f"those that embed read {validation.n_embedded} prompts only, for time, the others all"
        titled_tables[-1] = (f"{titled_tables[-1][0]} ({note})", rows)
    return titled_tables


def _call_columns(calls: Calls) -> Row:
    return {
        "students": calls.n_students,
        "FDR .05": calls.right_fdr05,
        "FDR .10": calls.right_fdr10,
        "FWER .05": calls.right_fwer05,
        "alone": calls.right_alone,
        "wrong": calls.wrong_fdr05,
        "wrong alone": calls.wrong_alone,
        "human": f"{calls.human_fdr05} of {calls.n_human}",
        "human alone": calls.human_alone,
        "untaught": f"{calls.untaught_fdr05} of {calls.n_untaught}",
        "elsewhere": f"{calls.elsewhere_fdr05} of {calls.n_elsewhere}",
    }


def _rank_columns(figures: Figures, kind: str) -> Row:
    attribution = figures.attribution[kind]
    return {
        "AUROC": _auroc_text(figures.students),
        "right vendor first": f"{attribution.vendor_first} of {attribution.n}",
        "right candidate first": f"{attribution.group_first} of {attribution.n}",
        "within its vendor": f"{attribution.group_within_vendor} of {attribution.n_choice}",
    }


def _alarm_columns(alarms: Alarms) -> Row:
    row: Row = {"controls alone": _hits_text(alarms.controls)}
    row |= {f"vendor {_level_text(level)}": _value_text(value) for level, value in alarms.vendor_cells.items()}
    return row | {f"candidate {_level_text(level)}": _value_text(value) for level, value in alarms.group_cells.items()}


def _hits_text(share: Share) -> str:
    return f"{round((share.value or 0.0) * share.n)} of {share.n}"


def _value_text(share: Share) -> str:
    return "-" if share.value is None else f"{share.value:.3f}"


def _level_text(level: float) -> str:
    return f"{level:g}".lstrip("0")
