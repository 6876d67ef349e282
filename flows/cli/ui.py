"""`make ui`: Prefect's server, deployments and a worker on this machine, until Ctrl-C."""

import signal
import sys
import time
from typing import Annotated

import typer

from flows.cli.start import HomeOption
from tasks.adapters import extras, settings, terminal
from tasks.domain.errors import DistillometerError, WorldError


def ui(
    port: Annotated[int, typer.Option("--port", min=0, help="Of the server, on loopback; 0: a free one.")] = 4200,
    home: HomeOption = None,
) -> None:
    """Start Prefect's server, the deployments of prefect.yaml and a worker, print their addresses, run until Ctrl-C."""
    extras.require("run", "ui")
    place = settings.home_at(home)
    settings.configure_prefect(place)
    from tasks.adapters.prefect import local_stack, report_server

    terminal.print_lines(["Starting Prefect; this takes half a minute the first time."])
    with report_server.serving(place) as reports, local_stack.running(place, port) as stack:
        terminal.print_lines(
            [
                f"Runs:         {stack.address}/runs",
                f"Deployments:  {stack.address}/deployments",
                f"Artifacts:    {stack.address}/artifacts",
                f"Report:       {reports}latest.html",
                f"API:          {stack.api}   (export PREFECT_API_URL={stack.api})",
                f"Logs:         {stack.log_dir}",
                "Start a run:  prefect deployment run evaluate/evaluate --param plan=demo",
                "Ctrl-C ends all of it; a run that is under way goes on when it is started again.",
            ]
        )
        sys.stdout.flush()
        while (ended := stack.ended()) is None:
            time.sleep(0.5)
        raise WorldError(
            f"the {ended} has ended by itself.", where=stack.api, remedy=f"Its log: {stack.log_dir / f'{ended}.log'}"
        )


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        typer.run(ui)
    except DistillometerError as error:
        sys.stderr.write(f"distillometer: {terminal.printable(str(error))}\n")
        sys.exit(error.exit_code)
