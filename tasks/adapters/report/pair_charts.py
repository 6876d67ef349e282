"""Charts of one pair: its D among unrelated models, and over the first so many prompts."""

from typing import Any

import altair as alt

from tasks.adapters.report.chart_style import FIT, MARK, QUIET, Spec, spec

SPARSE = alt.Axis(tickCount=8, labelOverlap=True)


def strip() -> Spec:
    """Return a pair's D on the line of its controls, with the null's mean and the ceiling; the page adds rows."""
    base = alt.Chart(alt.NamedData("rows"))
    x = alt.X("d:Q", title="prefix overlap score D", scale=alt.Scale(zero=False), axis=SPARSE)
    tips = [alt.Tooltip("label:N"), alt.Tooltip("d:Q", title="D", format=".3f")]
    pair_tips = [*tips, alt.Tooltip("low:Q", format=".3f"), alt.Tooltip("high:Q", format=".3f")]

    def of(kind: str) -> Any:
        return base.transform_filter(f"datum.kind === '{kind}'")

    layers = {
        "control": of("control").mark_tick(color=QUIET, thickness=2, size=30, opacity=0.75).encode(x=x, tooltip=tips),
        "mark": of("mark").mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x=x, tooltip=tips),
        "mark_name": of("mark").mark_text(color=QUIET, dy=-34, fontSize=11).encode(x=x, text="label:N"),
        "pair_interval": of("pair").mark_rule(color=MARK, strokeWidth=3).encode(x="low:Q", x2="high:Q"),
        "pair": of("pair").mark_point(filled=True, size=130, color=MARK, opacity=1).encode(x=x, tooltip=pair_tips),
    }
    # The page leaves out the layers that it has no rows for.
    chart = alt.layer(*(layer.properties(name=name) for name, layer in layers.items()))
    return spec(chart.properties(width="container", autosize=FIT, height=84))


def curve() -> Spec:
    """Return D over the first so many prompts, with its interval; the page adds rows."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X("n:Q", title="prompts", scale=alt.Scale(zero=True), axis=SPARSE)
    )
    tips = [
        alt.Tooltip("n:Q", title="prompts"),
        *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("d", "low", "high")),
    ]
    band = base.mark_area(color=MARK, opacity=0.18).encode(y=alt.Y("low:Q", title="D"), y2="high:Q")
    line = base.mark_line(color=MARK, strokeWidth=2).encode(y=alt.Y("d:Q", title="D"))
    dots = base.mark_point(filled=True, color=MARK, size=28, opacity=1).encode(y="d:Q", tooltip=tips)
    null = alt.Chart(alt.NamedData("rows")).mark_rule(color=QUIET, strokeDash=[4, 3]).encode(y="mean(null_mean):Q")
    return spec(alt.layer(band, line, dots, null).properties(width="container", autosize=FIT, height=170))
