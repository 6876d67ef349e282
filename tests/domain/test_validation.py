"""What a validation counts, each figure against one counted by hand; and the documented truth that it is held against."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tasks.domain.pairwise.prompt_replies import Cohort
from tasks.domain.validation.auroc import auroc, mean_auroc, share
from tasks.domain.validation.documented import Column, columns, teacher_groups
from tasks.domain.validation.positives import alarms, attribution, calls, hypotheses
from tasks.domain.validation.score_figures import centred_by_reference, centred_by_vendor, published_figures
from tasks.domain.validation.sibling_figures import sibling_figures
from tasks.domain.verdict import null_tests as against_null
from tasks.domain.verdict.hypotheses import TargetTest
from tasks.domain.verdict.lineage_tests import LineageTests
from tasks.domain.verdict.population import DocumentedModel, Population
from tasks.domain.verdict.tail import Tail
from tasks.domain.verdict.vendor_scores import vendor_units


def known(model, role, **more):
    vendor = more.pop("vendor", model)
    is_control = role == "independent"
    return DocumentedModel(
        model,
        vendor,
        more.pop("family", vendor),
        more.pop("group", model),
        role,
        is_control=is_control,
        is_background=is_control,
        is_reference=role in ("independent", "undocumented"),
        **more,
    )


POPULATION = Population(
    (
        known("acme-1-a", "independent", vendor="acme", group="acme-1"),
        known("acme-2-a", "independent", vendor="acme", group="acme-2"),
        known("cousin", "student", learned_from=("acme-2",)),
        known("fellow", "student", learned_from=("hooli",)),
        known("globex", "independent"),
        known("hooli", "undocumented"),
        known("human", "control"),
        known("pupil", "student", learned_from=("acme-1",)),
        known("terse", "variant", group="acme-1", family="acme", parent="acme-1-a"),
        known("unread", "student"),
    )
)
"""Groups: acme-1, acme-2, globex of documented origin, hooli of undocumented origin."""

UNITS = vendor_units(POPULATION)
VENDORS = [unit.vendor for unit in UNITS]


def test_auroc_is_that_of_a_known_library_ties_counted_half():
    rng = np.random.default_rng(1)
    positives, negatives = rng.integers(0, 6, 20).tolist(), rng.integers(0, 5, 30).tolist()
    expected = roc_auc_score([1] * 20 + [0] * 30, positives + negatives)
    assert auroc(positives, negatives) == pytest.approx(expected)
    assert auroc([1.0], [1.0]) == 0.5


def test_columns_hold_who_learned_from_the_group_and_who_is_known_not_to_have():
    others = ("fellow", "globex", "human", "unread")
    assert columns(POPULATION, ["student"], is_by_vendor=True) == [
        Column("acme-1", ("pupil",), others),
        Column("acme-2", ("cousin",), others),
        Column("hooli", ("fellow",), ("acme-1-a", "acme-2-a", "cousin", "globex", "human", "pupil", "unread")),
    ]


def test_against_all_others_a_pupil_of_the_vendors_other_group_counts_as_one():
    found = columns(POPULATION, ["student"], is_by_vendor=False)
    assert found[0] == Column("acme-1", ("pupil",), ("cousin", "fellow", "globex", "human", "unread"))


def test_a_variant_is_of_its_own_family_and_still_a_learner():
    [found] = columns(POPULATION, ["derived", "variant"], is_by_vendor=True)
    assert (found.teacher, found.learners) == ("acme-1", ("terse",))


def test_who_taught_a_model_is_read_from_its_teachers_and_its_parent():
    groups = {model.model: teacher_groups(model, POPULATION) for model in POPULATION.models}
    assert groups["pupil"] == groups["terse"] == {0}
    assert groups["fellow"] == {3}
    assert groups["human"] == groups["unread"] == frozenset()


def test_the_mean_is_over_teachers_and_missing_scores_are_left_out():
    chosen = [Column("a", ("s", "t"), ("u", "v")), Column("b", ("s",), ("u", "v")), Column("c", ("s",), ("u",))]
    scores = {
        ("s", "a"): 2,
        ("t", "a"): 0,
        ("u", "a"): 1,
        ("v", "a"): 1,
        ("s", "b"): 5,
        ("u", "b"): 1,
        ("s", "c"): None,
    }
    family_of = dict.fromkeys("stuv", "one") | {"u": "two", "t": "three"}
    found = mean_auroc(chosen, scores, family_of, np.random.default_rng(0))
    assert found.of_teacher == {"a": (0.5, 2, 2), "b": (1.0, 1, 1)}
    assert found.mean == 0.75
    assert found.low <= 0.75 <= found.high


def test_no_learner_with_a_score_has_no_figure():
    found = mean_auroc([Column("a", ("s",), ("u",))], {}, {"s": "x", "u": "y"}, np.random.default_rng(0))
    assert (found.mean, found.low, found.high, found.of_teacher) == (None, None, None, {})


def test_an_interval_over_families_is_wider_where_families_agree():
    hits = [True] * 50 + [False] * 50
    few = share(hits, ["a"] * 50 + ["b"] * 50, np.random.default_rng(0))
    many = share(hits, [str(i) for i in range(100)], np.random.default_rng(0))
    assert few.value == many.value == 0.5
    assert few.high - few.low > 2 * (many.high - many.low)
    assert share([], [], np.random.default_rng(0)).value is None


def one_test(best, p_target, q, p_holm, n=2):
    return TargetTest(best, n, p_target, p_holm, q, dict.fromkeys(range(n), 1.0))


def test_calls_are_counted_by_what_is_documented_of_their_targets():
    assert VENDORS == ["acme", "globex", "hooli"]
    told = {
        "pupil": one_test(0, 0.01, 0.04, 0.04),
        "cousin": one_test(0, 0.04, 0.08, 0.2),
        "fellow": one_test(1, 0.02, 0.05, 0.1),
        "human": one_test(0, 0.05, 0.2, 0.3),
        "unread": one_test(1, 0.3, 0.4, 1.0),
    }
    found = calls(told, VENDORS, "documented", POPULATION)
    assert (found.n_targets, found.n_students, found.n_tested) == (5, 2, 2)
    assert (found.right_fdr05, found.right_fdr10, found.right_fwer05, found.right_alone) == (1, 2, 1, 2)
    assert (found.wrong_fdr05, found.wrong_alone) == (0, 0)
    assert (found.n_elsewhere, found.elsewhere_fdr05) == (1, 1)
    assert (found.n_untaught, found.untaught_fdr05, found.untaught_alone) == (1, 0, 0)
    assert (found.n_human, found.human_fdr05, found.human_alone) == (1, 0, 1)
    assert found.not_called == ("cousin",)


def test_a_student_called_with_another_vendor_is_wrong_and_one_without_a_test_is_not_called():
    found = calls({"pupil": one_test(1, 0.001, 0.01, 0.02)}, VENDORS, "documented", POPULATION)
    assert (found.n_students, found.n_tested, found.right_alone) == (2, 1, 0)
    assert (found.wrong_fdr05, found.wrong_alone, found.wrong) == (1, 1, ("pupil: globex",))
    assert found.not_called == ("cousin", "pupil")


def as_tested(values, is_left_out=None):
    values = np.array(values, dtype=float)
    none, zero = np.full(values.shape, np.nan), np.zeros(values.shape, dtype=int)
    left_out = np.zeros(values.shape, dtype=bool) if is_left_out is None else is_left_out
    return against_null.Tested(none, values, values, none, none, zero, zero, Tail(), left_out, left_out)


def planted(group_t, vendor_p, controls=None, is_left_out=None):
    groups, vendors = as_tested(group_t), as_tested(vendor_p, is_left_out)
    return LineageTests(UNITS, groups, vendors, {}, {"documented": controls or {}})


def rows(width, **told):
    """A matrix over models: NaN but for the rows named."""
    values = np.full((len(POPULATION.models), width), np.nan)
    for model, row in told.items():
        values[POPULATION.place[model]] = row
    return values


def test_hypotheses_are_those_of_students_and_of_human_data_and_never_about_kin():
    p = np.full((len(POPULATION.models), 3), 0.2)
    found = hypotheses(planted(rows(4), p), "documented", POPULATION)
    assert sorted(found) == ["cousin", "fellow", "human", "pupil", "unread"]
    assert all(one.n_candidates == 2 for one in found.values())
    assert found["pupil"].p_target == 0.4


def test_attribution_counts_what_stands_first():
    t = rows(4, pupil=[3, 4, 1, 9], cousin=[1, 2, 5, 0], fellow=[0, 0, 0, 1])
    p = rows(3, pupil=[0.01, 0.2, 0.5], cousin=[0.2, 0.01, 0.5], fellow=[0.5, 0.5, 0.001])
    place = POPULATION.place
    clusters = {place["pupil"]: frozenset({0, 1}), place["cousin"]: frozenset({2})}
    found = attribution(planted(t, p), "documented", POPULATION, clusters)
    assert (found.n, found.vendor_first, found.group_first) == (2, 1, 0)
    assert (found.n_choice, found.group_within_vendor) == (2, 1), "of acme's two candidates cousin's teacher is nearer"
    assert (found.n_clusters, found.in_cluster) == (2, 1)
    assert found.missed == ("cousin: globex",)
    other = attribution(planted(t, p), "undocumented", POPULATION)
    assert (other.n, other.vendor_first, other.group_first, other.n_choice) == (1, 1, 1, 0)


def test_false_alarms_are_shares_of_left_out_pairs_and_of_controls_asked_alone():
    left_out = np.zeros((len(POPULATION.models), 3), dtype=bool)
    left_out[POPULATION.place["globex"], 0] = left_out[POPULATION.place["acme-1-a"], 1] = True
    left_out[POPULATION.place["acme-2-a"], 1] = True
    p = rows(3, **{"globex": [0.01, np.nan, 0], "acme-1-a": [np.nan, 0.04, 0], "acme-2-a": [np.nan, 0.5, 0]})
    controls = {
        "globex": one_test(0, 0.01, 1, 1),
        "acme-1-a": one_test(1, 0.06, 1, 1),
        "acme-2-a": one_test(1, 0.5, 1, 1),
    }
    found = alarms(planted(rows(4), p, controls, left_out), POPULATION, 0)
    assert {level: one.value for level, one in found.vendor_cells.items()} == pytest.approx(
        {0.05: 2 / 3, 0.01: 1 / 3, 0.002: 0.0}
    )
    assert (found.controls.value, found.controls.n) == (pytest.approx(1 / 3), 3)
    assert found.named == ("globex: acme",)
    assert found.group_cells[0.05].n == 0


COHORT = Cohort(("a", "a", "b", "c", "s"), ("a", "a", "b", "c", "s"), (True, True, True, True, False))
VALUES = np.array(
    [[np.nan, 9, 1, 2, 0], [9, np.nan, 1, 2, 0], [1, 3, np.nan, 4, 0], [1, 1, 1, np.nan, 0], [1, 3, 4, 6, np.nan]]
)


def test_a_rival_is_centred_by_vendor_each_counting_once():
    found = centred_by_vendor(VALUES, COHORT)
    assert found[4, :4] == pytest.approx([1 - 5, 3 - 5, 4 - (2 + 6) / 2, 6 - (2 + 4) / 2])
    assert found[0, 2] == 1 - 2, "its own vendor is no yardstick"


def test_the_score_of_0_1_0_is_centred_by_reference():
    found = centred_by_reference(VALUES, COHORT)
    assert found[4, 2] == pytest.approx(4 - (1 + 3 + 6) / 3)
    assert found[4, 0] == pytest.approx(1 - (4 + 6) / 2)
    assert found[0, 2] == 1 - 2


def test_a_published_test_is_bonferroni_over_candidates_and_its_false_alarms_are_counted():
    p = np.ones((10, 10))
    place = POPULATION.place
    p[place["pupil"], place["acme-1-a"]] = 0.01
    p[place["cousin"], place["globex"]] = 0.016
    p[place["human"], place["globex"]] = 0.02
    p[place["globex"], place["acme-2-a"]] = 0.02
    found = published_figures(p, POPULATION.is_unrelated, POPULATION, 0)
    told = found.calls["documented"]
    assert (told.right_alone, told.wrong_alone, told.human_alone) == (1, 1, 0), "times three candidates"
    assert found.controls.n == 3
    assert found.named == ("globex: acme",)
    assert (found.cells.n, found.cells.value) == (4, 0.25), "globex with acme's two, acme's two with globex"


def test_siblings_are_positive_at_the_teacher_and_nowhere_else():
    teachers = ("acme", "globex", "hooli", "initech")
    models = [known(name, "independent") for name in teachers]
    taught = [("acme",), ("globex",), ("hooli",), (), ()]
    models += [
        known(f"s{n}", "student", vendor="lab", base="base-8b", learned_from=told) for n, told in enumerate(taught)
    ]
    population = Population(tuple(models))
    scores = np.full((9, 4), np.nan)
    scores[4:] = np.where((np.arange(5)[:, None] + np.arange(4)) % 2, 0.1, -0.1)
    for row, told in enumerate(taught):
        if told:
            scores[4 + row, teachers.index(told[0])] = 5.0
    t = LineageTests(vendor_units(population), as_tested(scores), as_tested(scores), {}, {})
    found = sibling_figures(scores, t, population, 0)
    assert (found.n_students, found.n_tested, found.n_positive, found.negative) == (3, 3, 3, ())
    assert (found.n_untaught, found.untaught_positive) == (2, 0)
    assert (found.others.n, found.others.value) == (9, 0.0)
