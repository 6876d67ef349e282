"""Commands that the command prints to be typed next."""

import shlex

from tasks.adapters.settings import Home, usual_home


def at_home(command: str, home: Home) -> str:
    """Return a command with `--home`, where the same home would not be found without it."""
    return command if home.root == usual_home() else f"{command} --home {shlex.quote(str(home.root))}"
