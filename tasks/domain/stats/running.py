"""Mean and standard error of values that come one after the other."""

from dataclasses import dataclass
from math import sqrt


@dataclass
class Running:
    """Welford's sums (Technometrics 1962, 4, 419-420): nothing of the values themselves is kept."""

    n: int = 0
    mean: float = 0.0
    _squares: float = 0.0

    def add(self, value: float) -> None:
        """Take in one more value."""
        self.n += 1
        step = value - self.mean
        self.mean += step / self.n
        self._squares += step * (value - self.mean)

    @property
    def standard_error(self) -> float | None:
        """The standard error of the mean of independent values; None below two."""
        return sqrt(self._squares / (self.n - 1) / self.n) if self.n > 1 else None
