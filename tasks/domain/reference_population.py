"""A reference population: replies that others published, by source, revision and checksums; none of their text."""

from hashlib import sha256
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from tasks.domain.card import Name, OneLine, Strict


def _inner(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise ValueError("it is no path within the population's folder, such as 'model/replies.json'")
    return path


_File = Annotated[str, AfterValidator(_inner)]
_Checksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ReferencePopulation(Strict):
    """One file of `data/populations`, named as the population."""

    name: Name
    title: OneLine
    source: OneLine
    """Who published it, and where it is described."""
    licence: OneLine
    years: OneLine
    """When the replies were given."""
    format: Name
    """The format of recorded replies that its files are in."""
    lineage: OneLine
    """A lineage file of `data/lineage`, or a path: what is documented of its models."""
    url: OneLine | None = None
    """Where a file is fetched: {revision} and {file} are replaced. None: it has to be given."""
    revision: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,80}$")] | None = None
    files: Annotated[dict[_File, _Checksum], Field(min_length=1)]
    """SHA-256 of each file, by its path within the population's folder."""

    @model_validator(mode="after")
    def _is_pinned(self) -> "ReferencePopulation":
        if self.url is not None:
            if not self.url.startswith(("https://", "http://")):
                raise ValueError("url starts with https://; the files' checksums are what makes them safe")
            if "{file}" not in self.url or ("{revision}" in self.url) != (self.revision is not None):
                raise ValueError("url needs {file}, and {revision} where there is a revision")
        return self

    def url_of(self, file: str) -> str | None:
        """Return where a file is fetched; None where the population has no such place."""
        if self.url is None:
            return None
        return self.url.replace("{revision}", self.revision or "").replace("{file}", file)

    @property
    def note(self) -> str:
        """Return what a bank of it says of itself: it changes with the files."""
        content = sha256("".join(f"{file} {checksum}\n" for file, checksum in sorted(self.files.items())).encode())
        return (
            f"{self.title}, given in {self.years}. Source: {self.source}. Licence: {self.licence}. "
            f"Files: {content.hexdigest()[:12]}."
        )
