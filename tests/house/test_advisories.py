"""No pinned version is one that a recorded advisory is about; `make audit` asks for advisories that are not recorded."""

import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tasks.adapters.settings import PROJECT

RECORDED = tomllib.loads(Path(__file__).with_name("advisories.toml").read_text(encoding="utf-8"))["advisory"]
LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")


def affected(lock: str) -> list[str]:
    """Return the pinned versions of a lock that recorded advisories are about, with what they say."""
    pins = dict(line.split("==") for line in lock.splitlines() if "==" in line and not line.startswith("#"))
    versions = {canonicalize_name(name): Version(version) for name, version in pins.items()}
    return [
        f"{entry['package']} {versions[name]}: {entry['id']}: {entry['what']}"
        for entry in RECORDED
        if (name := canonicalize_name(entry["package"])) in versions
        and any(versions[name] in SpecifierSet(span, prereleases=True) for span in entry["affected"])
    ]


def test_no_pinned_version_is_affected() -> None:
    assert affected(LOCK) == []


@pytest.mark.parametrize("entry", RECORDED, ids=lambda entry: entry["id"])
def test_each_advisory_is_about_a_package_of_the_lock_and_whole(entry) -> None:
    assert set(entry) == {"id", "package", "affected", "what"}
    assert f"\n{entry['package']}==" in f"\n{LOCK}"


def test_each_advisory_is_recorded_once() -> None:
    assert len({entry["id"] for entry in RECORDED}) == len(RECORDED) > 30


def test_an_affected_version_is_found_however_its_name_is_written() -> None:
    [said] = affected("h11==0.14.0\nscikit_learn==1.5.0\n")
    assert said == "h11 0.14.0: CVE-2025-43859: Accepts malformed chunked encoding, which allows request smuggling."
    assert len(affected("protobuf==5.29.4\n")) == 1
    assert affected("protobuf==5.29.5\nprotobuf-x==1.0\n") == []
    assert len(affected("jinja2==3.1.2\nPyTorch==1.0\n")) == 5
