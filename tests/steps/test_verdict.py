"""Planted lineage through ingest, score and verdict: found, ranked first and graded by its dose; else no evidence."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.inputs import cards, lineages
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import pair_sums, store
from tasks.domain.verdict.analysis import analyse
from tasks.domain.verdict.decision import (
    FEW_CONTROLS,
    FEW_PROMPTS,
    INDEPENDENT,
    NOT_CONCLUSIVE,
    POSITIVE,
    SAME_MODEL,
    STRONG,
    SUGGESTIVE,
)
from tasks.domain.verdict.verdicts import verdicts
from tasks.similarity import choose_references, sum_pairs, verdict
from tests.support.populations import (
    OPENING_ONLY,
    PARAPHRASED,
    VERBATIM,
    Population,
    Stub,
    references,
    strangers,
    student,
)

pytestmark = pytest.mark.simulation

EMBEDDER = "test/none"
FACTS = ("model", "lineage", "prompt", "request", "reply")
DOSES = (0, 10, 25, 50, 100)
TEACHER = "ref-a1"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    """A home that stays open and is emptied for each population: prefix overlap it takes longer than scoring one."""
    home = Home(tmp_path_factory.mktemp("verdict") / "home")
    with store.writing(home), disable_run_logger():
        yield home


def judged(models: Sequence[Stub], n_prompts: int, home: Home, seed: int = 1) -> pl.DataFrame:
    """Return the verdicts on a population that is written to files, ingested and scored."""
    return judge(Population(models, n_prompts, seed), home)


def judge(population: Population, home: Home) -> pl.DataFrame:
    with store.writing(home) as warehouse:
        for table in FACTS:
            warehouse.execute(f"delete from raw.{table}")
        warehouse.replace("embedding_similarity", [])
        replies, lineage = population.write(home.root / "population")
        ingest.ingest.fn(replies, "replies", home)
        lineages.record_lineages(cards.read_lineage(lineage), warehouse)
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
        n_rows = verdict.verdict.fn(EMBEDDER, home)
        found = warehouse.read("mart.verdict")
        assert found.height == n_rows
        return found.sort("target", "rank")


def row(found: pl.DataFrame, target: str, group: str) -> dict:
    [told] = found.filter(target=target, candidate_group=group).to_dicts()
    return told


# Doses


def taught(manner: str, dose: int) -> Stub:
    """Students of one manner write alike where they copy nothing: they differ in their dose alone."""
    return student(f"{manner} {dose}", TEACHER, dose / 100, manner, habits=f"unrelated-{manner}")


@pytest.fixture(scope="module")
def dosed(home) -> tuple[pl.DataFrame, pl.DataFrame]:
    students = [taught(manner, dose) for manner in (VERBATIM, PARAPHRASED, OPENING_ONLY) for dose in DOSES]
    found = judged([*references(8, n_samples=2), *students], 200, home)
    with store.writing(home) as warehouse:
        return found, warehouse.read("core.verdict_of_target")


@pytest.fixture
def by_dose(dosed) -> pl.DataFrame:
    return dosed[0]


@pytest.mark.parametrize("manner", [VERBATIM, PARAPHRASED, OPENING_ONLY])
def test_degree_rises_with_the_dose(by_dose, manner) -> None:
    degrees = [row(by_dose, f"{manner} {dose}", TEACHER)["degree"] for dose in DOSES]
    print(manner, dict(zip(DOSES, (round(degree, 3) for degree in degrees), strict=True)))
    assert all(lower < higher or lower == higher == 0.0 for lower, higher in pairwise(degrees))
    assert degrees[0] == pytest.approx(0.0, abs=0.1)
    if manner != PARAPHRASED:
        # A further sample of the teacher is what 1 means, and D is a mean over prompts.
        assert degrees == pytest.approx([dose / 100 for dose in DOSES], abs=0.15)


@pytest.mark.parametrize("manner", [VERBATIM, PARAPHRASED, OPENING_ONLY])
def test_no_dose_is_a_finding_against_nobody(by_dose, manner) -> None:
    told = by_dose.filter(target=f"{manner} 0")
    assert told.height == 16
    assert set(told["verdict"]) <= {NOT_CONCLUSIVE, SUGGESTIVE}


@pytest.mark.parametrize("manner", [VERBATIM, PARAPHRASED, OPENING_ONLY])
@pytest.mark.parametrize("dose", [50, 100])
def test_large_dose_is_found_and_ranked_first(by_dose, manner, dose) -> None:
    told = row(by_dose, f"{manner} {dose}", TEACHER)
    assert told["verdict"] in POSITIVE
    assert told["rank"] == 1
    assert told["p_target"] < 0.01
    assert told["score_low"] < told["score"] < told["score_high"]
    assert told["low"] < told["prefix_overlap_d"] < told["high"]
    assert (told["candidate_role"], told["target_role"], told["is_kin"]) == ("independent", "student", False)
    assert told["ceiling_kind"] == "samples"
    assert told["n_controls"] == 14


def test_score_and_degree_rise_with_the_dose_of_each_manner(by_dose) -> None:
    for manner in (PARAPHRASED, OPENING_ONLY):
        scores = [row(by_dose, f"{manner} {dose}", TEACHER)["score"] for dose in DOSES]
        assert all(lower < higher for lower, higher in pairwise(scores)), (manner, scores)


def test_nobody_but_the_teachers_maker_is_found(by_dose) -> None:
    """The teacher's sister is like the teacher, and so like its students: the one finding that is no dose."""
    found = by_dose.filter(pl.col("verdict").is_in(POSITIVE), pl.col("target_role") == "student")
    assert set(found["candidate_vendor"]) == {"vendor-a"}


def test_targets_in_short(dosed) -> None:
    told = {line["target"]: line for line in dosed[1].to_dicts()}
    assert told[f"{VERBATIM} 100"]["candidate_group"] == TEACHER
    assert told[f"{VERBATIM} 100"]["verdict"] in POSITIVE
    assert told[f"{VERBATIM} 100"]["p_target"] is not None
    assert told[f"{VERBATIM} 0"]["n_positive"] == 0


# What a verdict needs


def test_three_references_are_too_few(home) -> None:
    models = [*references(3, 1, n_samples=2), student("pupil", TEACHER, 1.0)]
    found = judged(models, 60, home)
    assert set(found.filter(target="pupil")["verdict"]) == {FEW_CONTROLS}
    told = row(found, "pupil", TEACHER)
    assert told["rank"] == 1
    assert (told["p_t"], told["p_target"], told["n_controls"]) == (None, None, 2)


@pytest.mark.parametrize(
    ("n_prompts", "expected"), [(49, {FEW_PROMPTS}), (50, {*POSITIVE, SUGGESTIVE, NOT_CONCLUSIVE})]
)
def test_fewer_than_fifty_prompts_are_too_few(home, n_prompts, expected) -> None:
    found = judged([*references(8), student("pupil", TEACHER, 1.0)], n_prompts, home)
    assert set(found.filter(pl.col("target") == "pupil")["verdict"]) <= expected
    assert row(found, "pupil", TEACHER)["verdict"] == (FEW_PROMPTS if n_prompts < 50 else STRONG)


def test_nobody_documented_gives_no_verdict(home) -> None:
    models = [Stub(stub.name, stub.vendor, role="") for stub in [*references(), student("pupil", TEACHER, 1.0)]]
    assert set(judged(models, 60, home)["verdict"]) == {FEW_CONTROLS}


def test_variant_of_one_reference_is_its_ceiling_and_typical_of_others(home) -> None:
    variant = Stub("prompted", "vendor-a", "variant", TEACHER, dose=0.9, habits="prompted", parent=TEACHER)
    found = judged([*references(), variant, student("pupil", TEACHER, 0.5)], 100, home)
    kinds = dict(found.filter(target="pupil").select("candidate_group", "ceiling_kind").iter_rows())
    assert kinds == {stub.name: "variant" if stub.name == TEACHER else "typical" for stub in references()}
    own = row(found, "prompted", TEACHER)
    assert own["is_kin"]
    assert own["degree"] == pytest.approx(1.0)
    assert 0.3 < row(found, "pupil", TEACHER)["degree"] < 0.8


@pytest.mark.parametrize("n_samples", [1, 2])
def test_ceiling_is_a_score_like_any_other(home, n_samples) -> None:
    """Similarity to oneself, less the mean similarity to independent models that are no kin: as D of a target is."""
    population = Population([*references(n_samples=n_samples), *strangers(1)], 60, seed=3)
    told = row(judge(population, home), "target-1", TEACHER)
    # Two models a vendor, so that the mean over vendors is that over models.
    others = population.prefix_overlap_matrix()[population.place[TEACHER], 2:12].mean()
    if n_samples == 1:
        # Every reply has twelve words and more.
        assert told["ceiling_kind"] == "identical"
        assert told["ceiling_d"] == pytest.approx(np.log(13) - others, abs=5e-6)
    else:
        first, second = (population.prefix_overlaps(TEACHER)[:, sample] for sample in (0, 1))
        own = np.log1p(np.cumprod(first == second, axis=-1).sum(axis=-1)).mean()
        assert told["ceiling_kind"] == "samples"
        assert told["ceiling_d"] == pytest.approx(own - others, abs=5e-6)
    null_mean = told["prefix_overlap_null_mean"]
    expected = (told["prefix_overlap_d"] - null_mean) / (told["ceiling_d"] - null_mean)
    assert told["degree"] == pytest.approx(max(expected, 0.0), abs=1e-5)


def test_second_channel_makes_the_same_model(home) -> None:
    """Vectors that tell the same as the prefix overlaps: strong becomes the same model, and nothing else changes."""
    models = [*references(8, n_samples=2), student("pupil", TEACHER, 1.0), *strangers(1)]
    before = judged(models, 100, home)
    assert row(before, "pupil", TEACHER)["verdict"] == STRONG
    pairs = before.select("target", "reference").to_dicts()
    rows = [
        {
            "embedder": EMBEDDER,
            **pair,
            "similarity": 0.5 if (pair["target"], pair["reference"]) == ("pupil", TEACHER) else (number % 7) / 100,
            "standard_error": 0.01,
            "n_prompts": 100,
        }
        for number, pair in enumerate(pairs)
    ]
    with store.writing(home) as warehouse:
        warehouse.replace("embedding_similarity", pl.DataFrame(rows))
        verdict.verdict.fn(EMBEDDER, home)
        after = warehouse.read("mart.verdict").sort("target", "rank")
    assert row(after, "pupil", TEACHER)["verdict"] == SAME_MODEL
    assert row(after, "pupil", TEACHER)["embedding"] == 0.5
    others = [told.filter(pl.col("target") != "pupil", ~pl.col("is_kin")) for told in (before, after)]
    assert others[0]["verdict"].to_list() == others[1]["verdict"].to_list()


# Unrelated models


def test_the_tables_tell_the_same_as_the_definitions(home) -> None:
    """What goes through files, the warehouse and SQL, and what is formed from the words themselves."""
    population = Population([*references(8), *strangers(3)], 60, seed=0)
    found = judge(population, home)
    expected = {(told.target, told.candidate_group): told for told in verdicts(analyse(population.measured()))}
    assert found.height == len(expected)
    for told in found.to_dicts():
        same = expected[told["target"], told["candidate_group"]]
        # Samples of prompts and words are the same, the order of prompts and so of blocks is not.
        for name in ("score", "prefix_overlap_d", "low", "length_closeness", "z", "null_mean"):
            assert told[name] == pytest.approx(getattr(same, name), abs=2e-5, rel=1e-4), name
        assert told["p_t"] == pytest.approx(same.p_t, rel=1e-2, abs=1e-9)
        assert (told["n_controls"], told["is_kin"], told["kind"]) == (same.n_controls, same.is_kin, same.kind)
        if told["p_target"] is None or abs(told["p_target"] - 0.05) > 1e-3:
            assert told["verdict"] == same.verdict


@pytest.fixture(scope="module")
def scored(tmp_path_factory) -> Iterator[Home]:
    """One student of whole replies, scored and left as it is."""
    home = Home(tmp_path_factory.mktemp("scored") / "home")
    with store.writing(home), disable_run_logger():
        judged([*references(8), student("pupil", TEACHER, 1.0)], 60, home)
        yield home


def test_channels_stand_beside_the_score_with_its_version(scored) -> None:
    with store.writing(scored) as warehouse:
        rows = warehouse.read("score.pair_channel", target="pupil", reference=TEACHER)
        similarity = warehouse.read("mart.pair_similarity", target="pupil", reference=TEACHER)
        versions = set(warehouse.read("mart.verdict")["statistic_version"])
    assert set(rows["statistic_version"]) == versions == {"1"}
    [plain] = rows.filter(channel="prefix_overlap").to_dicts()
    assert plain["n_prompts"] == 60
    assert plain["centred_low"] < plain["centred"] < plain["centred_high"]
    # D by SQL and D by the pair engine are one thing.
    assert plain["centred"] == pytest.approx(similarity["prefix_overlap_d"][0], abs=2e-6)
    assert rows.height == 7


def test_a_second_scoring_of_the_same_replies_forms_no_sums_again(scored, monkeypatch) -> None:
    monkeypatch.setattr(pair_sums, "merge_shards", lambda *parts: pytest.fail("formed again"))
    with store.writing(scored), disable_run_logger():
        verdict.verdict.fn(EMBEDDER, scored)


# A hidden student among the references


def with_hidden(share: float, role: str = "independent") -> list[Stub]:
    """Return references of which one has this share of its replies from the teacher, and what it is documented as."""
    return [
        Stub(stub.name, stub.vendor, role, TEACHER, share) if stub.name == "ref-f2" else stub for stub in references(8)
    ]


def test_hidden_student_is_named_and_costs_power(home) -> None:
    """One such control hides students; it is named, and what the verdict would be without it stands beside."""
    others = [student("half", TEACHER, 0.5), *strangers(1)]
    told = {}
    for case, models in {
        "clean": with_hidden(0.0),
        "hidden": with_hidden(0.8),
        "documented": with_hidden(0.8, "student"),
    }.items():
        found = judged([*models, *others], 120, home, 1)
        told[case] = row(found, "half", TEACHER)
        if case == "hidden":
            assert row(found, TEACHER, "ref-b1")["verdict"] == INDEPENDENT
    clean, hidden, documented = told["clean"], told["hidden"], told["documented"]
    print([(case["z"], case["null_sd"], case["p_target"], case["verdict"]) for case in told.values()])
    assert {clean["rank"], hidden["rank"], documented["rank"]} == {1}
    assert hidden["z"] < 0.7 * clean["z"]
    assert [("ref-f2" in case["resembling_controls"]) for case in (clean, hidden, documented)] == [False, True, False]
    assert hidden["p_target_without"] < hidden["p_target"]
    assert clean["verdict"] in POSITIVE
    assert hidden["verdict_without"] in POSITIVE
