"""Flows and tasks without Prefect: functions that run in order, in this process, with the same names and results."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

NO_CACHE = None
LOGGER = "distillometer.run"


class CacheKeyFnPolicy:
    """The key of a stored result, which only workers elsewhere need."""

    def __init__(self, *, cache_key_fn: Callable[..., str]) -> None:
        self.cache_key_fn = cache_key_fn


class ThreadPoolTaskRunner:
    """The runner of batches; nothing that runs without Prefect submits any."""

    def __init__(self, *, max_workers: int) -> None:
        self.max_workers = max_workers


def _decorator(**_options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that leaves a function as it is, and gives it the attribute `fn` that Prefect's have."""

    def decorated(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def run(*arguments: Any, **named: Any) -> Any:
            return function(*arguments, **named)

        run.fn = function  # type: ignore[attr-defined]
        return run

    return decorated


flow = task = _decorator


def get_run_logger() -> logging.Logger:
    """Return the logger of all steps; `configure` says what of it is shown."""
    return logging.getLogger(LOGGER)


def configure(*, is_verbose: bool) -> None:
    """Show on standard error what the steps log where `is_verbose`, else nothing."""
    logger = logging.getLogger(LOGGER)
    logger.handlers = [logging.StreamHandler() if is_verbose else logging.NullHandler()]
    logger.propagate = False
    logger.setLevel(logging.INFO)
