"""A dossier before it is written, and after it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.domain.bank.checking import Checked
from tasks.domain.dossier.evidence import Evidence

Row = Mapping[str, Any]

FORMAT = 2
"""A change of what the files of a dossier hold raises it."""


@dataclass(frozen=True)
class Gathered:
    """The evidence for a verdict as a snapshot has it, and what is said of it beside.

    `prompts`: rows with `prompt_id`, `prompt_set`, `prompt_key` and `messages`. `sources`: a row for each model and
    source of replies: whose they are, how many, from when. `verdicts_of_run`: the target's rows of `mart.verdict`.
    `versions`: of this program and what it runs on. `texts`: further files by name, such as the SQL of the numbers.
    `tests_of_run`: the target's rows of `score.model_equality`, in the order of the evidence's pairs. `cosines_of_run`:
    its rows of each relation with cosines, of the models whose vectors are here.
    """

    evidence: Evidence
    prompts: Sequence[Row]
    sources: Sequence[Row]
    verdicts_of_run: Sequence[Row]
    versions: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)
    tests_of_run: Sequence[Row] = ()
    cosines_of_run: Mapping[str, Sequence[Row]] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A dossier that was read: the evidence, and what it says follows.

    `grounds`: heading and text of each. `null_scores`: in rising order. `readme`: the text of README.txt.
    `index_digest`: the SHA-256 of its index. `tests`: of model equality. `cosines`: by relation.
    """

    evidence: Evidence
    answer: str
    grounds: Sequence[tuple[str, str]]
    verdicts: Sequence[Row]
    null_scores: Sequence[float]
    versions: Mapping[str, Any]
    index_digest: str
    readme: str
    tests: Sequence[Row] = ()
    cosines: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def null_scores(checked: Checked) -> list[float]:
    """Return the scores of all controls with all candidates, in rising order."""
    return sorted(control.score for control in checked.null)
