"""Files named by what they were made from: what is there is never made again, by whichever process, killed or not."""

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from tasks.adapters.warehouse import whole_files


def digest(parts: Any) -> str:
    """Return a hash of what JSON can hold: twelve hexadecimal digits, equal where the content is."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True)
class Cache:
    """A folder of such files; `told` is given a line for each thing that is made."""

    folder: Path
    told: Callable[[str], None] = print

    def path(self, name: str, made_from: Any, suffix: str) -> Path:
        """Return where the file of a name lies that was made from this."""
        return self.folder / f"{name}-{digest(made_from)}{suffix}"

    def replies(self, path: Path, make: Callable[[], Sequence[str]]) -> list[str]:
        """Return the replies of a file, made first if it is not there; another process that makes it is waited for."""
        with self.locked(path):
            if not path.exists():
                lines = [json.dumps(reply, ensure_ascii=False) for reply in make()]
                with whole_files.replaced(path) as beside:
                    beside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return read_replies(path)

    def weights(self, path: Path, make: Callable[[], dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """Return the tensors of a file, made first if it is not there."""
        with self.locked(path):
            if not path.exists():
                made = make()
                with whole_files.replaced(path) as beside:
                    save_file(made, beside)
        return load_file(path)

    @contextmanager
    def locked(self, path: Path, *, is_waiting: bool = True) -> Iterator[bool]:
        """Hold the lock of a file that is to be made; yield whether it is held, always True where waiting is meant.

        The lock ends with the process, however that ends.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with path.with_name(f"{path.name}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True


def read_replies(path: Path) -> list[str]:
    """Return the replies of a file: one JSON string a line, in the order of the questions."""
    # Not `splitlines`, which also breaks at marks that a reply may hold and JSON leaves as they are.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
