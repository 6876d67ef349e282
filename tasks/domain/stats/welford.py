"""Mean and standard error of many values side by side that come one after the other."""

import numpy as np
from numpy.typing import NDArray


class Running:
    """Welford's sums (Technometrics 1962, 4, 419-420) for a square of pairs: no value is kept.

    Memory is three numbers a pair, however many values come.
    """

    def __init__(self, size: int) -> None:
        self.n = np.zeros((size, size), dtype=np.int64)
        self.mean = np.zeros((size, size))
        self._squares = np.zeros((size, size))

    def add(self, places: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Add one value of each pair among `places`.

        Args:
            places: shape (m,), which rows and columns of the square `values` belongs to, each once.
            values: shape (m, m); NaN where a pair has no value.
        """
        i, j = np.nonzero(~np.isnan(values))
        at, value = (places[i], places[j]), values[i, j]
        self.n[at] += 1
        step = value - self.mean[at]
        self.mean[at] += step / self.n[at]
        self._squares[at] += step * (value - self.mean[at])

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """Return the standard error of each mean of independent values, shape (size, size); NaN below two values."""
        divisor = np.where(self.n > 1, (self.n - 1).astype(float), np.nan)
        return np.sqrt(self._squares / divisor / np.where(self.n > 1, self.n, 1))
