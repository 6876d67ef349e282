"""Where a plan's batches run: on threads of the coordinating process, or on workers of a cluster."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tasks.domain.card import Strict

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class WorkersPlan(Strict):
    """Workers that send requests and embed; without influence on scores, so no part of a recipe."""

    runner: Literal["threads", "dask", "ray"] = "threads"
    address: str | None = None
    """Address of an existing cluster, such as tcp://10.0.0.7:8786. None: workers on this machine, for the run alone."""
    count: Annotated[int, Field(ge=1)] | None = None
    """Number of workers on this machine. None: its number of cores."""
    storage: str | None = None
    """Storage of workers' results: an absolute path or a URL for fsspec. None: within the home."""
    limits: dict[str, str] = Field(default_factory=dict)
    """Prefect's global concurrency limits, by the environment variable of the key whose calls in flight they bound."""

    @model_validator(mode="after")
    def _fits_together(self) -> "WorkersPlan":
        if self.runner == "threads" and (self.address or self.count or self.storage):
            raise ValueError("'address', 'count' and 'storage' go with runner \"dask\" or \"ray\", not with threads")
        if self.address and self.count:
            raise ValueError("'address' is of a cluster that has its workers: leave out 'count'")
        if self.is_elsewhere and not self.storage:
            raise ValueError(
                "workers elsewhere need a 'storage' that they and this machine reach, such as s3://bucket/folder"
            )
        if self.storage and not (self.storage.startswith("/") or "://" in self.storage):
            raise ValueError(f"'storage' is {self.storage!r}: give an absolute path or a URL")
        return self

    @property
    def is_elsewhere(self) -> bool:
        """Whether workers may be on other machines, which have files, keys and loopback addresses of their own."""
        if self.address is None:
            return False
        host = self.address.split("://")[-1].rpartition(":")[0]
        return host not in LOOPBACK
