"""Charts of all models: the heat map, the map of identity against similarity, the tree."""

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

import altair as alt

from tasks.adapters.report.chart_style import ACCENT, FIT, INK, LINE, NAMES, QUIET, Spec, family, having, spec
from tasks.domain.reporting.chart_rows import Points

COLDS = ["rgba(52, 120, 214, 0.7)", "rgba(52, 120, 214, 0.04)"]
HOTS = ["rgba(226, 118, 28, 0.04)", "rgba(226, 118, 28, 0.62)"]
"""From little to much; translucent, so that they fit light and dark pages."""

DIVERGING = ("z", "prefix_overlap_d", "centred_cos")
"""Measures whose zero means something."""

MOST_Z = 6.0
"""Where the colours of z end: beyond it no eye needs to tell how far."""

CELL = 17
LEAST_CELL = 12
WIDTH = 960
"""With names and what slants beyond them, eighty cells are as wide as a page of 1,440 pixels shows."""
ROOMY_CELL = 64
ROOMY = 10
"""Up to so many references, cells are wide and hold their value."""


def heat_map(targets: Sequence[str], references: Sequence[str], title: str, scale: Sequence[float]) -> Spec:
    """Return the heat map of target by reference; the page adds its rows.

    Args:
        targets: in the order in which they are drawn.
        references: in the order in which they are drawn.
        title: of the measure.
        scale: two numbers for a scale from little to much, four for one whose zero means something.
    """
    is_roomy = len(references) <= ROOMY
    width = ROOMY_CELL if is_roomy else min(max(WIDTH // len(references), LEAST_CELL), 2 * CELL)
    axis: dict[str, Any] = {**NAMES, "ticks": False, "domain": False, "title": None}
    axis |= {"labelOverlap": False, "labelFontSize": 10 if len(references) > ROOMY else 11}
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "reference:N", scale=alt.Scale(domain=list(references)), axis=alt.Axis(orient="top", labelAngle=-60, **axis)
        ),
        y=alt.Y("target:N", scale=alt.Scale(domain=list(targets)), axis=alt.Axis(**axis)),
        tooltip=[
            *(alt.Tooltip("target:N"), alt.Tooltip("reference:N"), alt.Tooltip("value:Q", title=title, format=".3f")),
            alt.Tooltip("kin:N", title="one family"),
        ],
    )
    colour = alt.Color(
        "value:Q",
        scale=alt.Scale(domain=list(scale), range=(COLDS + HOTS)[-len(scale) :], clamp=True, interpolate="rgb"),
        legend=alt.Legend(
            title=title, titleLimit=600, orient="bottom", direction="horizontal", gradientLength=220, format=".2f"
        ),
    )
    cells = base.mark_rect(strokeWidth=1, cursor="pointer").encode(
        color=colour, stroke=alt.when("datum.kin").then(alt.value(INK)).otherwise(alt.value("transparent"))
    )
    cursor = base.mark_rect(fillOpacity=0, stroke=ACCENT, strokeWidth=3, cursor="pointer").encode(
        opacity=alt.when("datum.target === at_target && datum.reference === at_reference")
        .then(alt.value(1))
        .otherwise(alt.value(0))
    )
    layers = [cells]
    if is_roomy:
        layers.append(
            base.mark_text(color=INK, fontSize=12, cursor="pointer").encode(text=alt.Text("value:Q", format=".2f"))
        )
    at = [alt.param(name="at_target", value=""), alt.param(name="at_reference", value="")]
    chart = alt.layer(*layers, cursor).properties(width=alt.Step(width), height=alt.Step(30 if is_roomy else CELL))
    return spec(chart.add_params(*at))


def scale_of(measure: str, values: Sequence[float]) -> list[float]:
    """Return where a measure's scale begins and ends, from its values outside families; also around a zero."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if measure in DIVERGING:
        reach = MOST_Z if measure == "z" else max(abs(low), abs(high)) or 1.0
        return [-reach, -reach / 1e6, 0.0, reach]
    return [low, high if high > low else low + 1.0]


def scatter(points: Points, families: Sequence[str]) -> Spec:
    """Return the map: identity score (hard) against grade, with intervals on both axes and points named."""
    ends = [point[name] for point in points for name in ("grade", "grade_low", "grade_high") if point[name] is not None]
    grades = alt.Scale(domain=[floor(min(ends)), max(ceil(max(ends)), floor(min(ends)) + 1)])
    shares = alt.Axis(format="%", tickCount=8)
    base = alt.Chart(alt.InlineData(values=points)).encode(
        x=alt.X("hard:Q", title="identity score, hard (ICE)", axis=shares, scale=alt.Scale(zero=True)),
        y=alt.Y("grade:Q", title="grade with its nearest reference (RSE)", scale=grades, axis=alt.Axis(tickCount=8)),
        color=family(families),
        tooltip=[
            *(alt.Tooltip("target:N"), alt.Tooltip("family:N"), alt.Tooltip("reference:N")),
            *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("hard", "hard_low", "hard_high")),
            *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("grade", "grade_low", "grade_high")),
        ],
    )
    layers: list[Any] = []
    if bounded := having(points, "hard_low", "hard_high"):
        across = base.mark_rule(opacity=0.45).encode(x="hard_low:Q", x2="hard_high:Q")
        layers.append(across.properties(data=alt.InlineData(values=bounded)))
    if bounded := having(points, "grade_low", "grade_high"):
        along = alt.Y("grade_low:Q", scale=grades)
        whisker = base.mark_rule(opacity=0.45).encode(y=along, y2="grade_high:Q")
        layers.append(whisker.properties(data=alt.InlineData(values=bounded)))
    layers.append(base.mark_point(filled=True, size=80, opacity=1, cursor="pointer"))
    layers.append(base.mark_text(align="left", dx=8, dy=-7, fontSize=12).encode(text="name:N", color=alt.value(INK)))
    layers.append(
        base.mark_text(align="right", dx=-8, dy=-7, fontSize=12).encode(text="name_left:N", color=alt.value(INK))
    )
    return spec(alt.layer(*layers).properties(width="container", autosize=FIT, height=420))


def tree(lines: Points, joints: Points, leaves: Points, families: Sequence[str]) -> Spec:
    """Return the tree: lines, joints with the share of draws of prompts in which they recur, leaves named."""
    span = alt.Scale(domain=[-0.7, len(leaves) - 0.3], reverse=True, nice=False, zero=False)
    low = min((line["x"] for line in lines), default=0.0)
    high = max((leaf["x"] for leaf in leaves), default=1.0)
    place = alt.Scale(domain=[low, high], nice=False, zero=False)
    x = alt.X(
        "x:Q",
        title="similarity at which they join (mean self-normalised prefix overlap)",
        scale=place,
        axis=alt.Axis(grid=True, tickCount=8, labelFlush=False),
    )
    y = alt.Y("y:Q", axis=None, scale=span)
    branch = alt.Chart(alt.InlineData(values=lines)).mark_rule(color=QUIET).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    joint = (
        alt.Chart(alt.InlineData(values=joints))
        .mark_circle(opacity=1, stroke=INK, strokeWidth=1)
        .encode(
            x=x,
            y=y,
            size=alt.value(46),
            fill=alt.Fill(
                "support:Q",
                scale=alt.Scale(type="threshold", domain=[0.5, 0.8, 0.95], range=["var(--page)", LINE, QUIET, INK]),
                legend=alt.Legend(
                    title="support: share of draws of prompts", orient="top", format=".0%", direction="horizontal"
                ),
            ),
            tooltip=[
                alt.Tooltip("support:Q", format=".1%"),
                alt.Tooltip("x:Q", title="similarity", format=".3f"),
                "members:N",
            ],
        )
    )
    name = (
        alt.Chart(alt.InlineData(values=leaves))
        .mark_text(align="left", dx=6, fontSize=11.5)
        .encode(x=x, y=y, text="name:N", color=family(families, shape="square"))
    )
    chart = alt.layer(branch, joint, name).properties(width=620, height=max(len(leaves) * 17, 60))
    return spec(chart)
