"""The front page's first tier: one line for each target, whom it resembles and how sure that is, by verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tasks.domain.reporting import pairs
from tasks.domain.reporting.cells import Row, Rows, model_link, pair_link, safe_text
from tasks.domain.reporting.formatting import counted, listed, p_value
from tasks.domain.reporting.picture import Nearness, Picture, drawn
from tasks.domain.reporting.resembling_controls import named_pairs, reverse_findings
from tasks.domain.reporting.sentences import reported_pairs
from tasks.domain.reporting.verdict_answer import EXPECTED
from tasks.domain.verdict.decision import (
    CONFOUNDED,
    FEW_CONTROLS,
    FEW_PROMPTS,
    INDEPENDENT,
    MODERATE,
    NOT_CONCLUSIVE,
    POSITIVE,
    SAME_MODEL,
    STRONG,
    SUGGESTIVE,
    TAUGHT,
)
from tasks.domain.verdict.degree import IDENTICAL
from tasks.domain.verdict.same_model import NEARLY, OPEN, SAME

SHOWN = 10
"""Lines of a group that stand open; the rest is folded."""

FOLDED_ROLES = {"variant": "a variant of a model here", "derived": "a documented fine-tune"}

SURE: Mapping[str, str] = {
    SAME_MODEL: "sure",
    TAUGHT: "sure",
    STRONG: "sure",
    MODERATE: "fairly sure",
    SUGGESTIVE: "a hint, no finding",
    CONFOUNDED: "no nearer than its length explains",
    NOT_CONCLUSIVE: "not conclusive",
    FEW_CONTROLS: "nothing can be said: too few unrelated models",
    FEW_PROMPTS: "nothing can be said: too few prompts",
    INDEPENDENT: "not tested",
}


@dataclass(frozen=True)
class Line:
    """One target: its name, whom it resembles, how sure that is, what is behind that, and the picture, if any.

    `pair`: target and reference as they stand in the data; all else is safe to show.
    """

    target: str
    href: str
    resembles: str
    sure: str
    basis: str
    mark: str
    picture: Picture | None
    pair: tuple[str, str]


@dataclass(frozen=True)
class Group:
    """Lines of one kind: heading, one sentence, and whether the group is closed at first; the surest line first."""

    heading: str
    meaning: str
    lines: Sequence[Line]
    is_folded: bool = False

    @property
    def ends(self) -> tuple[str, str]:
        """Return what the two ends of the pictures' scale mean."""
        if self.heading == _COPIES[0]:
            return "nothing in common", "like itself"
        return "like unrelated models", "like the same model"

    @property
    def first(self) -> Sequence[Line]:
        """Return the lines that stand open."""
        return self.lines[:SHOWN]

    @property
    def rest(self) -> Sequence[Line]:
        """Return the lines that are folded."""
        return self.lines[SHOWN:]


_DENIED = ("Against what is documented", "Documented as independent, yet each writes like a student of another vendor.")
_OTHER_END = (
    "The other end of findings above",
    "Documented as independent, and alike as a model of that vendor learned from them: the likelier way round.",
)
_NOT_NAMED = ("Not expected", "Neither documents nor the name connect these models with the vendor that they resemble.")
_AS_DOCUMENTED = ("As expected", "Documents or the name say so, and the replies agree.")
_HINTS = (
    "Hints, no findings",
    "Nearest, but not clearly so among so many models, or no nearer than length explains.",
)
_OPEN = ("Not conclusive", "Nothing here that chance does not give, which is no proof that they learned from nobody.")
_UNTESTED = ("Nothing can be said", "Too few prompts that both answered, or too few unrelated models to compare with.")
_VARIANTS = (
    "Variants and documented fine-tunes",
    "Made from another model here: what it resembles says little new.",
)
_CONTROLS = ("The yardstick", "Documented as independent: what chance looks like is read from them, so none is tested.")
_COPIES = (
    "The same model twice?",
    "How alike the replies of two models are, beside two samples of one: a permutation test. The line: to what is "
    "excluded at .95 on either side.",
)
_ORDER = (_DENIED, _NOT_NAMED, _COPIES, _AS_DOCUMENTED, _HINTS, _OPEN, _UNTESTED, _OTHER_END, _VARIANTS, _CONTROLS)
_FOLDED = (_OPEN, _UNTESTED, _OTHER_END, _VARIANTS, _CONTROLS)


def groups(rows: Rows) -> list[Group]:
    """Return the lines of all targets in groups, the surprising ones first; groups without lines are left out."""
    verdicts = rows.of("mart.verdict")
    odd_of: dict[str, Row] = {}
    for row in named_pairs(verdicts):
        odd_of.setdefault(row["target"], row)
    scale = _Scale(rows)
    by_kind: dict[tuple[str, str], list[tuple[Any, Line]]] = {}
    for row in _best(verdicts):
        shown = odd_of.get(row["target"], row)
        students = reverse_findings([shown], verdicts) if row["target"] in odd_of else set()
        kind = _OTHER_END if students else _kind(row, is_odd=row["target"] in odd_of)
        line = _line(shown, scale, is_odd=kind is _DENIED)
        if students:
            line = replace(line, sure=f"{listed(sorted(map(safe_text, students)), 2)} resembles it")
        by_kind.setdefault(kind, []).append((_order(shown), line))
    has_answer = any(row["p_t"] is not None for row in verdicts)
    copies = [
        _copy_line(row)
        for row in reported_pairs(rows.of("mart.pair_self_normalised"))
        if not has_answer or row["equality"] in (SAME, NEARLY)
    ]
    if copies:
        by_kind[_COPIES] = [((place,), line) for place, line in enumerate(copies)]
    return [
        Group(*kind, [line for _, line in sorted(by_kind[kind], key=lambda item: item[0])], kind in _FOLDED)
        for kind in _ORDER
        if kind in by_kind
    ]


def first_pair(found: Iterable[Group]) -> tuple[str, str] | None:
    """Return target and reference of the first line: what the page shows before anything is chosen."""
    return next((line.pair for group in found for line in group.lines), None)


def _best(verdicts: Iterable[Row]) -> list[Row]:
    """Return of each target the row on another vendor that says most of it."""
    best: dict[str, Row] = {}
    for row in sorted(verdicts, key=lambda row: (row["target"], row["place"])):
        if not row["is_kin"]:
            best.setdefault(row["target"], row)
    return list(best.values())


def _kind(row: Row, *, is_odd: bool) -> tuple[str, str]:
    if is_odd:
        return _DENIED
    if row["verdict"] == INDEPENDENT:
        return _CONTROLS
    if row.get("target_role") in FOLDED_ROLES:
        return _VARIANTS
    if row["verdict"] in POSITIVE:
        return _NOT_NAMED if row["expected_by"] is None else _AS_DOCUMENTED
    if row["verdict"] in (SUGGESTIVE, CONFOUNDED):
        return _HINTS
    return _OPEN if row["verdict"] == NOT_CONCLUSIVE else _UNTESTED


def _order(row: Row) -> tuple[int, bool, float, str]:
    place = POSITIVE.index(row["verdict"]) if row["verdict"] in POSITIVE else len(POSITIVE)
    p = row["p_target"] if row["p_target"] is not None else row["p_t"]
    return place, p is None, p or 0.0, row["target"]


class _Scale:
    """Turns the D of a group's controls into degrees, so that they stand on the scale of a target's own."""

    def __init__(self, rows: Rows) -> None:
        self.controls = pairs.controls(rows)
        self.family = {row["model"]: row["family"] for row in rows.of("core.model")}

    def nearness(self, row: Row) -> Nearness | None:
        null, ceiling = row["prefix_overlap_null_mean"], row["ceiling_d"]
        if row["degree"] is None or null is None or ceiling is None or ceiling <= null:
            return None
        own = self.family.get(row["target"], row["target"])
        controls = [
            (d - null) / (ceiling - null)
            for model, d in self.controls.get(row["candidate_group"], ())
            if model != row["target"] and self.family.get(model, model) != own
        ]
        return Nearness(
            row["degree"], row["degree_low"], row["degree_high"], controls, row["ceiling_kind"] == IDENTICAL
        )


def _line(row: Row, scale: _Scale, *, is_odd: bool) -> Line:
    nearness = scale.nearness(row)
    vendor, group = safe_text(row["candidate_vendor"]), safe_text(row["candidate_group"])
    return Line(
        target=safe_text(row["target"]),
        href=model_link(row["target"]),
        resembles=group if group.casefold() == vendor.casefold() else f"{group} ({vendor})",
        sure="looks like a student" if is_odd else SURE.get(row["verdict"], row["verdict"]),
        basis=_basis(row),
        mark=f"positive-{POSITIVE.index(row['verdict']) + 1}" if row["verdict"] in POSITIVE else "doubtful" * is_odd,
        picture=None if nearness is None else drawn(nearness, _picture_text(nearness)),
        pair=(row["target"], row["reference"]),
    )


def _basis(row: Row) -> str:
    """Return what the verdict rests on, in one short line."""
    if row["verdict"] == INDEPENDENT:
        return f"p {p_value(row['p_t'])} for this one" if row["p_t"] is not None else ""
    if row["p_target"] is None:
        return counted(row["n_prompts"], "prompt")
    taught = ", more so than models of its base" if row["verdict"] == TAUGHT else ""
    expected = EXPECTED.get(row["expected_by"] or "", "") if row["verdict"] in POSITIVE else ""
    chance = f"p {p_value(row['p_target'])}"
    over = "" if row["n_candidates"] < 2 else f" over {counted(row['n_candidates'], 'vendor')}"
    return ", ".join(
        filter(None, (f"{chance}{over}{taught}", expected, FOLDED_ROLES.get(row.get("target_role") or "")))
    )


def _picture_text(nearness: Nearness) -> str:
    interval = "" if nearness.low is None or nearness.high is None else f", {nearness.low:.2f} to {nearness.high:.2f}"
    at_least = "at least " if nearness.is_at_least else ""
    controls = f"; {counted(len(nearness.controls), 'unrelated model')} as ticks" if nearness.controls else ""
    value = "more than 1" if nearness.value > 1 else f"{nearness.value:.2f}"
    return f"{at_least}{value} from 0, as unrelated models, to 1, as the same model{interval}{controls}"


def _copy_line(row: Row) -> Line:
    left, right = safe_text(row["left_model"]), safe_text(row["right_model"])
    high, detectable = row["distance_high"], row["detectable_distance"]
    likeness, least = 1.0 - row["distance"], 1.0 - high
    basis = f"p {p_value(row['p_equality_holm'])} over {counted(row['n_prompts'], 'prompt')}"
    if row["equality"] in (SAME, OPEN):
        basis += f"; a distance of {detectable:.0%} would have been found"
    return Line(
        target=left,
        href=pair_link(row["left_model"], row["right_model"]),
        resembles=right,
        sure=row["equality"],
        basis=basis,
        mark={SAME: "positive-1", NEARLY: "positive-2"}.get(row["equality"], ""),
        picture=drawn(
            Nearness(likeness, least, 2.0 * likeness - least),
            f"{likeness:.2f} from 0, nothing in common, to 1, as two samples of one model",
        ),
        pair=(row["left_model"], row["right_model"]),
    )
