"""All pairs of a run together: which hypotheses a target has, and what kin, siblings, dates and odd controls change."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tasks.domain.verdict.analysis import Measured, analyse
from tasks.domain.verdict.composite import Composite
from tasks.domain.verdict.decision import (
    CONFOUNDED,
    FEW_CONTROLS,
    FEW_PROMPTS,
    INDEPENDENT,
    MODERATE,
    NOT_CONCLUSIVE,
    POSITIVE,
    RULED_OUT,
    SAME_MODEL,
    STRONG,
    TAUGHT,
)
from tasks.domain.verdict.degree import SelfScore
from tasks.domain.verdict.pair_measures import PairMeasures, Pairs
from tasks.domain.verdict.population import DocumentedModel, Population, is_released_after
from tasks.domain.verdict.verdicts import Verdict, verdicts
from tests.support.pair_measures import pairs_from_list

N_BLOCKS = 20


def reference(name: str, vendor: str, **beside: object) -> DocumentedModel:
    known = DocumentedModel(
        name, vendor, vendor, name, "independent", is_control=True, is_background=True, is_reference=True
    )
    return replace(known, **beside)


CONTROLS = [reference(f"{vendor}{number}", vendor) for vendor in "abcdefgh" for number in (1, 2)]
TARGET = DocumentedModel("target", "maker", "maker", "target", "student", is_control=False)

Near = Mapping[tuple[str, str], float]


class World:
    """Scores of every pair from a normal of 1 around 0, some of them as given; D and embeddings likewise."""

    def __init__(self, *others: DocumentedModel, near: Near | None = None, seed: int = 1, n_prompts: int = 200) -> None:
        self.models = sorted([*CONTROLS, *others], key=lambda model: model.model)
        self.near = dict(near or {})
        self.d: dict[tuple[str, str], float] = {}
        self.embedding: dict[tuple[str, str], float] = {}
        self.length: dict[tuple[str, str], float] = {}
        self.prompts: dict[tuple[str, str], int] = {}
        self.questions: list[tuple[str, str]] = []
        self.n_prompts, self.seed = n_prompts, seed

    def measured(self) -> Measured:
        dice = np.random.default_rng(self.seed)
        population = Population(tuple(self.models))
        n = len(self.models)
        scores, d, embedding = (dice.normal(scale=scale, size=(n, n)) for scale in (1.0, 0.02, 0.02))
        noise = dice.normal(scale=0.2, size=(N_BLOCKS, n, n))
        for told, values in ((self.near, scores), (self.d, d), (self.embedding, embedding)):
            for (target, other), value in told.items():
                values[population.place[target], population.place[other]] = value
        np.fill_diagonal(scores, np.nan)
        pairs = [
            PairMeasures(
                target=target.model,
                reference=other.model,
                prefix_overlap=0.4,
                prefix_overlap_d=float(d[i, j]),
                low=float(d[i, j]) - 0.05,
                high=float(d[i, j]) + 0.05,
                length_closeness=self.length.get((target.model, other.model), 0.6),
                embedding=float(embedding[i, j]),
                n_prompts=self.prompts.get((target.model, other.model), self.n_prompts),
            )
            for i, target in enumerate(self.models)
            for j, other in enumerate(self.models)
            if i != j and other.is_reference
        ]
        selves = {
            model.model: SelfScore(0.5, 100, None, 0, 2.0, 0.0, 0.02) for model in self.models if model.is_reference
        }
        blocks = scores[None] + noise - noise.mean(axis=0)
        composite = Composite(scores, blocks, {})
        return Measured(population, composite, pairs_from_list(pairs, population), selves, self.questions)

    def rows(self) -> list[Verdict]:
        return list(verdicts(analyse(self.measured())))


def on(rows: list[Verdict], group: str, target: str = "target") -> Verdict:
    [found] = [row for row in rows if (row.target, row.candidate_group) == (target, group)]
    return found


def test_nothing_planted_is_not_conclusive() -> None:
    rows = World(TARGET).rows()
    assert {row.verdict for row in rows if row.target == "target"} == {NOT_CONCLUSIVE}
    assert {row.verdict for row in rows if row.target != "target" and not row.is_kin} == {INDEPENDENT}
    assert len(rows) == 16 * 15 + 16


def test_planted_teacher_is_found_and_measured() -> None:
    found = on(World(TARGET, near={("target", "a1"): 7.0, ("target", "a2"): 5.0}).rows(), "a1")
    assert (found.verdict, found.rank, found.kind, found.is_kin) == (STRONG, 1, "documented", False)
    # Fourteen controls of seven vendors; eight vendors are asked about.
    assert (found.n_controls, found.n_control_families, found.n_candidates) == (14, 7, 8)
    assert found.null_mean == pytest.approx(0.0, abs=0.7)
    assert found.null_sd == pytest.approx(1.0, rel=0.4)
    assert found.score_low < found.score < found.score_high
    # One target: what it is asked alone is all that is asked.
    assert found.p_target == found.p_holm == found.q
    assert found.p_target == pytest.approx(found.p_candidate)
    assert found.p_at_length is not None
    assert (found.statistic, found.statistic_version) == ("composite", "1")


def test_one_target_is_one_question() -> None:
    """Twenty targets of whom nothing is known: each has its own family, and errors are held over targets."""
    strangers = [replace(TARGET, model=f"target{i}", vendor=f"v{i}", family=f"v{i}", group=f"t{i}") for i in range(20)]
    near = {("target", "a1"): 8.0, ("target", "a2"): 7.0}
    found = on(World(TARGET, *strangers, near=near).rows(), "a1")
    assert found.n_candidates == 8
    assert found.p_holm == pytest.approx(min(1.0, 21 * found.p_target))
    assert found.q == pytest.approx(min(1.0, 21 * found.p_target))
    # Of twenty-one targets one is called: within it the level is a twenty-first.
    assert found.p_candidate == pytest.approx(min(1.0, 21 * found.p_target))


def test_independents_are_no_hypotheses_unless_asked() -> None:
    world = World(TARGET, near={("b1", "a1"): 9.0, ("b1", "a2"): 9.0})
    told = on(world.rows(), "a1", "b1")
    assert (told.verdict, told.p_holm, told.q) == (INDEPENDENT, None, None)
    assert told.p_target < 0.001
    world.questions = [("b1", "a1")]
    asked = on(world.rows(), "a1", "b1")
    assert (asked.verdict, asked.kind, asked.is_hypothesis, asked.n_candidates) == (STRONG, "asked", True, 1)
    assert asked.p_target == asked.p_t


def test_undocumented_candidates_are_asked_about_apart() -> None:
    new = reference("u1", "u", role="undocumented", is_control=False, is_background=False)
    rows = World(TARGET, new, near={("target", "u1"): 7.0}).rows()
    found, other = on(rows, "u1"), on(rows, "a1")
    assert (found.kind, found.n_candidates, found.verdict) == ("undocumented", 1, STRONG)
    assert (other.kind, other.n_candidates) == ("documented", 8)
    # And it is a target itself, but no control of anybody.
    assert on(rows, "a1", "u1").verdict == NOT_CONCLUSIVE
    assert other.n_controls == 14


@pytest.mark.parametrize(
    ("beside", "is_out"),
    [
        ({"released": "2024-06"}, True),
        ({"released": "2024-03-02"}, True),
        ({"released": "2024-03"}, False),
        ({"released": "2024"}, False),
        ({"released": None}, False),
        ({"learned_from": ("target",)}, True),
        ({"parent": "target"}, True),
        ({"base": "target"}, True),
    ],
)
def test_who_came_later_or_was_made_from_it_is_no_candidate(beside, is_out) -> None:
    late = reference("z1", "z", **beside)
    rows = World(replace(TARGET, released="2024-03-01"), late, near={("target", "z1"): 9.0}).rows()
    assert (on(rows, "z1").verdict == RULED_OUT) == is_out
    assert on(rows, "a1").n_candidates == (8 if is_out else 9)


def test_dates_compare_as_far_as_both_are_known() -> None:
    def dated(text: str | None) -> DocumentedModel:
        return replace(TARGET, released=text)

    assert is_released_after(dated("2024-02"), dated("2024-01-31"))
    assert not is_released_after(dated("2024"), dated("2024-01-31"))
    assert not is_released_after(dated(None), dated("2024"))


def test_order_of_models_leaves_no_trace() -> None:
    world = World(TARGET, near={("target", "a1"): 7.0})
    measured = world.measured()
    turned = Population(tuple(reversed(measured.population.models)))
    order = np.array([measured.population.place[model.model] for model in turned.models])
    composite = Composite(
        measured.composite.scores[np.ix_(order, order)],
        measured.composite.blocks[:, order][:, :, order],
        {},
    )
    figures = {name: values[np.ix_(order, order)] for name, values in measured.pairs.figures.items()}
    pairs = Pairs(tuple(turned.place), figures)
    again = list(verdicts(analyse(Measured(turned, composite, pairs, measured.selves))))
    assert [(row.target, row.candidate_group, row.verdict, row.rank) for row in again] == [
        (row.target, row.candidate_group, row.verdict, row.rank) for row in world.rows()
    ]


def test_own_family_is_no_control() -> None:
    assert on(World(replace(TARGET, family="b")).rows(), "a1").n_controls == 12
    told = on(World(TARGET).rows(), "a1", "b1")
    assert (told.n_controls, told.n_control_families) == (12, 6)


def test_a_control_that_looks_like_a_student_is_named_and_set_aside_only_beside() -> None:
    near = {(name, group): 9.0 for name in ("b1", "b2") for group in ("a1", "a2")}
    near |= {("target", "a1"): 7.0, ("target", "a2"): 6.0}
    world = World(TARGET, near=near)
    clean = on(World(TARGET, near={key: value for key, value in near.items() if key[0] == "target"}).rows(), "a1")
    found = on(world.rows(), "a1")
    assert found.resembling_controls == ["b1", "b2"]
    assert found.p_target > 10 * clean.p_target
    assert found.p_target_without < found.p_target
    assert found.n_controls == 14
    assert (found.verdict in POSITIVE, found.verdict_without in POSITIVE) == (False, True)
    assert on(world.rows(), "c1").resembling_controls == []
    assert clean.resembling_controls == []
    assert clean.verdict_without is None


def test_few_prompts_and_few_controls() -> None:
    world = World(TARGET, near={("target", "a1"): 9.0})
    world.prompts[("target", "a1")] = 49
    assert on(world.rows(), "a1").verdict == FEW_PROMPTS
    world.models = [model for model in world.models if model.vendor in {"a", "b", "c", "d", "maker"}]
    assert {row.verdict for row in world.rows() if row.target == "target"} <= {FEW_CONTROLS, FEW_PROMPTS}


def test_what_length_explains_is_confounded() -> None:
    """Scores rise with closeness of length by 10 among unrelated models; the target is as near as its length says."""
    world = World(TARGET)
    dice = np.random.default_rng(2)
    for target in world.models:
        for other in CONTROLS:
            if target.model != other.model:
                closeness = float(dice.uniform(0.3, 0.7))
                world.length[target.model, other.model] = closeness
                world.near[target.model, other.model] = 10 * closeness + float(dice.normal(scale=0.3))
    for name in ("a1", "a2"):
        world.length["target", name] = 1.0
        world.near["target", name] = 10.0
    found = on(world.rows(), "a1")
    assert found.verdict == CONFOUNDED
    assert found.p_target <= 0.05 < found.p_at_length


def test_same_model_takes_prefix_overlaps_and_embeddings() -> None:
    world = World(TARGET)
    world.d["target", "a1"], world.embedding["target", "a1"] = 0.45, 0.4
    found = on(world.rows(), "a1")
    assert (found.verdict, found.ceiling_kind) == (SAME_MODEL, "samples")
    assert found.degree == pytest.approx(
        (0.45 - found.prefix_overlap_null_mean) / (0.5 - found.prefix_overlap_null_mean)
    )
    world.embedding["target", "a1"] = 0.0
    assert on(world.rows(), "a1").verdict == NOT_CONCLUSIVE
    world.d["target", "a1"], world.embedding["target", "a1"] = 0.2, 0.4
    assert on(world.rows(), "a1").verdict == NOT_CONCLUSIVE


def test_kin_are_tested_apart_by_shared_weights() -> None:
    world = World(replace(TARGET, vendor="a"))
    world.d["target", "a1"], world.embedding["target", "a1"] = 0.45, 0.4
    rows = world.rows()
    found = on(rows, "a1")
    assert (found.kind, found.is_kin, found.verdict) == ("kin", True, SAME_MODEL)
    # Every reference has one of its own vendor, the target two.
    assert found.n_candidates == 16 + 2
    assert on(rows, "b1").n_candidates == 7


# Siblings and the source


def sibling(name: str, *teachers: str) -> DocumentedModel:
    return replace(TARGET, model=name, vendor=name, family=name, group=name, learned_from=teachers, base="root")


def test_taught_by_takes_the_siblings_too() -> None:
    others = [sibling("s1", "b1"), sibling("s2", "b1"), sibling("s3", "c1"), sibling("s4")]
    near = {("target", "a1"): 7.0, ("target", "a2"): 6.0}
    found = on(World(replace(TARGET, base="root"), *others, near=near).rows(), "a1")
    assert (found.sibling_kind, found.n_siblings, found.verdict) == ("siblings", 4, TAUGHT)
    # All of them are as near: what they have in common, their base had.
    alike = near | {(one.model, group): 7.0 + i / 5 for i, one in enumerate(others) for group in ("a1", "a2")}
    found = on(World(replace(TARGET, base="root"), *others, near=alike).rows(), "a1")
    assert found.sibling_p > 0.05
    assert found.verdict in (STRONG, MODERATE)


def test_siblings_of_the_same_teacher_are_no_control() -> None:
    others = [sibling("s1", "a1"), sibling("s2", "b1"), sibling("s3", "c1"), sibling("s4")]
    rows = World(replace(TARGET, base="root"), *others).rows()
    assert (on(rows, "a1").n_siblings, on(rows, "b1").n_siblings, on(rows, "d1").n_siblings) == (3, 3, 4)


def test_the_base_alone_is_set_beside_its_difference_for_other_vendors() -> None:
    near = {("target", "a1"): 7.0, ("target", "a2"): 6.0}
    found = on(World(replace(TARGET, base="b1"), near=near).rows(), "a1")
    assert (found.sibling_kind, found.n_siblings, found.verdict) == ("base", 1, TAUGHT)
    as_near = near | {("b1", "a1"): 7.0, ("b1", "a2"): 6.0}
    assert on(World(replace(TARGET, base="b1"), near=as_near).rows(), "a1").sibling_p > 0.05
    assert on(World(replace(TARGET, base="nowhere"), near=near).rows(), "a1").sibling_p is None


def test_source_cluster_holds_what_cannot_be_told_from_the_best() -> None:
    near = {("target", "a1"): 7.0, ("target", "c1"): 6.98, ("target", "d1"): 4.0}
    rows = World(TARGET, near=near).rows()
    cluster = {row.candidate_group for row in rows if row.target == "target" and row.is_source}
    assert cluster >= {"a1"}
    assert "d1" not in cluster
    assert len(cluster) <= 3


def test_what_documents_and_names_say_is_expected() -> None:
    world = World(replace(TARGET, learned_from=("a1",)))
    assert on(world.rows(), "a1").expected_by == "documents"
    assert on(world.rows(), "b1").expected_by is None
    named = replace(World(TARGET).measured(), named_vendors={"target": frozenset({"b"})})
    rows = list(verdicts(analyse(named)))
    assert (on(rows, "b1").expected_by, on(rows, "a1").expected_by) == ("name", None)
