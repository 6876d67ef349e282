"""All that follows from a dossier's evidence, and where it differs from what is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.domain.bank.checking import Checked
from tasks.domain.dossier.cosines import Cosines, differing_cosines, form_cosines, n_figures
from tasks.domain.dossier.dossier import Gathered, Written, null_scores
from tasks.domain.dossier.equality import differences_from_tests_of_run, differing_tests, form_tests
from tasks.domain.dossier.evidence import Evidence, differences, differences_from_run, differing_scores, form
from tasks.domain.reporting.verdict_of_model import Account, account, no_verdict
from tasks.domain.verdict.decision import FEW_CONTROLS, FEW_PROMPTS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Conclusions:
    """What follows from the evidence.

    `checked`: the lineage verdict, without rows where there is none. `account`: it in words. `tests`: rows of
    `form_tests`. `cosines`: rows of `form_cosines`.
    """

    checked: Checked
    account: Account
    tests: Sequence[Row]
    cosines: Cosines

    @property
    def has_verdict(self) -> bool:
        """Return whether there is a lineage verdict."""
        return self.account.row is not None

    @property
    def tests_come_first(self) -> bool:
        """Return whether the tests of model equality are the answer: there are some, and no lineage could be tested."""
        row = self.account.row
        return bool(self.tests) and (row is None or row["verdict"] in (FEW_PROMPTS, FEW_CONTROLS))


def conclude(evidence: Evidence) -> Conclusions:
    """Return what follows from the evidence, and from nothing else."""
    checked = form(evidence)
    in_words = account(evidence.target, checked.rows, checked.models)
    if not checked.rows:
        # Whether other models of the run have a verdict is not in the evidence: a dossier says the same in any case.
        in_words = Account(no_verdict(evidence.target, [{}]), [], None)
    return Conclusions(checked, in_words, form_tests(evidence.tests, evidence.replies), form_cosines(evidence))


def differences_from_dossier(written: Written, formed: Conclusions, *, with_words: bool) -> list[str]:
    """Return where what follows now differs from what a dossier says, one sentence each.

    Args:
        written: the dossier.
        formed: what follows from its evidence.
        with_words: whether sentences are compared, too: another build may say the same rows in other words.
    """
    found = differences(written.verdicts, formed.checked.rows)
    found += differing_scores(written.null_scores, null_scores(formed.checked))
    if with_words and formed.account.answer != written.answer:
        found.append(f"in words it is: {formed.account.answer}")
    if with_words and formed.account.grounds != list(written.grounds):
        found.append("the grounds of the verdict are others.")
    found += differing_tests(written.tests, formed.tests, with_words=with_words)
    return found + differing_cosines(written.cosines, formed.cosines)


def differences_from_snapshot(gathered: Gathered, formed: Conclusions) -> list[str]:
    """Return where what follows from a dossier's evidence differs from what the run wrote, one sentence each."""
    run = gathered.verdicts_of_run
    found = [f"{row['candidate_group']}: no verdict follows." for row in run if not formed.has_verdict]
    found += differences_from_run(run, formed.checked.rows)
    found += differences_from_tests_of_run(gathered.tests_of_run, formed.tests)
    return found + differing_cosines(gathered.cosines_of_run, formed.cosines)


def n_values(formed: Conclusions) -> tuple[int, int, int]:
    """Return how many values follow: of verdict and null, of tests of model equality, of cosines."""
    checked = formed.checked
    return sum(map(len, checked.rows)) + len(checked.null), sum(map(len, formed.tests)), n_figures(formed.cosines)
