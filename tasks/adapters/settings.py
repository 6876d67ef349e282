"""Where things are, and everything that is read from the environment."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from tasks.domain.errors import InputError, WorldError

PROJECT = Path(__file__).resolve().parents[2]
SQL_DIR = PROJECT / "sql"
DEFAULT_HOME = PROJECT / "data" / "out"


@dataclass(frozen=True)
class Home:
    """The one directory under which everything lives that a run writes."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of the one writer."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The DuckDB file that analysts read; swapped in whole at the end of each run."""
        return self.root / "published.duckdb"

    @property
    def journal(self) -> Path:
        """Replies that have arrived and are not in the warehouse yet."""
        return self.root / "journal"

    @property
    def models(self) -> Path:
        """Weights joined from the parts of packages."""
        return self.root / "models"

    @property
    def indices(self) -> Path:
        """FAISS indices."""
        return self.root / "indices"

    @property
    def reports(self) -> Path:
        """HTML pages."""
        return self.root / "reports"


def data_dir() -> Path:
    """Return the folder of plans, cards and prompt sets: `DISTILLOMETER_DATA`, or `data` of the project."""
    return Path(os.environ.get("DISTILLOMETER_DATA") or PROJECT / "data").expanduser()


def home_at(root: Path | str | None) -> Home:
    """Return the home at `root`, or at `DISTILLOMETER_HOME`, or `data/out` of the project; nothing is created.

    Raises:
        InputError: there is something else than a folder.
    """
    chosen = Path(root or os.environ.get("DISTILLOMETER_HOME") or DEFAULT_HOME).expanduser().resolve()
    for place in (chosen, *chosen.parents):
        if place.exists() and not place.is_dir():
            raise InputError("the home is no folder.", where=str(place), remedy="Give another --home.")
    return Home(chosen)


def cache_dir() -> Path:
    """Return the user's folder for what can be made again at any time; nothing is created."""
    return platformdirs.user_cache_path("distillometer")


def secret(name: str) -> str | None:
    """Return the value of the environment variable `name`, or None; it is never stored, logged or shown."""
    return os.environ.get(name) or None


def now() -> datetime:
    """Return the present in UTC without a time zone, as DuckDB's `timestamp` holds it."""
    return datetime.now(UTC).replace(tzinfo=None)


def iso_week(moment: datetime) -> str:
    """Return the round that `moment` falls in, such as 2026-W48."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def configure_prefect(home: Home, *, is_verbose: bool = False) -> None:
    """Point Prefect at `home` and keep it quiet; what the environment already says is left alone.

    Has an effect only before prefect is imported for the first time.
    """
    state = os.environ.get("PREFECT_HOME") or str(home.root / "prefect")
    try:
        Path(state).expanduser().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorldError(
            f"it can't be written: {error.strerror}.", where=state, remedy="Use another --home."
        ) from error
    defaults = {
        "PREFECT_HOME": state,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "RAY_USAGE_STATS_ENABLED": "0",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO" if is_verbose else "CRITICAL",
        "PREFECT_LOGGING_ROOT_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        "PREFECT_CLI_COLORS": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
