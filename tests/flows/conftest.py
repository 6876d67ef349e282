"""What tests of the command share: a workbench, and a way to see a mistake refused."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.cli import main
from tests.support.prefect_server import prefect_server
from tests.support.workbench import Workbench

Refused = Callable[..., str]


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory) -> Iterator[str]:
    with prefect_server(tmp_path_factory.mktemp("prefect")) as url:
        yield url


@pytest.fixture(scope="module")
def served(prefect_api) -> Iterator[None]:
    """Have the commands of a module's tests find one server instead of starting their own, which takes seconds each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_API_URL", prefect_api)
        yield


@pytest.fixture
def bench(tmp_path, monkeypatch) -> Workbench:
    """One card and one plan, `test`, which this process reads as well."""
    made = Workbench(tmp_path)
    made.card("independent-alpha", "http://127.0.0.1:9/v1")
    made.plan(["independent-alpha"], limit=3)
    monkeypatch.setenv("DISTILLOMETER_DATA", str(tmp_path / "data"))
    return made


def _everything(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.fixture
def refused(bench, capsys) -> Refused:
    """Run the command in this process; it has to say one thing, exit as told and leave everything as it was."""

    def run(*arguments: str, code: int = 2, home: Path | None = None) -> str:
        files, environment = _everything(bench.root), dict(os.environ)
        with pytest.raises(SystemExit) as left:
            main.main([*arguments, "--home", str(home or bench.home)])
        said = capsys.readouterr().err
        assert left.value.code == code, said
        assert said.startswith("distillometer: ")
        assert said.count("distillometer: ") == 1
        assert _everything(bench.root) == files
        assert dict(os.environ) == environment
        return said

    return run
