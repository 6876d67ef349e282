"""What the verdicts withstand: rewritten replies, students hidden among the controls, few vendors, few prompts.

`python -m benchmarks.robustness HOME...`: homes that `make validate` has scored. Writes benchmarks/ROBUSTNESS.md.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from time import monotonic

import numpy as np

from benchmarks.rewrites import REWRITES, SYNONYMS
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import measured, pair_shards, pair_sums, reply_texts, store
from tasks.domain import channels, registry
from tasks.domain.pairwise.engine import PromptTexts, prompt_values, sums_of
from tasks.domain.pairwise.tokens import tokenize, words_of
from tasks.domain.pairwise.values import PromptValues
from tasks.domain.validation.documented import INDEPENDENT, STUDENT, teacher_groups
from tasks.domain.validation.positives import calls, hypotheses
from tasks.domain.validation.score_figures import KINDS
from tasks.domain.verdict.composite import WEIGHTS, composite
from tasks.domain.verdict.decision import LEAST_PROMPTS
from tasks.domain.verdict.kinds import DOCUMENTED
from tasks.domain.verdict.lineage_tests import LineageTests, lineage_tests, resembling_controls
from tasks.domain.verdict.population import DocumentedModel, Population, best_snapshots

RARE = "rare_prefix"
HIDDEN, HIDDEN_DRAWS = (1, 2, 3), 10
VENDORS, VENDOR_DRAWS = (4, 6, 8, 12), 10
PROMPTS, PROMPT_DRAWS = (50, 100, 200, 400), 5
PREFIX_WORDS = 12

Values = list[PromptValues]


@dataclass(frozen=True)
class Outcome:
    """Counts of one run, or their means over several."""

    students: float
    tested: float
    called: float
    alone: float
    wrong: float
    others: float
    cells_05: float
    cells_01: float
    controls: float
    n_controls: float
    named: float = float("nan")


class Corpus:
    """The replies of one home, and the values of its channels prompt by prompt, formed once."""

    def __init__(self, home: Path) -> None:
        self.name = home.name
        with store.reading(Home(home)) as snapshot:
            self.population = measured.population_of(snapshot)
            self.common = pair_sums.commonest(snapshot)
            with TemporaryDirectory() as folder:
                [shard] = reply_texts.write_shards(snapshot, folder, 1)
                self.asked = pair_shards.read_prompts(shard, tuple(self.population.place))[0]

    @cached_property
    def values(self) -> Values:
        """Return the values of the verdict's channels by prompt."""
        return formed(self.asked, self.population, self.common)

    @cached_property
    def prefix_overlaps(self) -> list[PromptTexts]:
        """Return the replies cut to their first words, all that the one channel needs that depends on the cohort."""
        return [
            replace(told, texts=[" ".join(words_of(tokenize(text[:400]))[:PREFIX_WORDS]) for text in told.texts])
            for told in self.asked
        ]

    def rewritten(self, rewrite: Callable[[str], str], roles: Sequence[str | None]) -> Values:
        """Return the values after models of some roles, or all, have rewritten their replies."""
        is_meant = np.array([not roles or model.role in roles for model in self.population.models])
        asked = [
            replace(
                told,
                texts=[
                    rewrite(text) if is_meant[place] else text
                    for text, place in zip(told.texts, told.model, strict=True)
                ],
            )
            for told in self.asked
        ]
        return formed(asked, self.population, self.common)

    def with_population(self, population: Population) -> Values:
        """Return the values where other models, or some of them, serve as background; the rest is as it was."""
        kept = np.array([self.population.place[model.model] for model in population.models])
        new_place = np.full(len(self.population.models), -1)
        new_place[kept] = np.arange(len(kept))
        parts = []
        for asked in self.prefix_overlaps:
            is_kept = new_place[asked.model] >= 0
            texts = [text for text, told in zip(asked.texts, is_kept, strict=True) if told]
            parts.append(replace(asked, texts=texts, model=new_place[asked.model[is_kept]]))
        rare = formed(parts, population, frozenset(), [RARE])
        found = []
        for told, new in zip(self.values, rare, strict=True):
            at = np.flatnonzero(new_place[told.model] >= 0)
            values = {name: told.values[name][np.ix_(at, at)] for name in WEIGHTS if name != RARE}
            found.append(replace(new, values=values | dict(new.values)))
        return found


def formed(
    asked: list[PromptTexts], population: Population, common: frozenset[str], names: Sequence[str] = tuple(WEIGHTS)
) -> Values:
    """Return the values of channels by prompt, in half the bytes."""
    chosen = [registry.load(channels, name) for name in names]
    return [
        replace(told, values={name: values.astype(np.float32) for name, values in told.values.items()})
        for told in prompt_values(asked, population.cohort, chosen, common)
    ]


def tested(values: Values, population: Population) -> tuple[np.ndarray, np.ndarray, LineageTests]:
    """Return scores, controls and tests; with few prompts four in five of them make a control."""
    sums = sums_of(values, tuple(WEIGHTS), population.cohort)
    scores, snapshot = best_snapshots(population, composite(sums, population).scores)
    n = np.take_along_axis(sums[RARE].n, np.maximum(snapshot, 0), axis=1)
    is_control = population.is_unrelated & (n >= min(LEAST_PROMPTS, 0.8 * len(values)))
    return scores, is_control, lineage_tests(scores, is_control, population)


def outcome(tests: LineageTests, population: Population, hidden: Sequence[str] = ()) -> Outcome:
    """Return what tests say, held against what is documented; hidden students are no controls to be counted."""
    told = []
    for kind in KINDS:
        vendors = [unit.vendor for unit in tests.units]
        told.append(calls(hypotheses(tests, kind, population), vendors, kind, population))
    is_hidden = np.array([model.model in hidden for model in population.models])
    left_out = tests.vendors.is_left_out & ~is_hidden[:, None]
    p = tests.vendors.p[left_out]
    alone = tests.controls_of_kind.get(DOCUMENTED, {})
    controls = [test.p_target <= 0.05 for name, test in alone.items() if name not in hidden]
    named = resembling_controls(tests)
    return Outcome(
        students=sum(one.n_students for one in told),
        tested=sum(one.n_tested for one in told),
        called=sum(one.right_fdr05 for one in told),
        alone=sum(one.right_alone for one in told),
        wrong=sum(one.wrong_fdr05 + one.elsewhere_fdr05 for one in told),
        others=sum(one.human_fdr05 + one.untaught_fdr05 for one in told),
        cells_05=float((p <= 0.05).mean()) if len(p) else float("nan"),
        cells_01=float((p <= 0.01).mean()) if len(p) else float("nan"),
        controls=sum(controls),
        n_controls=len(controls),
        named=float(named[is_hidden].any(axis=1).sum()) if hidden else float("nan"),
    )


def mean(found: Sequence[Outcome]) -> Outcome:
    """Return the means of several outcomes, of each figure over those that have it."""
    figures = {}
    for name in vars(found[0]):
        values = [value for one in found if not np.isnan(value := getattr(one, name))]
        figures[name] = fmean(values) if values else float("nan")
    return Outcome(**figures)


Named = list[tuple[str, Outcome]]


def conditions(corpus: Corpus) -> dict[str, Callable[[], Named]]:
    """Return what is measured: by name a function that returns the outcome of each row."""
    population = corpus.population
    found: dict[str, Callable[[], Named]] = {"as answered": lambda: _one("as answered", corpus.values, population)}
    for name, rewrite in REWRITES.items():
        for who, roles in (("all models", ()), ("students only", (STUDENT,))):
            title = f"{name}: {who}"
            found[title] = partial(_rewritten, title, corpus, rewrite, roles)
    found |= {f"{n} hidden": partial(_hidden_draws, corpus, n) for n in HIDDEN}
    n_vendors = len({model.vendor for model in population.models if model.is_background})
    found |= {f"{n} vendors": partial(_vendor_draws, corpus, n) for n in VENDORS if n < n_vendors}
    found |= {f"{n} prompts": partial(_prompt_draws, corpus, n) for n in PROMPTS if n < len(corpus.asked)}
    return found


def run(corpus: Corpus) -> Named:
    """Return the outcome of each condition."""
    found: Named = []
    for measure in conditions(corpus).values():
        rows = measure()
        for name, told in rows:
            print(corpus.name, name, told, flush=True)
        found += rows
    return found


def _one(name: str, values: Values, population: Population) -> Named:
    return [(name, outcome(tested(values, population)[2], population))]


def _rewritten(name: str, corpus: Corpus, rewrite: Callable[[str], str], roles: Sequence[str]) -> Named:
    return _one(name, corpus.rewritten(rewrite, roles), corpus.population)


def _hidden_draws(corpus: Corpus, n: int) -> Named:
    pairs = [_hidden(corpus, n, seed) for seed in range(HIDDEN_DRAWS)]
    return [
        (f"{n} hidden among the controls", mean([plain for plain, _ in pairs])),
        (f"{n} hidden, controls that look like students left out", mean([told for _, told in pairs])),
    ]


def _vendor_draws(corpus: Corpus, n: int) -> Named:
    return [(f"{n} vendors", mean([_fewer(corpus, n, seed) for seed in range(VENDOR_DRAWS)]))]


def _prompt_draws(corpus: Corpus, n: int) -> Named:
    return [(f"{n} prompts", mean([_sampled(corpus, n, seed) for seed in range(PROMPT_DRAWS)]))]


def _hidden(corpus: Corpus, n: int, seed: int) -> tuple[Outcome, Outcome]:
    population = corpus.population
    students = [
        model.model for model in population.models if model.role == STUDENT and teacher_groups(model, population)
    ]
    chosen = set(np.random.default_rng(seed).choice(sorted(students), n, replace=False))
    planted = Population(tuple(_as_control(model) if model.model in chosen else model for model in population.models))
    scores, is_control, tests = tested(corpus.with_population(planted), planted)
    without = lineage_tests(scores, is_control, planted, resembling_controls(tests))
    hidden = sorted(map(str, chosen))
    return outcome(tests, planted, hidden), replace(outcome(without, planted, hidden), named=float("nan"))


def _as_control(model: DocumentedModel) -> DocumentedModel:
    """Return a model as if it were documented to have learned from nobody."""
    return replace(model, role=INDEPENDENT, is_control=True, is_background=True, is_reference=True, learned_from=())


def _fewer(corpus: Corpus, n: int, seed: int) -> Outcome:
    """Keep the vendors that taught students here, and draw the rest."""
    population = corpus.population
    taught = [
        group for model in population.models if model.role == STUDENT for group in teacher_groups(model, population)
    ]
    vendors = sorted({model.vendor for model in population.models if model.is_background})
    kept = sorted({population.heads[group].vendor for group in taught if population.is_documented[group]})
    others = [vendor for vendor in vendors if vendor not in kept]
    n_more = max(0, min(n - len(kept), len(others)))
    kept += list(np.random.default_rng(seed).choice(others, n_more, replace=False))
    fewer = Population(tuple(model for model in population.models if model.vendor in kept or not model.is_background))
    return outcome(tested(corpus.with_population(fewer), fewer)[2], fewer)


def _sampled(corpus: Corpus, n: int, seed: int) -> Outcome:
    places = sorted(np.random.default_rng(seed).choice(len(corpus.values), n, replace=False))
    values = [corpus.values[place] for place in places]
    return outcome(tested(values, corpus.population)[2], corpus.population)


def written(corpus: Corpus, found: Sequence[tuple[str, Outcome]]) -> list[str]:
    """Return the lines of one corpus."""
    head = (
        *("condition", "students", "testable", "right vendor, FDR .05", "right vendor, alone", "wrong vendor, FDR .05"),
        *("not taught, FDR .05", "unrelated cells .05", ".01", "controls alone", "hidden ones named"),
    )
    lines = ["", f"## {corpus.name}: {len(corpus.population.models)} models, {len(corpus.asked)} prompts", ""]
    lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name, told in found:
        cells = [_count(told.students), _count(told.tested), _count(told.called), _count(told.alone)]
        cells += [_count(told.wrong), _count(told.others), _share(told.cells_05), _share(told.cells_01)]
        cells += [f"{_count(told.controls)} of {_count(told.n_controls)}", _count(told.named)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _count(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.1f}".removesuffix(".0")


def _share(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3f}".lstrip("0") if value else "0"


HEADING = """# What the verdicts withstand

Written by `python -m benchmarks.robustness`, on homes that `make validate` has scored. Counts are of targets; where
there are several draws, means over them: {hidden} draws of hidden students, {vendors} of vendors, {prompts} of prompts.

- Right vendor: the student is called with the vendor that taught it, at a false discovery rate of .05 over students and
  models of human data, or asked alone. Testable: there are controls enough to test its teacher's vendor.
- Wrong vendor: called with another vendor, or over candidates of the kind that did not teach it. Not taught: models of
  human data, and students without a documented teacher, that are called.
- Unrelated cells: pairs of an independent model and a vendor it is unrelated to, each tested without its own family;
  share with p at or below .05 and .01. Controls alone: independent models with p of the target at most .05.
- Rewritten replies: by rule, not by a model; {n} English synonyms, so of the Japanese corpus only the list items move.
  By all models, as if everybody wrote so; or by the students alone, as one does who hides a teacher. The commonest
  words stay those of the replies as they came.
- Hidden: students entered as independent models, so that they serve as controls, as background and as candidates;
  a call of another student with a hidden one's vendor counts as wrong. Named: hidden ones that look like a student.
- Vendors: background vendors; those that taught students here stay, the rest are drawn. Fewer than 8 controls of a
  candidate, or 2 families, allow no test.
"""


def main() -> None:
    """Measure each home and write the page."""
    homes = [Path(name) for name in sys.argv[1:]]
    homes = [home for home in homes if Home(home).published.exists()]
    if not homes:
        print("No home is scored yet: run `make validate` first.")
        return
    page = HEADING.format(hidden=HIDDEN_DRAWS, vendors=VENDOR_DRAWS, prompts=PROMPT_DRAWS, n=len(SYNONYMS))
    lines = []
    for home in homes:
        started = monotonic()
        corpus = Corpus(home)
        lines += written(corpus, run(corpus))
        lines += ["", f"Measured in {(monotonic() - started) / 60:.0f} minutes on one core."]
    Path(__file__).with_name("ROBUSTNESS.md").write_text(page + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
