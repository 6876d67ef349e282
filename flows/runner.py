"""The default task runner of flows that call models: threads of this process, which wait for replies."""

from typing import Any

from tasks.adapters.prefect.engine import ThreadPoolTaskRunner

RUNNER: Any = ThreadPoolTaskRunner(max_workers=256)
"""Each run of a flow has its own copy; `tasks/adapters/prefect/workers.py` replaces it where a plan has workers."""
