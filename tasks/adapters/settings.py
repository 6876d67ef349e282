"""Paths, and everything that is read from the environment."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
import psutil

from tasks.adapters import printed_logs
from tasks.domain.errors import InputError, WorldError

CODE = Path(__file__).resolve().parents[2]
"""The folder of the packages: the repository, or where a wheel was installed."""

_SHIPPED = CODE / "distillometer" / "shipped"

PROJECT = _SHIPPED if _SHIPPED.is_dir() else CODE
"""The folder of sql/, data/ and prefect.yaml: the repository, or the copy that a wheel brings (`setup.py`)."""

SQL_DIR = PROJECT / "sql"
DEFAULT_HOME = (Path.cwd() if _SHIPPED.is_dir() else CODE) / "data" / "out"
SNAPSHOT = "published.duckdb"


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
        return self.root / SNAPSHOT

    @property
    def journal(self) -> Path:
        """Replies that have arrived and are not in the warehouse yet."""
        return self.root / "journal"

    @property
    def ledgers(self) -> Path:
        """What each plan has spent in each round, and what its calls in flight may cost."""
        return self.root / "ledgers"

    @property
    def models(self) -> Path:
        """Weights joined from the parts of packages."""
        return self.root / "models"

    @property
    def plans(self) -> Path:
        """Plans that runs have prepared, by content id."""
        return self.root / "plans"

    @property
    def populations(self) -> Path:
        """Homes of the reference populations that were compared with, each with its bank."""
        return self.root / "populations"

    @property
    def banks(self) -> Path:
        """Reference banks built from recorded replies."""
        return self.root / "banks"

    @property
    def indices(self) -> Path:
        """FAISS indices."""
        return self.root / "indices"

    @property
    def reports(self) -> Path:
        """HTML pages."""
        return self.root / "reports"


def data_dirs() -> tuple[Path, ...]:
    """Return the folders of plans, cards, sets, lexicon and lineages, the first that is looked at first.

    One's own is `DISTILLOMETER_DATA`, or where that is not set `data` of the current folder; what is shipped follows.
    """
    shipped = PROJECT / "data"
    named = os.environ.get("DISTILLOMETER_DATA")
    own = Path(named).expanduser() if named else Path.cwd() / "data"
    return (own, shipped) if named or (own.is_dir() and own != shipped) else (shipped,)


def data_dir() -> Path:
    """Return the folder that new files of one's own go to: that of `data_dirs`, and never within an installed wheel."""
    own = data_dirs()[0]
    return Path.cwd() / "data" if own.is_relative_to(_SHIPPED) else own


def home_at(root: Path | str | None) -> Home:
    """Return the home at `root`, or at `DISTILLOMETER_HOME`, or `data/out`; nothing is created.

    That is data/out of the repository, or of the current folder where a wheel is installed.

    Raises:
        InputError: there is something else than a folder, in its place or where it keeps one, or no path leads there.
    """
    given = Path(root or os.environ.get("DISTILLOMETER_HOME") or DEFAULT_HOME)
    try:
        home = Home(given.expanduser().resolve())
        stray = [place for place in (home.root, *home.root.parents) if place.exists() and not place.is_dir()]
        if not stray:
            stray_within = [place for place in _folders_of(home) if place.exists() and not place.is_dir()]
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, or a user without a home.
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(
            f"the home can't be reached: {reason}.", where=shown_path(given), remedy="Give another --home."
        ) from None
    if stray:
        raise InputError("the home is no folder.", where=str(stray[0]), remedy="Give another --home.")
    if stray_within:
        raise InputError(
            "it is no folder, and the home keeps one there.",
            where=str(stray_within[0]),
            remedy="Move it away, or give another --home.",
        )
    return home


def usual_home() -> Path:
    """Return where the home is that nobody has named, whatever may be there."""
    return Path(os.path.realpath(os.path.expanduser(os.environ.get("DISTILLOMETER_HOME") or DEFAULT_HOME)))


def _folders_of(home: Home) -> tuple[Path, ...]:
    return home.journal, home.models, home.plans, home.indices, home.reports, home.root / "prefect"


SHOWN_CHARACTERS = 200


def shown_path(path: Path) -> str:
    """Return a path as a message shows it: of one that is too long for any file, the beginning."""
    text = str(path)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."


def cache_dir() -> Path:
    """Return the user's folder for what can be made again at any time; nothing is created."""
    return platformdirs.user_cache_path("distillometer")


MEMORY_VARIABLE = "DISTILLOMETER_MEMORY"
SHARE_OF_FREE = 0.6
LEAST_MEMORY = 512 * 2**20

_MEMORY = re.compile(r"\d+(\.\d+)?\s*[KMGT]i?B", re.IGNORECASE)


def memory_limit() -> str:
    """Return how much memory DuckDB may take: `DISTILLOMETER_MEMORY`, or three fifths of what is free now.

    What goes beyond is written to disk, beside the database. Free is what the machine, and the container if there is
    one, can give without swapping; at least 512 MiB.

    Raises:
        InputError: the variable is no amount of memory.
    """
    if limit := os.environ.get(MEMORY_VARIABLE):
        if not _MEMORY.fullmatch(limit.strip()):
            raise InputError(
                f"it is no amount of memory: {limit!r}.", where=MEMORY_VARIABLE, remedy="Write it like 4GB or 800MB."
            )
        return limit.strip()
    return f"{int(max(SHARE_OF_FREE * _free_memory(), LEAST_MEMORY)) // 2**20}MiB"


def n_cores() -> int:
    """Return how many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # macOS has none.
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def memory_bytes(amount: str) -> float:
    """Return the bytes of an amount as `memory_limit` gives it."""
    number, letter, binary = re.fullmatch(r"([\d.]+)\s*([KMGT])(i?)B", amount, re.IGNORECASE).groups()  # type: ignore[union-attr]
    return float(number) * (1024 if binary else 1000) ** ("KMGT".index(letter.upper()) + 1)


def _free_memory() -> float:
    """Return the bytes that the machine can give; within a container (cgroup v2) what its limit leaves of them."""
    free = float(psutil.virtual_memory().available)
    try:
        limit, used = (int(Path("/sys/fs/cgroup", name).read_text()) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):  # No container, or one without a limit ("max").
        return free
    return min(free, max(limit - used, 0.0))


def now() -> datetime:
    """Return the current time in UTC without a time zone, as DuckDB's `timestamp` holds it."""
    return datetime.now(UTC).replace(tzinfo=None)


def iso_week(moment: datetime) -> str:
    """Return the round that `moment` falls in, such as 2026-W48."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def configure_prefect(home: Home, *, is_verbose: bool = False) -> None:
    """Point Prefect at `home` and limit its log output; environment variables that are set stay.

    Has an effect only before prefect is imported for the first time. What is logged is inert from then on.
    """
    printed_logs.make_inert()
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
