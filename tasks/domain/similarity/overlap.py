"""How much two sets, profiles or sequences have in common: 1 where they are equal, 0 where nothing is shared."""

from collections import Counter
from collections.abc import Hashable, Sequence, Set


def shared_types(left: Set[Hashable], right: Set[Hashable]) -> float | None:
    """Return Dice's coefficient (Ecology 1945, 26, 297-302): twice the shared over both sizes; None for two empty sets.

    Sørensen's (1948) and the F1 of one set against the other are the same number.
    """
    total = len(left) + len(right)
    return 2 * len(left & right) / total if total else None


def shared_share(left: Counter[str], right: Counter[str]) -> float | None:
    """Return the part of two relative frequency profiles that coincides: sum of the smaller shares.

    That is 1 less the total variation distance. 0 where one is empty; None where both are.
    """
    n_left, n_right = left.total(), right.total()
    if not (n_left and n_right):
        return None if n_left == n_right else 0.0
    few, many, n_few, n_many = (
        (left, right, n_left, n_right) if len(left) < len(right) else (right, left, n_right, n_left)
    )
    # In whole numbers, so that equal profiles coincide exactly.
    common = sum(min(count * n_many, many[key] * n_few) for key, count in few.items() if key in many)
    return common / (n_left * n_right)


def shared_order(left: Sequence[Hashable], right: Sequence[Hashable]) -> float | None:
    """Return twice the longest common subsequence over both lengths; None for two empty sequences.

    The F1 of ROUGE-L (Lin, Text Summarization Branches Out, 2004, 74-81).
    """
    total = len(left) + len(right)
    return 2 * longest_common_subsequence(left, right) / total if total else None


def longest_common_subsequence(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    """Return the length of the longest sequence that both contain in order, gaps allowed.

    Bit-parallel: Hyyrö, Proc. Australasian Workshop on Combinatorial Algorithms 2004, 16-27.
    """
    places: dict[Hashable, int] = {}
    for number, item in enumerate(left):
        places[item] = places.get(item, 0) | 1 << number
    whole = (1 << len(left)) - 1
    free = whole
    for item in right:
        matching = free & places.get(item, 0)
        if matching:
            free = ((free + matching) | (free - matching)) & whole
    return len(left) - free.bit_count()
