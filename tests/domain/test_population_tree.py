"""The tree: planted groups come again, chance does not, ties support nothing, and the text can be read back."""

import numpy as np
import pytest

from tasks.domain.population.homogeneity import prompt_draws
from tasks.domain.population.populations import populations
from tasks.domain.population.similarity import Similarity, means
from tasks.domain.population.tree import TreeNode, newick, tree
from tasks.domain.rows import Lineage


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def grown(similarity: Similarity, draws: int = 200) -> tuple[TreeNode, ...]:
    drawn = means(similarity, prompt_draws(len(similarity.values), rng(), draws))
    return tree(similarity.members, means(similarity), drawn, rng(2))


def planted(groups: list[str], share: float, n_prompts: int = 200) -> Similarity:
    """Return members, one a letter; those of one group answer as the group does on `share` of the prompts."""
    chance, names = rng(7), sorted("".join(groups))
    place = {name: number for number, name in enumerate(names)}
    ways = chance.integers(0, 12, (n_prompts, len(names)))
    for group in groups:
        common = chance.integers(0, 12, n_prompts)
        for name in group:
            ways[:, place[name]] = np.where(chance.random(n_prompts) < share, common, ways[:, place[name]])
    first, second = np.triu_indices(len(names), 1)
    return Similarity(tuple(names), (ways[:, first] == ways[:, second]).astype(np.float32))


def supports(nodes: tuple[TreeNode, ...]) -> dict[str, float]:
    return {"".join(node.members): node.support for node in nodes if node.support is not None}


def test_planted_groups_come_again_on_other_prompts() -> None:
    found = supports(grown(planted(["adg", "beh", "cfi"], 0.6)))
    assert [found[group] for group in ("adg", "beh", "cfi")] == pytest.approx([1.0] * 3, abs=0.02)
    # Which two of three equals are joined first is chance.
    assert max(value for group, value in found.items() if len(group) == 2) < 0.95


def test_chance_has_little_support() -> None:
    found = supports(grown(planted(["a", "b", "c", "d", "e", "f", "g", "h", "i"], 0.6)))
    assert len(found) == 7
    assert np.mean(list(found.values())) < 0.4


def test_ties_are_joined_by_name_and_support_nothing() -> None:
    nodes = grown(Similarity(tuple("abcdef"), np.zeros((30, 15), dtype=np.float32)))
    again = grown(Similarity(tuple("abcdef"), np.zeros((30, 15), dtype=np.float32)))
    assert nodes == again
    assert {node.height for node in nodes} == {0.0, 1.0}
    assert max(supports(nodes).values()) < 0.5


def test_nodes_are_numbered_from_the_root_and_members_follow() -> None:
    # ab .8, cd .6, all others .2: heights .2, .4, .8.
    pairs = np.array([0.8, 0.2, 0.2, 0.2, 0.2, 0.6])
    nodes = tree(("a", "b", "c", "d"), pairs, np.repeat(pairs[np.newaxis], 5, axis=0), rng())
    assert [(node.node, node.parent, round(node.height, 9), node.support, "".join(node.members)) for node in nodes] == [
        (0, None, 0.8, None, "abcd"),
        (1, 0, 0.4, 1.0, "cd"),
        (2, 0, 0.2, 1.0, "ab"),
        (3, 2, 0.0, None, "a"),
        (4, 2, 0.0, None, "b"),
        (5, 1, 0.0, None, "c"),
        (6, 1, 0.0, None, "d"),
    ]
    assert newick(nodes) == "(('a':0.1,'b':0.1)1:0.3,('c':0.2,'d':0.2)1:0.2);"


def test_way_between_members_is_their_distance_and_names_are_quoted() -> None:
    pairs = np.array([0.1, 0.5, 0.1])
    text = newick(tree(("b:c", "d", "it's (a)"), pairs, pairs[np.newaxis], rng()))
    assert text == "(('b:c':0.25,'it''s (a)':0.25)1:0.2,'d':0.45);"


def test_deep_tree_is_written() -> None:
    n = 1_200
    first, second = np.triu_indices(n, 1)
    nodes = tree([f"m{k:04d}" for k in range(n)], 1 - second / n, np.zeros((0, len(first))), rng())
    text = newick(nodes)
    assert text.count("(") == text.count(")") == n - 1
    assert nodes[1].support is None


def test_copies_but_for_rounding_are_no_negative_distance() -> None:
    pairs = np.array([1.0 + 1e-12, 0.3, 0.3])
    assert tree(("a", "b", "c"), pairs, pairs[np.newaxis], rng())[1].height == 0.0


def known(**families: str | None) -> list[Lineage]:
    return [Lineage(model, family=family) for model, family in families.items()]


def names(found: list) -> dict[str, list[str]]:
    return {one.name: sorted(set(one.member.values())) for one in found}


def test_populations_that_would_repeat_all_are_left_out() -> None:
    assert names(populations(known(a="a", b="b", c=None), ["a", "b", "c"])) == {"all": ["a", "b", "c"]}


def test_families_references_and_targets() -> None:
    models = known(a="x", b="x", c="y", d="z", e=None, f=None)
    assert names(populations(models, ["a", "b", "c", "elsewhere"])) == {
        "all": list("abcdef"),
        "families": ["e", "f", "x", "y", "z"],
        "references": ["a", "b", "c"],
        "targets": ["d", "e", "f"],
    }


def test_two_are_no_population() -> None:
    assert populations(known(a="x", b="y"), ["a"]) == []
    assert list(names(populations(known(a="x", b="x", c="y"), ["a"]))) == ["all"]
