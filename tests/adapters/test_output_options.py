"""What programs read of the command: `--json`, `--quiet`, exit codes, NO_COLOR and completion."""

import json
import os
import pty
import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from flows.cli import main
from tasks.adapters import output_mode
from tasks.adapters.settings import PROJECT
from tests.support.workbench import run_here

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]")

PRINTED = {
    "show leaderboard": "target",
    "show cost": "model",
    "show drift": None,
    "show identity {model}": None,
    "show verdict {model}": "candidate_group",
    "plan demo": "model",
    "models phi-4": "model",
}
"""Commands that print tables, and a column of the first; None: here there may be sentences alone."""


def _run(capsys, words: list[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main.main(words)
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


@pytest.fixture
def words(analysed):
    """Return what makes the words of a command at a published home."""
    from distillometer import open_snapshot

    with open_snapshot(analysed.root) as snapshot:
        model = snapshot.sql("select target from mart.verdict order by target limit 1")["target"][0]
    return lambda command, *more: [*command.format(model=model).split(), *more, "--home", str(analysed.root)]


@pytest.mark.parametrize(("command", "column"), PRINTED.items())
def test_json_is_one_document_with_all_columns_of_each_table(words, capsys, command, column) -> None:
    code, text, _ = _run(capsys, words(command, "--json"))
    document = json.loads(text)
    assert code == 0
    assert set(document) == {"command", "tables", "sentences"}
    assert document["tables"] or document["sentences"]
    if column:
        assert column in document["tables"][0]["rows"][0]


def test_json_has_numbers_where_the_table_has_rounded_text(words, capsys) -> None:
    table = json.loads(_run(capsys, words("show leaderboard", "--json"))[1])["tables"]
    scores = [row["score"] for one in table for row in one["rows"] if row.get("score") is not None]
    assert scores
    assert all(isinstance(score, float) for score in scores)


def test_quiet_prints_nothing_and_the_next_command_prints_again(words, capsys) -> None:
    assert _run(capsys, words("models phi-4", "--quiet")) == (0, "", "")
    assert output_mode.is_text()
    assert "phi-4" in _run(capsys, words("models phi-4"))[1]


@pytest.mark.fault
@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_error_is_on_standard_error_alone(words, capsys, option) -> None:
    code, text, error = _run(capsys, words("models phi-44", option))
    assert (code, text) == (2, "")
    assert "Near to it: phi-4" in error


def test_every_verb_that_prints_a_table_has_the_options() -> None:
    lacking = {
        name
        for name in ("plan", "evaluate", "ingest", "score", "search", "export")
        if not {"--json", "--quiet"}
        <= {option for parameter in main.imported(name).params for option in parameter.opts}
    }
    assert lacking == set()
    for verb in [*main.imported("show").commands.values(), *main.imported("models").commands.values()]:
        assert {"--json", "--quiet"} <= {option for parameter in verb.params for option in parameter.opts}


def _on_terminal(command: list[str], environment: dict[str, str]) -> str:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(command, env=os.environ | environment, stdout=terminal)
    os.close(terminal)
    text = b""
    try:
        while part := os.read(controller, 65536):
            text += part
    except OSError:  # The end of what was written to a terminal that is closed.
        pass
    os.close(controller)
    assert process.wait() == 0
    return text.decode()


def test_no_color_is_heeded_on_a_terminal() -> None:
    command = [sys.executable, "-m", "flows.cli.main", "--help"]
    environment = {"PYTHONPATH": str(PROJECT), "TERM": "xterm-256color"}
    assert COLOUR.search(_on_terminal(command, environment))
    assert not COLOUR.search(_on_terminal(command, environment | {"NO_COLOR": "1"}))


@pytest.mark.parametrize(("typed", "expected"), [("plan de", "demo"), ("models phi", "phi-4")])
def test_shell_completes_names_of_plans_and_cards(typed, expected) -> None:
    script = "import sys; sys.argv[0] = 'distillometer'; from flows.cli import main; main.main()"
    asked = {"_DISTILLOMETER_COMPLETE": "complete_bash", "COMP_WORDS": f"distillometer {typed}", "COMP_CWORD": "2"}
    environment = os.environ | asked | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == [expected], done.stderr


def test_version_is_that_of_the_package_and_of_its_citation() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run_here("--version").stdout == f"distillometer {project['version']}\n"
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])


@pytest.mark.parametrize("words", [(), ("plan",), ("bank",), ("bank", "list"), ("show", "verdict")])
def test_help_is_short_too(words) -> None:
    short, long = run_here(*words, "-h"), run_here(*words, "--help")
    assert short.returncode == 0
    assert "Usage: " in short.stdout
    assert short.stdout == long.stdout
