"""Runs commands in a process that has the core alone: imports of what the extras bring are refused.

As a script, `python -m tests.support.core_only PACKAGE,... JSON`: each package is refused, each list of JSON is a
command. It prints what the commands print, each after its exit code, and fails where a refused package was imported.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

from tasks.adapters import extras

PACKAGES = sorted({package for packages in extras.PACKAGES.values() for package in packages})


class Refusing:
    """Finds no module of some packages, as where they are not installed."""

    def __init__(self, packages: Sequence[str]) -> None:
        self.packages = frozenset(packages)

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return None, or raise what Python raises where a module is not there."""
        if name.partition(".")[0] in self.packages:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def run(
    commands: Sequence[Sequence[str]], folder: Path, environment: dict[str, str], *, refused: Sequence[str] = PACKAGES
) -> subprocess.CompletedProcess[str]:
    """Run commands one after the other in one process within `folder`."""
    script = [sys.executable, str(Path(__file__).resolve()), ",".join(refused), json.dumps(commands)]
    return subprocess.run(script, cwd=folder, env=environment, capture_output=True, text=True)


def _main(refused: Sequence[str], commands: Sequence[Sequence[str]]) -> None:
    sys.meta_path.insert(0, Refusing(refused))  # type: ignore[arg-type]
    from flows.cli import main

    for command in commands:
        code: object = 0
        try:
            main.main(list(command))
        except SystemExit as end:
            code = end.code
        print(f"exit code {code}: {' '.join(command)}", flush=True)
    import tasks

    print("code at", tasks.__file__)
    imported = {name.partition(".")[0] for name in sys.modules} & set(refused)
    assert not imported, imported


if __name__ == "__main__":
    _main(sys.argv[1].split(","), json.loads(sys.argv[2]))
