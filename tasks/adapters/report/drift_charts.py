"""The chart of drift: each target's change over rounds, by measure."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from tasks.adapters.report.chart_style import INK, MARK, QUIET, Spec, family, having, spec
from tasks.domain.reporting.chart_rows import Points

MEASURES_A_ROW = 2


def drift(points: Points, families: Sequence[str]) -> Spec:
    """Return one small chart a measure: a line a target, intervals, alarms ringed, changes of the recipe dashed."""
    rounds = sorted({point["round"] for point in points})
    measures = sorted({point["measure"] for point in points if point["change"] is not None})
    parts = [_measure(points, measure, rounds, families) for measure in measures]
    return spec(alt.concat(*parts, columns=MEASURES_A_ROW, spacing=28))


def _measure(points: Points, measure: str, rounds: list[str], families: Sequence[str]) -> Any:
    own = [point for point in points if point["measure"] == measure]
    measured = [point for point in own if point["change"] is not None]
    x = alt.X("round:O", title=None, scale=alt.Scale(domain=rounds), axis=alt.Axis(labelAngle=-40))
    base = alt.Chart(alt.InlineData(values=measured)).encode(
        x=x,
        color=family(families),
        tooltip=[
            *("target:N", "round:N", "measure:N", "n:Q", "alarm:N"),
            *(alt.Tooltip(f"{name}:Q", format=".4f") for name in ("change", "low", "high", "p_holm")),
        ],
    )
    y = alt.Y("change:Q", title="change")
    layers: list[Any] = [base.mark_line(strokeWidth=1.5).encode(y=y, detail="target:N")]
    if bounded := having(measured, "low", "high"):
        whiskers = base.mark_rule(opacity=0.6).encode(y=alt.Y("low:Q", title="change"), y2="high:Q")
        layers.append(whiskers.properties(data=alt.InlineData(values=bounded)))
    layers.append(base.mark_point(filled=True, size=50, opacity=1).encode(y=y))
    if alarms := [point for point in measured if point["alarm"]]:
        rings = alt.Chart(alt.InlineData(values=alarms)).mark_point(size=190, color=MARK, strokeWidth=2)
        layers.append(rings.encode(x=x, y=y))
    if changed := sorted({point["round"] for point in own if point["recipe_changed"]}):
        dashed = alt.Chart(alt.InlineData(values=[{"round": name} for name in changed]))
        layers.append(dashed.mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x=x, tooltip=alt.value("recipe changed")))
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, opacity=0.4).encode(y="zero:Q")
    return alt.layer(zero, *layers).properties(width=400, height=190, title=measure)
