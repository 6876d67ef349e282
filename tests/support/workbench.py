"""A data folder and a home in a temporary directory, and the command run as its users run it."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from tasks.adapters.settings import PROJECT, home_at
from tasks.adapters.warehouse import store
from tests.support.prefect_server import prefect_of_this_process


def run_here(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this process; without a Prefect server only what needs none."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main.main(list(arguments))
    assert isinstance(left.value.code, int)
    return subprocess.CompletedProcess(list(arguments), left.value.code, out.getvalue(), err.getvalue())


@dataclass
class Workbench:
    """Plans and cards of a test; prompt sets are the project's own."""

    root: Path

    def __post_init__(self) -> None:
        for folder in ("data/models", "data/plans"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        for shared in ("prompts", "templates", "lexicon.toml"):
            (self.root / "data" / shared).symlink_to(PROJECT / "data" / shared)

    @property
    def home(self) -> Path:
        return self.root / "home"

    def card(self, name: str, base_url: str, extra: str = "", *, key_env: str | None = None) -> None:
        text = (
            f'name = "{name}"\nvendor = "{name}"\n[endpoint]\nprovider = "openai_compatible"\nbase_url = "{base_url}"\n'
        )
        text += f'key_env = "{key_env}"\n' if key_env else ""
        text += f'served_name = "{name}"\n[sampling]\nseed = 1\n[limits]\nconcurrency = 8\n{extra}'
        (self.root / "data/models" / f"{name}.toml").write_text(text)

    def plan(self, models: list[str], limit: int, samples: int = 1, extra: str = "") -> None:
        text = f'name = "test"\nmodels = {models}\nbatch_size = 20\n[[prompts]]\nset = "general"\nlimit = {limit}\n'
        text += f"samples = {samples}\n[embedding]\nenabled = false\n{extra}"
        (self.root / "data/plans/test.toml").write_text(text.replace("'", '"'))

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"DISTILLOMETER_DATA": str(self.root / "data")}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "flows.cli.main", *arguments, "--home", str(self.home)]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command in this process where a Prefect server is there: another imports everything anew for seconds."""
        if (api := os.environ.get("PREFECT_API_URL")) is None:
            return self.run_apart(*arguments)
        command = [*arguments, "--home", str(self.home)]
        with (
            prefect_of_this_process(api, self.home / "prefect"),
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setenv("DISTILLOMETER_DATA", str(self.root / "data"))
            return run_here(*command)

    def run_apart(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command in a process of its own."""
        return subprocess.run(
            self.command(*arguments), env=self.environment, cwd=PROJECT, capture_output=True, text=True
        )

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query on the published snapshot, read in this process: another takes seconds to start."""
        with store.reading(home_at(self.home)) as snapshot:
            return snapshot.ask(sql).to_dicts()

    def kill(self, *arguments: str, when: Callable[[], bool]) -> None:
        """Start the command and `kill -9` it as soon as `when` holds, which has to come about before the command ends."""
        quiet = subprocess.DEVNULL
        run = subprocess.Popen(self.command(*arguments), env=self.environment, cwd=PROJECT, stdout=quiet, stderr=quiet)
        while not when() and run.poll() is None:
            time.sleep(0.002)
        run.kill()
        run.wait()
        assert when(), "the command was killed before its time had come"
