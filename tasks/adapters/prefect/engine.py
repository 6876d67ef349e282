"""What flows and tasks are made with: Prefect's decorators, or, where it is not installed, plain functions.

Flows that ask models need Prefect, and import what else they need from it; those that score what is there do not.
"""

from typing import TYPE_CHECKING

from tasks.adapters import extras

HAS_PREFECT = extras.is_installed("run")

if TYPE_CHECKING or HAS_PREFECT:
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE, CacheKeyFnPolicy
    from prefect.logging import get_run_logger
    from prefect.task_runners import ThreadPoolTaskRunner
else:
    from tasks.adapters.prefect.plain_runs import (
        NO_CACHE,
        CacheKeyFnPolicy,
        ThreadPoolTaskRunner,
        flow,
        get_run_logger,
        task,
    )

__all__ = ["HAS_PREFECT", "NO_CACHE", "CacheKeyFnPolicy", "ThreadPoolTaskRunner", "flow", "get_run_logger", "task"]
