"""A folder or zip archive -> a dossier, every file of which is as its index says; or one message."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from tasks.adapters.dossiers import vectors
from tasks.adapters.dossiers.readme import README
from tasks.adapters.dossiers.writing import (
    COSINES,
    INDEX,
    NULL,
    POPULATION,
    PROMPTS,
    REPLIES,
    TESTS,
    VECTORS,
    VERDICT,
    VERSIONS,
)
from tasks.adapters.inputs import zip_members
from tasks.adapters.inputs.textfiles import MOST_WHOLE_BYTES, require_exists
from tasks.domain.dossier.dossier import FORMAT, Written
from tasks.domain.dossier.evidence import DossierReply, EqualityTests, Evidence, Vectors, text_digest
from tasks.domain.errors import InputError
from tasks.domain.ids import exact_prompt_id, prompt_id
from tasks.domain.rows import Message
from tasks.domain.verdict.limits import STATISTIC, VERSION
from tasks.domain.verdict.population import DocumentedModel

MOST_BYTES = 4 << 30
"""Of all files together: what is unpacked lies in memory."""

AGAIN = "Ask for the dossier again, from where it was written."

_ROWS = TypeAdapter(list[dict[str, Any]])
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")

Content = Callable[[str], bytes | None]
"""Returns the content of a file by its name; None where there is none."""


def read(path: Path) -> Written:
    """Return the dossier at `path`.

    Raises:
        InputError: there is none, a file of it is missing or differs from the index, a text differs from its hash,
            or it is of another format or statistic than this version computes.
    """
    require_exists(path)
    with _opened(path) as content_of:
        index = content_of(INDEX)
        if index is None:
            raise InputError(f"it is no dossier: it has no {INDEX}.", where=str(path), remedy=AGAIN)
        files = dict(_checked(path, index, content_of))
    try:
        return _dossier(path, files, sha256(index).hexdigest())
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"it can't be read as a dossier: {reason}", where=str(path), remedy=AGAIN) from None


@contextmanager
def _opened(path: Path) -> Iterator[Content]:
    if path.is_dir():
        yield lambda name: _in_folder(path, name)
        return
    with zip_members.opened(path) as archive:
        yield lambda name: _in_archive(archive, name)


def _in_folder(folder: Path, name: str) -> bytes | None:
    place = folder / name
    if place.is_symlink() or not place.is_file():
        return None
    if place.stat().st_size > MOST_WHOLE_BYTES:
        raise InputError(f"it is larger than {MOST_WHOLE_BYTES >> 20} MB.", where=str(place), remedy=AGAIN)
    return place.read_bytes()


def _in_archive(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        return zip_members.content(archive, name)
    except KeyError:
        return None


def _checked(path: Path, index: bytes, content_of: Content) -> Iterator[tuple[str, bytes]]:
    """Yield the files that the index lists, each after its content was held against it."""
    lines = index.decode("utf-8", "replace").splitlines()
    n_bytes = 0
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        name = PurePosixPath(match[2]) if match else None
        if match is None or name is None or name.is_absolute() or ".." in name.parts or "\\" in match[2]:
            raise InputError("it is no line of an index.", where=f"{path}: {INDEX}:{number}", remedy=AGAIN)
        content = content_of(match[2])
        if content is None:
            raise InputError("the file is missing.", where=f"{path}: {match[2]}", remedy=AGAIN)
        if (digest := sha256(content).hexdigest()) != match[1]:
            raise InputError(
                f"its content was changed: its SHA-256 is {digest}, and {INDEX} says {match[1]}.",
                where=f"{path}: {match[2]}",
                remedy=AGAIN,
            )
        if (n_bytes := n_bytes + len(content)) > MOST_BYTES:
            raise InputError(f"it holds more than {MOST_BYTES >> 30} GB.", where=str(path), remedy=AGAIN)
        yield match[2], content


def _dossier(path: Path, files: dict[str, bytes], index_digest: str) -> Written:
    for name in (README, VERSIONS, VERDICT, POPULATION, PROMPTS, NULL):
        if name not in files:
            raise InputError(f"{INDEX} does not list it.", where=f"{path}: {name}", remedy=AGAIN)
    versions = json.loads(files[VERSIONS])
    _require_version(path, "format", versions["format"], FORMAT)
    _require_version(path, "statistic", versions["statistic"], STATISTIC)
    _require_version(path, f"version of {STATISTIC}", versions["statistic_version"], VERSION)
    population, verdict = json.loads(files[POPULATION]), json.loads(files[VERDICT])
    models = TypeAdapter(tuple[DocumentedModel, ...]).validate_python(population["models"])
    prompts = _prompts(path, files[PROMPTS])
    names = [model.model for model in models]
    if names.count(verdict["target"]) != 1 or len(set(names)) < len(names) or verdict["target"] != population["target"]:
        raise InputError("its files are about different models.", where=str(path), remedy=AGAIN)
    replies = [
        reply
        for name in sorted(files)
        if name.startswith(REPLIES)
        for reply in _replies(f"{path}: {name}", files[name], prompts)
    ]
    tests = json.loads(files[TESTS]) if TESTS in files else None
    cosines = json.loads(files[COSINES]) if COSINES in files else None
    return Written(
        evidence=Evidence(
            target=population["target"],
            models=models,
            prompt_sets=prompts,
            replies=replies,
            common_words=TypeAdapter(list[str]).validate_python(population["common_words"]),
            named_vendors=TypeAdapter(dict[str, list[str]]).validate_python(population["named_vendors"]),
            hypotheses=TypeAdapter(list[str]).validate_python(population["hypotheses"]),
            p_of_others=TypeAdapter(dict[str, dict[str, float]]).validate_python(population["p_of_others"]),
            tests=_tests(path, tests, population["target"]) if tests is not None else None,
            vectors=_vectors(path, files, cosines, models, replies) if cosines is not None else None,
        ),
        answer=str(verdict["answer"]),
        grounds=[(ground["heading"], ground["text"]) for ground in verdict["grounds"]],
        verdicts=_ROWS.validate_python(verdict["verdicts"]),
        null_scores=sorted(float(row["score"]) for row in csv.DictReader(io.StringIO(files[NULL].decode()))),
        versions=versions,
        index_digest=index_digest,
        readme=files[README].decode(),
        tests=_ROWS.validate_python(tests["tests"]) if tests is not None else [],
        cosines=TypeAdapter(dict[str, list[dict[str, Any]]]).validate_python(cosines["cosines"])
        if cosines is not None
        else {},
    )


def _require_version(path: Path, what: str, written: object, ours: object) -> None:
    if written != ours:
        raise InputError(
            f"its {what} is {written!r}, and this version of distillometer computes {ours!r}.",
            where=f"{path}: {VERSIONS}",
            remedy=f"Verify it with the version of distillometer that {VERSIONS} names.",
        )


def _prompts(path: Path, content: bytes) -> dict[str, str]:
    """Return the prompt set of each prompt by its id, which is a hash of its messages."""
    prompt_sets = {}
    for number, row in enumerate(_rows(content), 1):
        messages = [Message(turn["role"], turn["content"]) for turn in row["messages"]]
        if row["prompt_id"] not in (prompt_id(messages), exact_prompt_id(messages)):
            where = f"{path}: {PROMPTS}:{number}"
            raise InputError(f"prompt {row['prompt_id']} has another text than its id.", where=where, remedy=AGAIN)
        prompt_sets[str(row["prompt_id"])] = str(row["prompt_set"])
    return prompt_sets


def _replies(where: str, content: bytes, prompts: dict[str, str]) -> Iterator[DossierReply]:
    for number, row in enumerate(_rows(content), 1):
        if text_digest(row["reply_text"]) != row.pop("sha256"):
            raise InputError("the reply has another text than its hash.", where=f"{where}:{number}", remedy=AGAIN)
        if row["prompt_id"] not in prompts:
            raise InputError("the reply is to no prompt of the dossier.", where=f"{where}:{number}", remedy=AGAIN)
        yield TypeAdapter(DossierReply).validate_python(row)


def _tests(path: Path, content: Mapping[str, Any], target: str) -> EqualityTests:
    """Return which tests of model equality there are, and what they depend on but replies."""
    fields = {key: content[key] for key in ("pairs", "seed", "p_of_others")}
    tests = TypeAdapter(EqualityTests).validate_python(fields)
    if any(target not in pair or pair[0] == pair[1] for pair in tests.pairs):
        raise InputError(f"a test is not of {target} with another model.", where=f"{path}: {TESTS}", remedy=AGAIN)
    if not all(0.0 <= p <= 1.0 for _, _, p in tests.p_of_others):
        raise InputError("a p of others is not from 0 to 1.", where=f"{path}: {TESTS}", remedy=AGAIN)
    return tests


def _vectors(
    path: Path,
    files: Mapping[str, bytes],
    content: Mapping[str, Any],
    models: Sequence[DocumentedModel],
    replies: Sequence[DossierReply],
) -> Vectors:
    """Return the vectors, each of which belongs to a reply of the dossier, by id and hash."""
    of_models = {model.model for model in models}
    by_id = {reply.reply_id: reply for reply in replies if reply.model in of_models}
    reply_ids: list[str] = []
    arrays = []
    for name in sorted(name for name in files if name.startswith(VECTORS) and name.endswith(".npy")):
        try:
            arrays.append(vectors.read_array(files[name]))
        except ValueError as error:
            message = f"it can't be read as vectors: {error}"
            raise InputError(message, where=f"{path}: {name}", remedy=AGAIN) from None
        beside = f"{name.removesuffix('.npy')}.jsonl"
        rows = list(_rows(files[beside])) if beside in files else []
        if len(rows) != len(arrays[-1]):
            message = f"it holds {len(arrays[-1])} vectors, and {beside} names {len(rows)} replies."
            raise InputError(message, where=f"{path}: {name}", remedy=AGAIN)
        for number, row in enumerate(rows, 1):
            reply = by_id.get(row["reply_id"])
            if reply is None or reply.digest != row["sha256"]:
                message = "the vector is of no reply of the dossier with this id and hash."
                raise InputError(message, where=f"{path}: {beside}:{number}", remedy=AGAIN)
            reply_ids.append(reply.reply_id)
    if len(set(reply_ids)) < len(reply_ids):
        raise InputError("a reply has two vectors.", where=f"{path}: {VECTORS}", remedy=AGAIN)
    if {array.shape[1] for array in arrays} != {content["dimension"]}:
        message = f"the vectors are not all of {content['dimension']} numbers."
        raise InputError(message, where=f"{path}: {VECTORS}", remedy=AGAIN)
    return Vectors(str(content["embedder"]), content["weights_sha256"], reply_ids, np.concatenate(arrays))


def _rows(content: bytes) -> Iterator[dict[str, Any]]:
    # Not by `splitlines`: a text may hold other line ends than that of the file.
    return (json.loads(line) for line in content.decode().split("\n") if line)
