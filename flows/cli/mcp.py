"""The verb `mcp`: the published snapshot for assistants."""

from flows.cli.start import HomeOption
from tasks.adapters import settings


def mcp(home: HomeOption = None) -> None:
    """Serve the snapshot to an assistant, read-only, by the Model Context Protocol."""
    place = settings.home_at(home)
    from tasks.adapters import mcp_server
    from tasks.adapters.warehouse import store

    with store.reading(place):  # Nothing published there is said at once, and not at the first question.
        pass
    mcp_server.server(place).run()
