"""The batch endpoint of the stub: files, jobs that end after some looks at them, and what may go wrong on the way.

In a test::

    with StubEndpoint() as stub:
        stub.batches.n_looks = 3                   # a job ends when it is looked at for the third time
        stub.batches.end = ("expired", 2)          # two lines are answered before
        stub.batches.faults.append(("submit", "lost"))   # the next submission is taken, and its answer gets lost
        stub.batches.jobs, stub.batches.counts["upload"]
"""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answering = Callable[[web.Request, dict[str, Any]], Awaitable[web.Response]]
"""Answers one call's body as the chat endpoint does, with its faults."""


@dataclass
class StubJob:
    """One job: what was submitted, its lines, and how often it was looked at."""

    job_id: str
    submitted: dict[str, Any]
    lines: list[dict[str, Any]]
    created_at: int
    n_looks: int = 0
    status: str = "validating"
    files: dict[str, str] = field(default_factory=dict)
    n_answered: int = 0


class StubBatches:
    """Files and jobs of one server. `faults` are taken in turn: the route and what befalls its next call."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer
        self.n_looks = 1
        self.end: tuple[str, int | None] = ("completed", None)
        """How jobs end, and how many lines are answered before; None: all."""
        self.refusal = {"code": "invalid_json_line", "message": "This line is not parseable.", "line": 2}
        """What is wrong with the file where `end` is 'failed'."""
        self.faults: list[tuple[str, str]] = []
        self.page = 100
        self.extra_lines: list[bytes] = []
        """Put before the lines of the next file of outcomes."""
        self.jobs: dict[str, StubJob] = {}
        self.files: dict[str, bytes] = {}
        self.file_names: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.looked = threading.Event()
        """Set when a job was looked at."""
        self._lock = asyncio.Lock()

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_post("/v1/files", self._guarded("upload", self._upload))
        app.router.add_get("/v1/files/{id}/content", self._guarded("fetch", self._fetch))
        app.router.add_post("/v1/batches", self._guarded("submit", self._submit))
        app.router.add_get("/v1/batches", self._guarded("list", self._list))
        app.router.add_get("/v1/batches/{id}", self._guarded("look", self._look))

    def _guarded(self, route: str, handle: Any) -> Any:
        async def handler(request: web.Request) -> web.StreamResponse:
            self.counts[route] += 1
            fault = next((one for one in self.faults if one[0] == route), None)
            if fault is None:
                return await handle(request)
            self.faults.remove(fault)
            return await self._fail(request, handle, fault[1])

        return handler

    async def _fail(self, request: web.Request, handle: Any, kind: str) -> web.StreamResponse:
        if kind == "lost":
            await handle(request)
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if kind.startswith("after-"):
            response = await handle(request)
            response.headers["Retry-After"] = kind.removeprefix("after-")
            return response
        status, _, pause = kind.partition("-after-")
        body = {"error": {"message": f"The server says {status}.", "type": "error", "code": f"status_{status}"}}
        return web.json_response(body, status=int(status), headers={"Retry-After": pause} if pause else None)

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["purpose"] == "batch"
        given = form["file"]
        assert isinstance(given, web.FileField)
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id], self.file_names[file_id] = given.file.read(), given.filename
        return web.json_response({"id": file_id, "object": "file", "purpose": "batch"})

    async def _fetch(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]], content_type="application/octet-stream")

    async def _submit(self, request: web.Request) -> web.Response:
        given = await request.json()
        assert (given["endpoint"], given["completion_window"]) == ("/v1/chat/completions", "24h")
        lines = [json.loads(line) for line in self.files[given["input_file_id"]].splitlines()]
        job = StubJob(f"batch_{len(self.jobs) + 1}", given, lines, int(time.time()))
        self.jobs[job.job_id] = job
        return web.json_response(self._shown(job))

    async def _list(self, request: web.Request) -> web.Response:
        newest = list(reversed(self.jobs.values()))
        after = request.query.get("after")
        if after is not None:
            newest = newest[[job.job_id for job in newest].index(after) + 1 :]
        page = [self._shown(job) for job in newest[: self.page]]
        return web.json_response({"object": "list", "data": page, "has_more": len(newest) > self.page})

    async def _look(self, request: web.Request) -> web.Response:
        job = self.jobs.get(request.match_info["id"])
        if job is None:
            return web.json_response({"error": {"message": "No such batch.", "code": "not_found"}}, status=404)
        async with self._lock:
            job.n_looks += 1
            if job.n_looks >= self.n_looks and not job.files and job.status in ("validating", "in_progress"):
                await self._run(job, request)
            elif job.status == "validating":
                job.status = "in_progress"
        self.looked.set()
        return web.json_response(self._shown(job))

    async def _run(self, job: StubJob, request: web.Request) -> None:
        status, n_most = self.end
        if status == "failed":
            job.status = status
            return
        n_most = len(job.lines) if n_most is None else n_most
        outcomes: dict[str, list[bytes]] = {"output_file_id": self.extra_lines, "error_file_id": []}
        self.extra_lines = []
        for line in reversed(job.lines[:n_most]):
            response = await self._answer(request, line["body"])
            assert isinstance(response.body, bytes)
            row = {"id": "batch_req", "custom_id": line["custom_id"], "error": None}
            row["response"] = {"status_code": response.status, "body": json.loads(response.body)}
            name = "output_file_id" if response.status == 200 else "error_file_id"
            outcomes[name].append(json.dumps(row).encode())
            job.n_answered += response.status == 200
        for line in job.lines[n_most:] if status == "expired" else ():
            error = {"code": "batch_expired", "message": "This request could not be executed in time."}
            row = {"id": "batch_req", "custom_id": line["custom_id"], "response": None, "error": error}
            outcomes["error_file_id"].append(json.dumps(row).encode())
        for name, lines in outcomes.items():
            if lines:
                job.files[name] = f"file-{len(self.files) + 1}"
                self.files[job.files[name]] = b"\n".join(lines) + b"\n"
        job.status = status

    def _shown(self, job: StubJob) -> dict[str, Any]:
        failed = {"object": "list", "data": [self.refusal]} if job.status == "failed" else None
        return {
            "id": job.job_id,
            "object": "batch",
            "endpoint": job.submitted["endpoint"],
            "errors": failed,
            "input_file_id": job.submitted["input_file_id"],
            "completion_window": "24h",
            "status": job.status,
            "output_file_id": job.files.get("output_file_id"),
            "error_file_id": job.files.get("error_file_id"),
            "created_at": job.created_at,
            "request_counts": {"total": len(job.lines), "completed": job.n_answered, "failed": 0},
            "metadata": job.submitted.get("metadata"),
        }
