"""Errors that a user can act on.

::

    DistillometerError         names the thing, the place and the remedy; has an exit code
    ├── InputError      (2)    a file, plan, card or argument is wrong: nothing was written
    │   └── FaultyFiles        some files of an input, each with its own error
    └── WorldError      (3)    something outside fails: endpoint, key, disk, another process
        ├── WarehouseHeld      another process writes to the warehouse
        ├── DatabaseDamaged    a database file has other content than was written to it
        ├── BatchIncomplete    some requests of a batch have no reply yet; states whether a retry helps
        └── Unanswered         a whole run has such batches
"""

from collections.abc import Mapping, Sequence
from typing import Any

MOST_PROBLEMS = 5
"""Problems that an error lists; a run's logs and artifacts have them all."""


class DistillometerError(Exception):
    """An error with what is wrong, where, and what to do about it.

    Args:
        what: the thing and the offending value, in one sentence.
        where: file, line or key at which it was found.
        remedy: what the reader can do.
    """

    exit_code = 1
    is_retryable = False

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what, where, remedy)

    def __reduce__(self) -> tuple[Any, ...]:
        """Restore all attributes in another process: pickle would call the class with positional arguments alone."""
        return _unpickled, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


def _unpickled(kind: type[DistillometerError], args: tuple[Any, ...], state: dict[str, Any]) -> DistillometerError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class InputError(DistillometerError):
    """An input of the user is wrong; nothing was written."""

    exit_code = 2


class FaultyFiles(InputError):
    """Files of one input that are wrong: the first fault of each, by its path."""

    def __init__(self, by_file: Mapping[str, InputError]) -> None:
        errors = list(by_file.values())
        if len(errors) == 1:
            super().__init__(errors[0].what, where=errors[0].where, remedy=errors[0].remedy)
        else:
            listed = "".join(f"\n- {error}" for error in errors)
            super().__init__(f"{len(errors)} files are wrong, the first fault of each:{listed}")
        self.by_file = dict(by_file)


class WorldError(DistillometerError):
    """Something outside the program fails."""

    exit_code = 3


class WarehouseHeld(WorldError):
    """Another process holds the warehouse for writing."""

    is_retryable = True


class DatabaseDamaged(WorldError):
    """A database file that is none, or of which a part can't be read."""


class BatchIncomplete(WorldError):
    """Requests of a batch that have no reply.

    `is_retryable`: a retry soon can help. `is_endpoint_lost`: the endpoint is unusable, so further requests to it in
    this run would fail too. `is_stopped_by_budget`: too little of the budget is left for a further call to this model.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        is_retryable: bool = False,
        is_endpoint_lost: bool = False,
        is_stopped_by_budget: bool = False,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.is_retryable, self.is_endpoint_lost = is_retryable, is_endpoint_lost
        self.is_stopped_by_budget = is_stopped_by_budget


class Unanswered(WorldError):
    """A finished run with batches that lack replies."""

    is_retryable = True

    def __init__(self, problems: Sequence[str], *, where: str) -> None:
        first = [f"- {problem}" for problem in problems[:MOST_PROBLEMS]]
        more = [f"- and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        super().__init__(
            "\n".join([f"{len(problems)} batches are not fully answered; the others are published:", *first, *more]),
            where=where,
            remedy="\nDo what each line says. The next run of the same round asks only what has no reply.",
        )
