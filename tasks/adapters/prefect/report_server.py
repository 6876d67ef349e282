"""The reports on loopback: a page of Prefect can't open a file: link, so `make ui` serves the folder beside it."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlsplit

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import whole_files

HOST = "127.0.0.1"


@contextmanager
def serving(home: Home) -> Iterator[str]:
    """Serve the reports of a home on a free port of loopback; yield the address of the folder, with a slash.

    While it is served, the home holds the address, so that runs link to it.
    """
    home.reports.mkdir(parents=True, exist_ok=True)
    with http.server.ThreadingHTTPServer((HOST, 0), partial(_Handler, directory=str(home.reports))) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, name="reports", daemon=True)
        thread.start()
        address, note = f"http://{HOST}:{server.server_port}/", _note(home)
        note.parent.mkdir(parents=True, exist_ok=True)
        whole_files.write(note, address.encode())
        try:
            yield address
        finally:
            with suppress(OSError):
                note.unlink()
            server.shutdown()
            thread.join()


def link(home: Home, report: str) -> str:
    """Return the address under which a report is served; without a server its path."""
    with suppress(OSError, UnicodeDecodeError):
        address = _note(home).read_text(encoding="utf-8").strip()
        if urlsplit(address).hostname == HOST:
            return f"{address}{quote(Path(report).name)}"
    return report


def _note(home: Home) -> Path:
    return home.root / "prefect" / "reports-address"


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files of one folder to this machine: no listing, and nothing to a page that calls it by another name."""

    def do_GET(self) -> None:
        if self._is_own_name():
            super().do_GET()

    def do_HEAD(self) -> None:
        if self._is_own_name():
            super().do_HEAD()

    def list_directory(self, path: object) -> None:
        del path
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *args: object) -> None:
        """Keep the terminal free of requests."""

    def _is_own_name(self) -> bool:
        is_own = urlsplit(f"//{self.headers.get('Host', '')}").hostname in (HOST, "localhost")
        if not is_own:
            self.send_error(HTTPStatus.FORBIDDEN)
        return is_own
