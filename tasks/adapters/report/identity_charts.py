"""Charts of identity probes: claims of targets, and their shares."""

from typing import Any

import altair as alt

from tasks.adapters.report.chart_style import (
    FAMILIES,
    FIT,
    LINE,
    MARK,
    NAMES,
    QUIET,
    Spec,
    having,
    interval_tips,
    legend,
    spec,
)
from tasks.domain.reporting.chart_rows import Points

SCORES = ("loose", "strict", "hard")

SLICES_A_ROW = 5


def claims(points: Points) -> Spec:
    """Return the claims of targets: one bar a target, in parts."""
    kinds = sorted(
        {p["claim"] for p in points},
        key=lambda claim: (claim.startswith(("as ", "another")), claim.startswith("another"), claim),
    )
    quiet = {"itself": "var(--soft)", "no other vendor": "var(--soft)", "nobody": LINE, "refused": QUIET}
    bright = iter([FAMILIES[1], FAMILIES[0], FAMILIES[2], FAMILIES[3], FAMILIES[4], FAMILIES[5], FAMILIES[6]])
    colours = [quiet.get(kind) or next(bright) for kind in kinds]
    base = alt.Chart(alt.InlineData(values=[point | {"at": kinds.index(point["claim"])} for point in points]))
    bars = base.mark_bar(stroke=QUIET, strokeWidth=0.5, cursor="pointer").encode(
        x=alt.X(
            "share:Q",
            title="share of identity probes",
            axis=alt.Axis(format="%", tickCount=6),
            scale=alt.Scale(domain=[0, 1]),
        ),
        y=alt.Y("target:N", title=None, sort=None, axis=alt.Axis(**NAMES)),
        color=alt.Color("claim:N", scale=alt.Scale(domain=kinds, range=colours), legend=legend("it claims to be", 1)),
        order=alt.Order("at:Q"),
        tooltip=["target:N", "claim:N", alt.Tooltip("share:Q", format=".1%"), "n:Q", "probes:Q", "mode:N"],
    )
    return spec(bars.properties(width="container", autosize=FIT, height=24 * _n_targets(points)))


def rates(points: Points) -> Spec:
    """Return loose, strict and hard of each target, with intervals."""
    base = alt.Chart(alt.InlineData(values=points)).encode(
        y=alt.Y("target:N", title=None, sort=None, axis=alt.Axis(**NAMES)),
        yOffset=alt.YOffset("score:N", scale=alt.Scale(domain=list(SCORES))),
        color=alt.Color(
            "score:N", scale=alt.Scale(domain=list(SCORES), range=[QUIET, FAMILIES[0], MARK]), legend=legend("score")
        ),
        tooltip=["target:N", "score:N", *interval_tips(".1%"), "n:Q", "mode:N"],
    )
    x = alt.X(
        "value:Q",
        title="share of probes, 95 % interval",
        axis=alt.Axis(format="%", tickCount=6),
        scale=alt.Scale(zero=True),
    )
    layers: list[Any] = [base.mark_point(filled=True, size=55, opacity=1, cursor="pointer").encode(x=x)]
    if bounded := having(points, "low", "high"):
        whiskers = base.mark_rule(strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
        layers.append(whiskers.properties(data=alt.InlineData(values=bounded)))
    return spec(alt.layer(*layers).properties(width="container", autosize=FIT, height=42 * _n_targets(points)))


def slices(points: Points) -> Spec:
    """Return strict by language, kind of template and leading flag, with intervals; one small chart a slice."""
    names = sorted({point["slice"] for point in points})
    targets = list(dict.fromkeys(point["target"] for point in points))
    parts = [
        _slice([point for point in points if point["slice"] == name], targets, name, has_names=at % SLICES_A_ROW == 0)
        for at, name in enumerate(names)
    ]
    return spec(alt.concat(*parts, columns=SLICES_A_ROW, spacing=18))


def _slice(points: Points, targets: list[str], name: str, *, has_names: bool) -> Any:
    axis = alt.Axis(**NAMES) if has_names else alt.Axis(labels=False, ticks=False)
    base = alt.Chart(alt.InlineData(values=points)).encode(
        y=alt.Y("target:N", title=None, axis=axis, scale=alt.Scale(domain=targets)),
        tooltip=["target:N", "slice:N", *interval_tips(".1%"), "n:Q", "mode:N"],
    )
    shares = alt.Scale(domain=[0, 1])
    x = alt.X("value:Q", title=None, axis=alt.Axis(format="%", tickCount=3), scale=shares)
    dots = base.mark_point(filled=True, size=45, opacity=1, color=MARK, cursor="pointer").encode(x=x)
    layers: list[Any] = [dots]
    if bounded := having(points, "low", "high"):
        ends = alt.X("low:Q", title=None, scale=shares)
        whiskers = base.mark_rule(color=MARK, strokeWidth=1.5).encode(x=ends, x2="high:Q")
        layers.append(whiskers.properties(data=alt.InlineData(values=bounded)))
    return alt.layer(*layers).properties(width=150, height=18 * len(targets), title=name.replace("=", ": "))


def _n_targets(points: Points) -> int:
    return len({point["target"] for point in points})
