"""Each chart of the report on its own: SVG and PNG for a paper, and its data as CSV."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tasks.adapters import extras
from tasks.adapters.report import charts, drift_charts, identity_charts, lineage_charts, pair_charts
from tasks.adapters.report.chart_script import VEGA_LITE
from tasks.adapters.report.chart_style import Spec, for_paper
from tasks.adapters.spreadsheets import inert_cell
from tasks.domain.errors import WorldError
from tasks.domain.reporting import chart_rows, lineage_graph
from tasks.domain.reporting.cells import Rows
from tasks.domain.reporting.columns import MEASURES

PIXELS_A_UNIT = 2.0


def specifications(rows: Rows) -> dict[str, Spec]:
    """Return the charts of the page; those that depend on a choice of the reader have no rows."""
    names = chart_rows.names(rows)
    families = names.families
    targets, references = chart_rows.drawn_models(rows)
    label = names.label
    specs = {"strip": pair_charts.strip(), "curve": pair_charts.curve()}
    if targets:
        drawn = [label[model] for model in targets], [label[model] for model in references]
        specs["heat"] = charts.heat_map(*drawn, MEASURES["prefix_overlap_d"][0], [-1.0, -1e-6, 0.0, 1.0])
    if points := chart_rows.scatter(rows):
        specs["map"] = charts.scatter(points, _families_of(points, families))
    lines, joints, leaves, _ = chart_rows.tree(rows)
    if leaves:
        specs["tree"] = charts.tree(lines, joints, leaves, _families_of(leaves, families))
    edges, models = lineage_graph.graph(rows)
    if edges:
        counted = Counter(edge["vendor"] for edge in edges)
        vendors = sorted(counted, key=lambda name: (name == chart_rows.OTHERS, -counted[name], name))
        specs["lineage"] = lineage_charts.lineage(edges, models, vendors)
    if points := chart_rows.claims(rows):
        specs["claims"] = identity_charts.claims(points)
    points = chart_rows.rates(rows)
    if whole := [point for point in points if point["slice"] == "all"]:
        specs["rates"] = identity_charts.rates(whole)
    if parts := [point for point in points if point["slice"] != "all" and point["score"] == "strict"]:
        specs["slices"] = identity_charts.slices(parts)
    points = chart_rows.drift(rows)
    if any(point["change"] is not None for point in points):
        specs["drift"] = drift_charts.drift(points, _families_of(points, families))
    return specs


def write(rows: Rows, folder: Path) -> list[Path]:
    """Write every chart that has data, as SVG, PNG and CSV; return the paths.

    Raises:
        InputError: the extra `figures` is not installed.
        WorldError: the folder can't be written to.
    """
    extras.require("figures", "--figures")
    import vl_convert

    paths: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (spec, points) in _figures(rows).items():
            text = json.dumps(spec)
            svg, png = (folder / f"{name}.{suffix}" for suffix in ("svg", "png"))
            svg.write_text(vl_convert.vegalite_to_svg(text, vl_version=VEGA_LITE), encoding="utf-8")
            png.write_bytes(vl_convert.vegalite_to_png(text, vl_version=VEGA_LITE, scale=PIXELS_A_UNIT))
            paths += [svg, png]
            for part, table_points in points.items():
                table = folder / f"{name}{part}.csv"
                table.write_text(_csv(table_points), encoding="utf-8")
                paths.append(table)
    except OSError as error:
        raise WorldError(
            f"the figures can't be written: {error.strerror}.", where=str(folder), remedy="Give another folder."
        ) from error
    return paths


def _figures(rows: Rows) -> dict[str, tuple[Spec, Mapping[str, chart_rows.Points]]]:
    """Return each figure with its data, by the endings of the files that hold them."""
    specs = specifications(rows)
    figures: dict[str, tuple[Spec, Mapping[str, chart_rows.Points]]] = {}
    if "heat" in specs:
        targets, references = chart_rows.drawn_models(rows)
        label = chart_rows.names(rows).label
        drawn = [label[model] for model in targets], [label[model] for model in references]
        for measure, (title, _) in MEASURES.items():
            points = chart_rows.heat(rows, measure)
            if points:
                values = [p["value"] for p in points if not p["kin"]] or [p["value"] for p in points]
                spec = charts.heat_map(*drawn, title, charts.scale_of(measure, values))
                figures[f"heat_map_{measure}"] = (for_paper(spec, points), {"": points})
    rates = chart_rows.rates(rows)
    lines, joints, leaves, _ = chart_rows.tree(rows)
    edges, models = lineage_graph.graph(rows)
    points_of: dict[str, Mapping[str, chart_rows.Points]] = {
        "map": {"": chart_rows.scatter(rows)},
        "tree": {"_lines": lines, "_joints": joints, "_leaves": leaves},
        "lineage": {"_edges": edges, "_models": models},
        "drift": {"": chart_rows.drift(rows)},
        "claims": {"": chart_rows.claims(rows)},
        "rates": {"": [point for point in rates if point["slice"] == "all"]},
        "slices": {"": [point for point in rates if point["slice"] != "all" and point["score"] == "strict"]},
    }
    for name, parts in points_of.items():
        if name in specs:
            figures[name] = (for_paper(specs[name]), parts)
    return figures


def _families_of(points: chart_rows.Points, families: Sequence[str]) -> list[str]:
    present = {point["family"] for point in points}
    return [family for family in families if family in present]


def _csv(points: chart_rows.Points) -> str:
    """Return rows as CSV; a text that a spreadsheet would take for a formula is made plain text by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    heads = list(dict.fromkeys(name for point in points for name in point))
    writer.writerow(heads)
    writer.writerows([inert_cell(point.get(name)) for name in heads] for point in points)
    return text.getvalue()
