"""Artifacts of the running flow or task, as Prefect's pages show them."""

import re

from tasks.adapters.prefect.engine import HAS_PREFECT, get_run_logger


def artifact_key(*parts: str) -> str:
    """Return a key for Prefect: lower-case letters, digits and dashes. Artifacts of one key are its versions."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def show(key: str, markdown: str, description: str) -> None:
    """Add a Markdown artifact to the running task and flow; does nothing outside of a run.

    A server that refuses it must not end a run with paid replies: this is logged, and the run goes on.
    """
    if not HAS_PREFECT:
        return
    from prefect.artifacts import create_markdown_artifact
    from prefect.context import FlowRunContext, TaskRunContext

    if FlowRunContext.get() is None and TaskRunContext.get() is None:
        return
    try:
        create_markdown_artifact(markdown, key, description, _sync=True)  # type: ignore[call-arg]
    except Exception as error:
        get_run_logger().warning("Artifact %s was not kept: %s. The run goes on.", key, error)
