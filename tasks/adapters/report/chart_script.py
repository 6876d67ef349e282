"""The JavaScript of the report's charts: Vega, Vega-Lite and Vega-Embed as one script that needs no network.

A wheel brings it: `setup.py` runs this file, which therefore imports only the standard library at its top. In the
repository it is built by `vl_convert` when it is first needed, and kept in the user's cache.
"""

from contextlib import suppress
from functools import lru_cache

FILE = "charts.js"
"""Its name beside what else a wheel ships."""

VEGA_LITE = "6.4"
"""Of Vega-Lite, the version that Altair writes for."""

EMBED = """
window.drawChart = (place, spec) =>
  vegaEmbed(place, spec, { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
                           tooltip: { disableDefaultStyle: true } });
"""
"""`ast`: expressions are interpreted, so that the page's policy need not allow code to be made from text."""


def built() -> str:
    """Return the script, built anew, which takes seconds; needs the package `vl_convert`."""
    import vl_convert

    return vl_convert.javascript_bundle(EMBED, vl_version=VEGA_LITE)


@lru_cache(maxsize=1)
def javascript() -> str:
    """Return the script: the one that the wheel brings, else that of the user's cache, else one that is built.

    Raises:
        InputError: there is none, and the extra `figures`, which builds it, is not installed.
    """
    from importlib.metadata import version

    from tasks.adapters import extras, settings
    from tasks.adapters.warehouse import whole_files
    from tasks.domain.errors import WorldError
    from tasks.domain.ids import content_id

    with suppress(FileNotFoundError):
        return (settings.PROJECT / FILE).read_text(encoding="utf-8")
    extras.require("figures", "the report's charts")
    path = settings.cache_dir() / f"{content_id('javascript', version('vl-convert-python'), VEGA_LITE, EMBED)}.js"
    with suppress(OSError):
        return path.read_text(encoding="utf-8")
    bundle = built()
    with suppress(OSError, WorldError):  # It is kept to save time alone.
        whole_files.write(path, bundle.encode())
    return bundle
