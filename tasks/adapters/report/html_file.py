"""Renders a page as one HTML file that needs no other file: style, script and data are in it."""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tasks.adapters.report import chart_script
from tasks.adapters.report.chart_style import Spec
from tasks.adapters.warehouse import whole_files
from tasks.domain.reporting.page import Page

TEMPLATES = Path(__file__).parent / "page_templates"
SCRIPTS = ("parts", "tables", "charts", "heat_map", "model", "pair", "leaks", "report")


def html(page: Page, specs: Mapping[str, Spec]) -> str:
    """Return the report as HTML.

    Everything from outside is escaped, or packed so that it holds no markup; and if any markup remains, the
    page's own policy allows no script but ours, and no request.
    """
    style, script = _asset("report.css"), Markup("\n").join(_asset(f"{name}.js") for name in SCRIPTS)
    library = Markup(chart_script.javascript())
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(library)} {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return environment.get_template("report.html.j2").render(
        page=page,
        charts=set(specs),
        style=style,
        library=library,
        script=script,
        policy=policy,
        data=_packed({**page.data, "charts": specs}),
    )


def write(page: Page, specs: Mapping[str, Spec], path: Path) -> None:
    """Write the report to `path`, swapped in whole: a reader sees the old one or the new one."""
    whole_files.write(path, html(page, specs).encode())


def _asset(name: str) -> Markup:
    """Return one of our own files, which the page includes unchanged."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _packed(data: Mapping[str, Any]) -> str:
    """Return data as base64 of gzipped JSON: letters, digits, + / = and nothing that HTML could read as markup."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
