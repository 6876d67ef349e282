"""A dossier -> a folder or a zip archive, whole or not at all; equal dossiers have equal bytes."""

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from tasks.adapters import terminal
from tasks.adapters.dossiers import vectors
from tasks.adapters.dossiers.readme import README, readme
from tasks.adapters.spreadsheets import inert
from tasks.adapters.warehouse import whole_files
from tasks.domain.dossier.conclusions import Conclusions
from tasks.domain.dossier.dossier import Gathered
from tasks.domain.errors import InputError
from tasks.domain.inert_text import spelled_out

INDEX = "SHA256SUMS"
VERDICT, POPULATION, PROMPTS, VERSIONS = "verdict.json", "population.json", "prompts.jsonl", "versions.json"
NULL, SOURCES, REPLIES = "null.csv", "models.csv", "replies/"
TESTS, COSINES, VECTORS = "model_equality.json", "cosines.json", "vectors/"
ZIP = ".zip"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time that a zip archive gives each file."""


def write(gathered: Gathered, formed: Conclusions, path: Path) -> str:
    """Write a dossier and return the SHA-256 of its index, 64 hex digits.

    Args:
        gathered: the evidence.
        formed: what follows from it.
        path: a zip archive, which is replaced, where the name ends so; else a folder that is not there yet.

    Raises:
        InputError: something is there, or there is no place for a folder.
        WorldError: there is no room for it.
    """
    if path.suffix == ZIP:
        with whole_files.replaced(path) as written, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            return _write_all(gathered, formed, lambda name, content: _add(archive, name, content))
    _require_free(path)
    with whole_files.room_for(path), tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as beside:
        digest = _write_all(gathered, formed, lambda name, content: _put(Path(beside, "new"), name, content))
        shutil.move(Path(beside, "new"), path)
        return digest


def _require_free(folder: Path) -> None:
    if folder.exists() or folder.is_symlink():
        raise InputError("it is there already.", where=str(folder), remedy="Name a folder that is not there yet.")
    if not folder.absolute().parent.is_dir():
        raise InputError("its parent is no folder.", where=str(folder), remedy="Create that first, or name another.")


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = 0o644 << 16
    archive.writestr(info, content, zipfile.ZIP_DEFLATED)


def _put(folder: Path, name: str, content: bytes) -> None:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _write_all(gathered: Gathered, formed: Conclusions, put: Any) -> str:
    digests = {}
    for name, content in _files(gathered, formed):
        digests[name] = sha256(content).hexdigest()
        put(name, content)
    index = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
    put(INDEX, index)
    return sha256(index).hexdigest()


def _files(gathered: Gathered, formed: Conclusions) -> Iterator[tuple[str, bytes]]:
    """Yield each file but the index: its name and content."""
    evidence = gathered.evidence
    yield README, readme(gathered.evidence, formed).encode()
    yield (
        VERDICT,
        _json(
            {
                "target": evidence.target,
                "answer": formed.account.answer,
                "grounds": [{"heading": heading, "text": text} for heading, text in formed.account.grounds],
                "verdicts": formed.checked.rows,
                "verdicts_of_run": gathered.verdicts_of_run,
            }
        ),
    )
    yield (
        POPULATION,
        _json(
            {
                "target": evidence.target,
                "models": [asdict(model) for model in evidence.models],
                "named_vendors": evidence.named_vendors,
                "hypotheses": list(evidence.hypotheses),
                "p_of_others": gathered.evidence.p_of_others,
                "common_words": list(evidence.common_words),
            }
        ),
    )
    yield NULL, _csv([asdict(control) for control in formed.checked.null])
    yield SOURCES, _csv(gathered.sources)
    yield VERSIONS, _json(gathered.versions)
    yield PROMPTS, _lines(gathered.prompts)
    if evidence.tests is not None:
        yield TESTS, _json(asdict(evidence.tests) | {"tests": formed.tests})
    names: dict[str, tuple[str, str]] = {}
    for number, (model, replies) in enumerate(groupby(evidence.replies, lambda reply: reply.model), 1):
        name = f"{number:03d}-{re.sub(r'[^A-Za-z0-9._-]+', '-', model)[:80]}"
        rows = [{"sha256": reply.digest} | asdict(reply) for reply in replies]
        names |= {row["reply_id"]: (name, row["sha256"]) for row in rows}
        yield f"{REPLIES}{name}.jsonl", _lines(rows)
    if evidence.vectors is not None:
        embedded = evidence.vectors
        yield (
            COSINES,
            _json(
                {
                    "embedder": embedded.embedder,
                    "weights_sha256": embedded.revision,
                    "dimension": embedded.vectors.shape[1],
                    "cosines": gathered.cosines_of_run,
                }
            ),
        )
        yield from vectors.files(embedded, VECTORS, names)
    for name, text in sorted(gathered.texts.items()):
        yield name, text.encode()


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, default=str, allow_nan=False).encode() + b"\n"


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows).encode()


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return spelled_out(terminal.csv_text(inert(pl.DataFrame(list(rows), infer_schema_length=None)))).encode()
