"""The lineage graph: who resembles whom beyond chance."""

from collections.abc import Sequence

import altair as alt

from tasks.adapters.report.chart_style import FAMILIES, INK, QUIET, Spec, legend, spec
from tasks.domain.reporting.chart_rows import OTHERS, Points
from tasks.domain.reporting.lineage_graph import DOCUMENTED, NOT_DOCUMENTED

ROW = 19
WIDTH = 420


def lineage(edges: Points, models: Points, vendors: Sequence[str]) -> Spec:
    """Return the graph: an edge is as wide as it is strong, coloured by vendor, dashed where nothing documents it."""
    colours = [QUIET if name == OTHERS else FAMILIES[place % len(FAMILIES)] for place, name in enumerate(vendors)]
    key = legend("vendor resembled").copy()
    key.symbolType = "square"
    colour = alt.Color("vendor:N", scale=alt.Scale(domain=list(vendors), range=colours), legend=key)
    span = alt.Scale(domain=[-0.7, max(model["y"] for model in models) + 0.7], reverse=True, nice=False, zero=False)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    y = alt.Y("y:Q", axis=None, scale=span)
    base = alt.Chart(alt.InlineData(values=edges)).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    edge = base.mark_rule(opacity=0.75, cursor="pointer").encode(
        color=colour,
        strokeWidth=alt.StrokeWidth("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.6, 5]), legend=None),
        strokeDash=alt.StrokeDash(
            "known:N",
            scale=alt.Scale(domain=[DOCUMENTED, NOT_DOCUMENTED], range=[[1, 0], [5, 4]]),
            legend=alt.Legend(title="edge", orient="top", symbolType="stroke", direction="horizontal"),
        ),
        tooltip=[
            *(alt.Tooltip(f"{name}:N") for name in ("target", "group", "vendor", "verdict", "p")),
            alt.Tooltip("strength:Q", title="degree, at most 1", format=".2f"),
            alt.Tooltip("known:N", title="edge"),
        ],
    )
    names = alt.Chart(alt.InlineData(values=models)).encode(x=x, y=y, text="name:N")
    left = names.transform_filter("datum.x === 0").mark_text(align="right", dx=-8, fontSize=11.5, color=INK)
    right = names.transform_filter("datum.x === 1").mark_text(align="left", dx=8, fontSize=12, fontWeight="bold")
    height = max(round((max(model["y"] for model in models) + 1.4) * ROW), 60)
    chart = alt.layer(edge, left, right.encode(color=colour)).properties(width=WIDTH, height=height)
    return spec(chart)
