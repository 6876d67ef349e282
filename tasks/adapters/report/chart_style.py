"""Style of all charts: the page's colours by their CSS names, fonts, and the conversion of a chart for paper."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tasks.domain.reporting.chart_rows import OTHERS, Points

Spec = dict[str, Any]

INK, QUIET, LINE, ACCENT, MARK = "var(--ink)", "var(--quiet)", "var(--line)", "var(--link)", "var(--strong)"
FAMILIES = [f"var(--family-{number})" for number in range(1, 8)]

PAPER = {
    **{"var(--ink)": "#1b1f24", "var(--quiet)": "#59636e", "var(--line)": "#d5dae0", "var(--link)": "#0a58ca"},
    **{"var(--strong)": "#b3470b", "var(--page)": "#ffffff", "var(--soft)": "#f4f6f8"},
    **dict(zip(FAMILIES, ("#2f6db5", "#c8501e", "#2a8a57", "#8a4fb0", "#b0861a", "#c13d74", "#2b8f9c"), strict=True)),
}
"""The page's colours where there is no page."""

NAMES: dict[str, Any] = {
    "labelExpr": "length(datum.label) > 32 ? slice(datum.label, 0, 17) + '…' + slice(datum.label, -14) : datum.label",
    "labelLimit": 260,
}
"""Of an axis of models: a long name without its middle, as snapshots of one model differ at their ends."""

FIT = alt.AutoSizeParams(type="fit-x", contains="padding")


def for_paper(chart: Spec, rows: Points | None = None) -> Spec:
    """Return a specification that needs no page: with its rows, the page's colours replaced, and a fixed width."""
    text = json.dumps(chart)
    for name, colour in PAPER.items():
        text = text.replace(f'"{name}"', f'"{colour}"')
    self_contained: Spec = json.loads(text)
    if self_contained.get("width") == "container":
        self_contained["width"] = 620
    self_contained["background"] = "#ffffff"
    if rows is not None:
        self_contained["datasets"] = {"rows": rows}
    return self_contained


def family(families: Sequence[str], shape: str = "circle") -> alt.Color:
    """Return the colour of points by family: the large families each in a colour, all others in one."""
    colours = [QUIET if name == OTHERS else FAMILIES[place % len(FAMILIES)] for place, name in enumerate(families)]
    key = legend("family").copy()
    key.symbolType = shape
    return alt.Color("family:N", scale=alt.Scale(domain=list(families), range=colours), legend=key)


def legend(title: str, columns: int = 4) -> alt.Legend:
    """Return a legend above the chart, so many entries beside each other."""
    return alt.Legend(title=title, orient="top", direction="horizontal", columns=columns, labelLimit=150)


def interval_tips(form: str) -> list[alt.Tooltip]:
    """Return the tooltips of a value and its interval."""
    return [alt.Tooltip(f"{name}:Q", format=form) for name in ("value", "low", "high")]


def spec(chart: Any) -> Spec:
    """Return the chart as Vega-Lite, in the colours and fonts of the page."""
    text = {"labelColor": INK, "titleColor": INK, "labelFont": "sans-serif", "titleFont": "sans-serif"}
    config: Mapping[str, Any] = {
        "background": "transparent",
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            **text,
            "gridColor": LINE,
            "domainColor": LINE,
            "tickColor": LINE,
            "titleFontWeight": "normal",
            "labelFontSize": 12,
        },
        "legend": {**text, "titleFontWeight": "normal", "labelFontSize": 12, "symbolOpacity": 1},
        "header": {**text, "labelFontWeight": "bold", "labelAnchor": "start"},
        "text": {"font": "sans-serif"},
        "title": {"color": INK, "font": "sans-serif", "fontSize": 12, "anchor": "start"},
    }
    vega: Spec = chart.configure().to_dict()
    return {key: value for key, value in vega.items() if key != "config"} | {"config": config}


def having(points: Points, *names: str) -> Points:
    """Return the points that have all of these values, such as both ends of an interval."""
    return [point for point in points if all(point[name] is not None for name in names)]
