"""A validation as sentences and tables that a reader understands without the docs."""

from collections.abc import Sequence

from tasks.domain.verdict.calls import Alarms, Attribution, Calls
from tasks.domain.verdict.figures import Figures, Validation
from tasks.domain.verdict.validation import Auroc, Share

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
    "length": "length alone",
}
"""What a reader calls each score."""

Row = dict[str, object]


def sentences(found: Validation) -> list[str]:
    """Return what was found of the verdict's own score."""
    figures = found.composite
    lines = [
        f"{found.n_targets} models of {found.n_vendors} vendors, up to {found.n_prompts} prompts a pair; each is "
        "tested without its own family.",
        f"Students against models that learned from nobody of their teacher's vendor: mean column AUROC "
        f"{_auroc(figures.students)}; against all that did not learn from that very teacher {_auroc(found.strictly)}; "
        f"derived models and variants {_auroc(found.tuned)}.",
    ]
    for kind, told in figures.calls.items():
        lines.append(_called(kind, told, figures.calls_over_all[kind]))
        if figures.attribution[kind].n:
            lines.append(_attributed(figures.attribution[kind]))
    return [*lines, *_alarmed(figures.alarms), *_siblings(found), *_verdicts(found)]


def _called(kind: str, told: Calls, over_all: Calls) -> str:
    if not told.n_students:
        others = told.n_targets
        called = told.elsewhere_fdr05 + told.untaught_fdr05 + told.human_fdr05
        return f"Candidates of {kind} origin taught none of the {others} targets; {called} called at FDR .05."
    parts = [
        f"Students of candidates of {kind} origin: {told.n_students}, of whom {told.n_tested} can be tested "
        f"against their teacher's vendor. Called with the right vendor: {told.right_fdr05} "
        f"at a false discovery rate of .05, {told.right_fdr10} at .10, {told.right_fwer05} at a chance of any false "
        f"call of .05; {told.right_alone} where each is asked alone. With a wrong vendor: {told.wrong_fdr05}"
        f" (alone {told.wrong_alone})."
    ]
    if told.n_elsewhere:
        parts.append(f"Called of {told.n_elsewhere} taught by candidates of the other kind: {told.elsewhere_fdr05}.")
    if told.n_untaught:
        parts.append(
            f"Called of {told.n_untaught} without a documented teacher: {told.untaught_fdr05} (alone "
            f"{told.untaught_alone})."
        )
    if told.n_human:
        parts.append(f"Called of {told.n_human} taught by human data: {told.human_fdr05} (alone {told.human_alone}).")
    parts.append(
        f"With derived models, variants and undocumented candidates among the targets ({over_all.n_targets}, as in the "
        f"verdicts): {over_all.right_fdr05}, {over_all.right_fdr10}, {over_all.right_fwer05}."
    )
    if told.not_called:
        parts.append(f"Not called at .05: {', '.join(told.not_called)}.")
    return " ".join(parts)


def _attributed(told: Attribution) -> str:
    missed = f" Another vendor first: {', '.join(told.missed)}." if told.missed else ""
    return (
        f"Of {told.n} of them tested: the right vendor first {told.vendor_first}, the right candidate first "
        f"{told.group_first}; within the vendor {told.group_within_vendor} of {told.n_choice} that have a choice; the "
        f"source cluster holds the right candidate for {told.in_cluster} of {told.n_clusters}.{missed}"
    )


def _alarmed(told: Alarms) -> list[str]:
    named = f": {', '.join(told.named)}" if told.named else ""
    return [
        f"Independent models asked alone over vendors of documented origin (n {told.controls.n}): p at most .05 in "
        f"{share(told.controls)}{named}.",
        f"Unrelated model and vendor (n {told.vendor_cells[0.05].n}): share at or below "
        + "; ".join(f"{_level(level)}: {share(value)}" for level, value in told.vendor_cells.items())
        + f". Unrelated model and candidate (n {told.group_cells[0.05].n}): "
        + "; ".join(f"{_level(level)}: {share(value)}" for level, value in told.group_cells.items())
        + ".",
    ]


def _siblings(found: Validation) -> list[str]:
    told = found.siblings
    if not told.n_students + told.n_untaught:
        return []
    negative = f" Not: {', '.join(told.negative)}." if told.negative else ""
    return [
        f"Siblings (models of the same base): nearer to the documented teacher than they, p at most .05, "
        f"{told.n_positive} of {told.n_students} students ({told.n_tested} have siblings here).{negative} Without a "
        f"documented teacher, at the nearest candidate: {told.untaught_positive} of {told.n_untaught}. Candidates that "
        f"did not teach a student: {share(told.others)} of {told.others.n}; of other vendors than its teachers' "
        f"{share(told.other_vendors)} of {told.other_vendors.n}."
    ]


def _verdicts(found: Validation) -> list[str]:
    lines = [
        f"Best verdict of each {role} model: {', '.join(f'{name} {n}' for name, n in counts.items())}."
        for role, counts in found.verdicts.items()
    ]
    for row in found.adversaries:
        lines.append(f"Adversary {row['target']}: nearest {row['candidate_group']}, {row['verdict']}.")
    return lines


def share(found: Share) -> str:
    """Return a share with its interval."""
    if found.value is None:
        return "none"
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def _auroc(found: Auroc) -> str:
    if found.mean is None:
        return "none"
    interval = f" ({found.low:.2f} to {found.high:.2f})" if found.low is not None and found.high is not None else ""
    return f"{found.mean:.3f}{interval}"


def tables(found: Validation) -> list[tuple[str, Sequence[Row]]]:
    """Return the tables that set scores side by side, each with its title."""
    made = {OURS: found.composite} | {NAMES.get(name, name): told for name, told in (found.rivals or {}).items()}
    shown: list[tuple[str, Sequence[Row]]] = []
    for kind in found.composite.calls:
        if not found.composite.calls[kind].n_students:
            continue
        rows = [{"score": name, **_calls(told.calls[kind])} for name, told in made.items() if kind in told.calls]
        if found.provenance is not None and kind in found.provenance.calls:
            rows.append({"score": PROVENANCE, **_calls(found.provenance.calls[kind])})
        title = f"Targets called, candidates of {kind} origin: with the right vendor; wrong and others at FDR .05"
        shown.append((title, rows))
        rows = [{"score": name, **_ranks(told, kind)} for name, told in made.items() if kind in told.attribution]
        shown.append((f"What stands first, candidates of {kind} origin", rows))
    rows = [{"score": name, **_alarms(told.alarms)} for name, told in made.items()]
    if found.provenance is not None:
        told = found.provenance
        rows.append(
            {"score": PROVENANCE, "controls alone": _of(told.controls), "candidate .05": _figure(told.cells)}
            | dict.fromkeys(("vendor .05", "vendor .01", "vendor .002", "candidate .01", "candidate .002"))
        )
    shown.append(("False alarms among unrelated models: share with p at or below the level", rows))
    if found.n_embedded:
        note = f"the embedding read {found.n_embedded} prompts only, for time, the others all"
        shown[-1] = (f"{shown[-1][0]} ({note})", rows)
    return shown


def _calls(told: Calls) -> Row:
    return {
        "students": told.n_students,
        "FDR .05": told.right_fdr05,
        "FDR .10": told.right_fdr10,
        "FWER .05": told.right_fwer05,
        "alone": told.right_alone,
        "wrong": told.wrong_fdr05,
        "wrong alone": told.wrong_alone,
        "human": f"{told.human_fdr05} of {told.n_human}",
        "human alone": told.human_alone,
        "untaught": f"{told.untaught_fdr05} of {told.n_untaught}",
        "elsewhere": f"{told.elsewhere_fdr05} of {told.n_elsewhere}",
    }


def _ranks(told: Figures, kind: str) -> Row:
    found = told.attribution[kind]
    return {
        "AUROC": _auroc(told.students),
        "right vendor first": f"{found.vendor_first} of {found.n}",
        "right candidate first": f"{found.group_first} of {found.n}",
        "within its vendor": f"{found.group_within_vendor} of {found.n_choice}",
    }


def _alarms(told: Alarms) -> Row:
    row: Row = {"controls alone": _of(told.controls)}
    row |= {f"vendor {_level(level)}": _figure(value) for level, value in told.vendor_cells.items()}
    return row | {f"candidate {_level(level)}": _figure(value) for level, value in told.group_cells.items()}


def _of(found: Share) -> str:
    return f"{round((found.value or 0.0) * found.n)} of {found.n}"


def _figure(found: Share) -> str:
    return "-" if found.value is None else f"{found.value:.3f}"


def _level(level: float) -> str:
    return f"{level:g}".lstrip("0")
