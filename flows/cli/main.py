"""The `distillometer` command: every verb calls a flow, or reads what a flow has published.

A verb's module is imported when the verb is run: listing the verbs imports none of them.
"""

import signal
import sys
import threading
import traceback
from importlib import import_module
from typing import Annotated, Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from flows.cli import output_options
from tasks.adapters import extras, output_mode, waits
from tasks.domain.errors import DistillometerError


class Verb(NamedTuple):
    """Where a verb is: a function of a module of `flows.cli`, or a Typer with verbs. `help`: its docstring."""

    module: str
    attribute: str
    help: str


VERBS = {
    "init": Verb(
        "init",
        "init",
        "Begin: write a folder with a card, a plan and the names of keys. On a terminal it asks for what is missing.",
    ),
    "plan": Verb("plan", "plan", "Check a plan and all that it names; say what it would ask. Asks nothing."),
    "evaluate": Verb(
        "evaluate",
        "evaluate",
        "Run a plan: ask, keep, embed, compare, score, report. Run again, it asks only what has no reply yet.",
    ),
    "check": Verb(
        "check",
        "check",
        "Ask one model the prompts of a reference bank and say whom it resembles, and how sure that is.",
    ),
    "compare": Verb(
        "compare",
        "compare",
        "Ask one model the prompts to which others' replies are published, and say whom it resembles and how surely.",
    ),
    "ingest": Verb("ingest", "ingest", "Take in replies that were recorded elsewhere. The same again adds nothing."),
    "score": Verb(
        "score",
        "score",
        "Compare all that is in the warehouse and print the leaderboard; text first, then embeddings.",
    ),
    "report": Verb("query", "report", "Write the report as one HTML file and print its path."),
    "verify": Verb(
        "verify",
        "verify",
        "Form a verdict again from a dossier (`report --dossier`), offline, and say whether it is equal.",
    ),
    "query": Verb(
        "query",
        "query",
        "Ask the published snapshot in SQL. `select * from meta.relation` says what there is to ask.",
    ),
    "models": Verb(
        "models",
        "models",
        "List the model cards; with --ping, see which of them answer. `models import` writes cards from a list.",
    ),
    "validate-judge": Verb(
        "validate_judge",
        "validate_judge",
        "Measure a judge against labelled replies. What a model is asked for it is kept: run again, it asks the rest.",
    ),
    "search": Verb(
        "search",
        "search",
        "Search templates under which a model leaks about who it is. Run again, it goes on from its last step.",
    ),
    "validate": Verb(
        "validate",
        "validate",
        "Compare the verdicts on a warehouse with its documented lineage: are they right, and as often as they say?",
    ),
    "export": Verb(
        "export",
        "export",
        "Write every relation of schema mart as a file, with a dictionary of what stands in each column.",
    ),
    "prune": Verb(
        "prune",
        "prune",
        "Delete the replies of old rounds, except what counts now; scores of drift stay. Then do as `vacuum`.",
    ),
    "vacuum": Verb("prune", "vacuum", "Give room that the warehouse does not use back to the disk, and publish again."),
    "mcp": Verb("mcp", "mcp", "Serve the snapshot to an assistant, read-only, by the Model Context Protocol."),
    "show": Verb(
        "show_verdict", "show", "Print published results as tables."
    ),  # Where the last of its own verbs joins it.
    "bank": Verb("bank", "bank", "Reference banks: what verdicts need of many models' replies, without their text."),
    "templates": Verb("search", "templates", "Template sets made of what searches found."),
}


def imported(name: str) -> Any:
    """Import a verb and return its command."""
    function = getattr(import_module(f"flows.cli.{VERBS[name].module}"), VERBS[name].attribute)
    if isinstance(function, typer.Typer):
        command: Any = typer.main.get_group(function)
    else:
        alone = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False, add_completion=False)
        alone.command(name)(function)
        command = typer.main.get_command(alone)
    output_options.add_to(name, command)
    return command


class Verbs(TyperGroup):
    """The verbs by name and first sentence; one is imported when it is to be run."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.commands = {
            name: TyperCommand(name, help=verb.help, rich_markup_mode="rich") for name, verb in VERBS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the verb that the arguments name, imported, and the rest of them."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, imported(str(name)) if command is not None else None, rest


app = typer.Typer(
    cls=Verbs,
    help="Measure from replies alone how strongly one language model is distilled from another.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},  # Verbs and what is below them inherit it.
)


def _print_version(value: bool) -> None:
    if value:
        from importlib import metadata

        sys.stdout.write(f"distillometer {metadata.version('distillometer')}\n")
        raise typer.Exit


@app.callback()
def _root(
    _is_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Turn the app into a group: Typer refuses to build one without a command or a callback."""


INTERRUPTED, TERMINATED = 130, 143
"""Exit codes of a command that was stopped by Ctrl-C or by SIGTERM, as shells have them."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: the command ends as with Ctrl-C."""


def _terminate(*_: object) -> None:
    raise Terminated


def _stop_code(error: BaseException) -> int | None:
    """Return the exit code of a command that was told to stop; None where an error is something else.

    Within a flow Prefect raises an exception of its own at SIGTERM; it is known by its name, as importing Prefect takes
    seconds.
    """
    if isinstance(error, Terminated) or type(error).__name__ == "TerminationSignal":
        return TERMINATED
    return INTERRUPTED if isinstance(error, typer.Abort | KeyboardInterrupt) else None


def release_frames(error: BaseException) -> None:
    """Clear what the functions still hold that an error ended: it may be kept until Python ends.

    Prefect keeps the error of a failed run; a database's objects that it holds would be listed as leaks on stderr.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            traceback.clear_frames(one.__traceback__)
            waiting += [one.__cause__, one.__context__]


def _end_with(error: DistillometerError) -> NoReturn:
    from tasks.adapters import terminal  # It imports the table library, which a list of the verbs does not need.

    sys.stderr.write(f"distillometer: {terminal.printable(str(error))}\n")
    release_frames(error)
    sys.exit(error.exit_code)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; errors that a user can correct are one message and exit code 2 (input) or 3 (the world)."""
    output_mode.begin()
    try:
        _run(arguments)
    finally:
        output_mode.begin()  # What is printed after it in this process is for people again.


def _run(arguments: list[str] | None) -> None:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        words = sys.argv[1:] if arguments is None else arguments
        with waits.command(" ".join(["distillometer", *words[:1]])):
            result: Any = app(arguments, standalone_mode=False)
        if output_mode.document() is not None:
            from tasks.adapters import terminal

            terminal.print_document(" ".join(["distillometer", *words]))
    except DistillometerError as error:
        _end_with(error)
    except BaseException as error:
        if (missing := extras.missing_for(error)) is not None:
            release_frames(error)
            _end_with(missing)
        # click's own usage errors carry their exit code; anything else is a defect and shows its traceback.
        result, show = _stop_code(error), getattr(error, "show", None)
        if result is None and show is None:
            raise
        if result is None and show is not None:
            show()
            sys.exit(getattr(error, "exit_code", 2))
    if result in (INTERRUPTED, TERMINATED):
        sys.stderr.write("distillometer: interrupted. What has arrived is kept; the same command goes on from there.\n")
    sys.exit(result if isinstance(result, int) else 0)


if __name__ == "__main__":
    main()
