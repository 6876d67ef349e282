"""The rows that verdicts are made of, and the best snapshot of each candidate group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A model and what is documented of it. `is_control`: independent, so its scores tell what chance looks like."""

    model: str
    vendor: str
    family: str
    group: str
    role: str | None
    is_control: bool

    def is_kin(self, other: "Known") -> bool:
        """Say whether both come from one maker or one family."""
        return self.vendor == other.vendor or self.family == other.family


@dataclass(frozen=True)
class PairScore:
    """How alike one target is to one reference: D with its interval, and what stands beside it.

    `embedding`: mean leave-out centred cosine, None where nothing is embedded. `opening`: what D is before centring.
    """

    target: str
    reference: str
    opening: float
    opening_d: float | None
    low: float | None
    high: float | None
    length_closeness: float | None
    embedding: float | None
    n_prompts: int


def candidates(pairs: Iterable[PairScore], known: dict[str, Known]) -> dict[tuple[str, str], list[PairScore]]:
    """Return the pairs of each target and candidate group that have a D; a target is no candidate for itself."""
    found: dict[tuple[str, str], list[PairScore]] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.target, pair.reference)):
        if pair.opening_d is not None and pair.target != pair.reference:
            found.setdefault((pair.target, known[pair.reference].group), []).append(pair)
    return found


def nearest(snapshots: Sequence[PairScore]) -> PairScore:
    """Return the snapshot that the target is closest to by D; of equals the first by name."""
    return max(snapshots, key=lambda pair: pair.opening_d if pair.opening_d is not None else float("-inf"))


def highest_embedding(snapshots: Sequence[PairScore]) -> float | None:
    """Return the highest embedding likeness over a group's snapshots, None where no snapshot has one."""
    return max((pair.embedding for pair in snapshots if pair.embedding is not None), default=None)
