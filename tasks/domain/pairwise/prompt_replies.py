"""All replies to one prompt, as input of the channels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tasks.domain.pairwise.features import Features
from tasks.domain.pairwise.matrices import Bools, Floats

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Cohort:
    """The models of a population, and which of them are in the background that scores are centred on.

    Of n models: `vendor` (n), `family` (n); `is_background` (n): independent references.
    """

    vendor: tuple[str, ...]
    family: tuple[str, ...]
    is_background: tuple[bool, ...]

    @cached_property
    def vendors(self) -> tuple[str, ...]:
        """Return the v vendors of the background, by name."""
        return tuple(
            sorted({v for v, in_background in zip(self.vendor, self.is_background, strict=True) if in_background})
        )

    @cached_property
    def is_of_vendor(self) -> Bools:
        """Return an n x v matrix: which model is of which background vendor."""
        return self.vendor_place[:, None] == np.arange(len(self.vendors))[None, :]

    @cached_property
    def vendor_place(self) -> Places:
        """Return the place in `vendors` of each model's vendor, -1 where the background has none of it."""
        place = {vendor: number for number, vendor in enumerate(self.vendors)}
        return np.array([place.get(vendor, -1) for vendor in self.vendor], dtype=np.int64)

    @cached_property
    def background_by_vendor(self) -> Places:
        """Return the places of the background's models, by vendor."""
        background = np.flatnonzero(np.array(self.is_background, dtype=bool))
        return background[np.argsort(self.vendor_place[background], kind="stable")]

    @cached_property
    def is_kin(self) -> Bools:
        """Return an n x n matrix: which two models are of one vendor or one family."""
        vendor, family = np.array(self.vendor), np.array(self.family)
        return (vendor[:, None] == vendor[None, :]) | (family[:, None] == family[None, :])

    @cached_property
    def is_background_of(self) -> Bools:
        """Return an n x n matrix: row S, column R: whether R is in the background of S, so no kin of it."""
        return ~self.is_kin & np.array(self.is_background)[None, :]

    @cached_property
    def is_kin_vendor(self) -> Bools:
        """Return an n x v matrix: which model is kin of a background model of which vendor."""
        background = np.array(self.is_background)
        return (self.is_kin[:, background] @ self.is_of_vendor[background].astype(np.int64)) > 0


@dataclass(frozen=True)
class PromptReplies:
    """The r replies to one prompt: their features, and the place of each reply's model in `cohort` (r)."""

    features: Features
    model: Places
    cohort: Cohort

    @cached_property
    def background_share(self) -> Floats:
        """Return a v x r matrix of weights: the weights of a vendor's background replies sum to 1."""
        background = np.array(self.cohort.is_background)[self.model]
        of_vendor = (self.cohort.is_of_vendor[self.model] & background[:, None]).T.astype(np.float64)
        return of_vendor / np.maximum(of_vendor.sum(axis=1, keepdims=True), 1.0)
