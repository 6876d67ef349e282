"""The average-linkage tree of a population, and how often each of its groups recurs on other prompts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage

from tasks.domain.population.similarity import Floats, places, triangle

_QUOTED = "'"


@dataclass(frozen=True)
class TreeNode:
    """A member, or a group of members that belong together; `node` 0 is the root, members count on from the groups.

    `height`: the distance 1 - similarity at which the group comes together, 0 for a member. `support`: the share of
    draws of prompts in which exactly these members form a group; None for the root and for members, who always do.
    """

    node: int
    parent: int | None
    height: float
    support: float | None
    members: tuple[str, ...]


def tree(members: Sequence[str], pairs: Floats, drawn: Floats, rng: np.random.Generator) -> tuple[TreeNode, ...]:
    """Return the nodes of the average-linkage tree (UPGMA: Sokal and Michener 1958), the root first, with support.

    Support: Felsenstein, Evolution 1985, 39, 783-791, prompts in the place of sites. Equal distances are joined in the
    alphabetical order of members; in draws in random order, or ties would support groups that only the alphabet formed.

    Args:
        members: n names in alphabetical order, three or more.
        pairs: their similarity, shape (n_pairs,).
        drawn: the same in each draw of prompts, shape (draws, n_pairs).
        rng: chance, for ties in draws.
    """
    n = len(members)
    merges = linkage(_distances(pairs), method="average")
    sets = _groups(merges, range(n))
    n_draws_with = dict.fromkeys(sets, 0)
    place = places(n)
    first, second = triangle(n)
    for draw in drawn:
        order = rng.permutation(n)
        shuffled = draw[place[order[first], order[second]]]
        for group in _groups(linkage(_distances(shuffled), method="average"), order.tolist()):
            if group in n_draws_with:
                n_draws_with[group] += 1
    return _nodes(members, merges, [n_draws_with[group] / len(drawn) if len(drawn) else None for group in sets])


def _distances(pairs: Floats) -> Floats:
    # A similarity of 1 but for rounding may not become a negative distance, which linkage refuses.
    return np.clip(1.0 - pairs, 0.0, None)


def _groups(merges: NDArray[np.float64], order: Sequence[int]) -> list[int]:
    """Return the members of each merge, one bit each; leaf k stands for member order[k]."""
    bits = [1 << member for member in order]
    for left, right in merges[:, :2].astype(int).tolist():
        bits.append(bits[left] | bits[right])
    return bits[len(order) :]


def _nodes(
    members: Sequence[str], merges: NDArray[np.float64], supports: Sequence[float | None]
) -> tuple[TreeNode, ...]:
    n = len(members)
    # The last merge is the root, 0; the first is n - 2; members follow in their order.
    number = {n + row: n - 2 - row for row in range(n - 1)} | {leaf: n - 1 + leaf for leaf in range(n)}
    below: dict[int, tuple[str, ...]] = {leaf: (members[leaf],) for leaf in range(n)}
    parents: dict[int, int] = {}
    for row, (left, right) in enumerate(merges[:, :2].astype(int).tolist()):
        below[n + row] = tuple(sorted(below[left] + below[right]))
        parents[left] = parents[right] = number[n + row]
    nodes = [
        TreeNode(
            node=number[index],
            parent=parents.get(index),
            height=0.0 if index < n else float(merges[index - n, 2]),
            support=supports[index - n] if n <= index < 2 * n - 2 else None,
            members=below[index],
        )
        for index in range(2 * n - 1)
    ]
    return tuple(sorted(nodes, key=lambda node: node.node))


def newick(nodes: Sequence[TreeNode]) -> str:
    """Return the tree as Newick text: groups are labelled by their support, and two members' way is their distance.

    Children are in the alphabetical order of their first members. Each branch is half the difference of heights.
    """
    children: dict[int, list[TreeNode]] = {}
    for node in nodes[1:]:
        children.setdefault(node.parent or 0, []).append(node)
    heights = {node.node: node.height for node in nodes}
    # Deepest first: a tree may be as deep as it has members, more than Python likes to recurse.
    texts: dict[int, str] = {}
    for node in sorted(nodes, key=lambda node: (len(node.members), -node.node)):
        if node.node in children:
            ordered = sorted(children[node.node], key=lambda child: child.members)
            label = "" if node.support is None else f"{node.support:.3g}"
            text = f"({','.join(texts[child.node] for child in ordered)}){label}"
        else:
            text = _QUOTED + node.members[0].replace(_QUOTED, _QUOTED * 2) + _QUOTED
        branch = "" if node.parent is None else f":{max(0.0, heights[node.parent] - node.height) / 2.0:.6g}"
        texts[node.node] = text + branch
    return texts[0] + ";"
