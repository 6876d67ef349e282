"""Whose label counts is told by facts alone, labels and registered orders, and is whom ranks beside the scores told."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from prefect.logging import disable_run_logger

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.judge_order import PREFERRED, register_judges
from tasks.identity import score_identity

AT = datetime(2026, 1, 5)
TARGETS, MODES = ("a", "b", "c", "d"), ("bank", "search")
JUDGES = (*PREFERRED, "other", "zeta")
READ: dict[str, dict[str, Any]] = {
    "both": {"is_contradiction": True, "is_foreign": False},
    "loose": {"is_contradiction": True},
    "strict": {"is_foreign": True},
    "vague": {"stance": "none"},
    "unread": {"missing_reason": "invalid_choice"},
}
ORDERS = ((), ("text_claim",), ("other", "text_claim"), ("text_claim", "other"), ("other", "text_claim"))


def fill(warehouse: store.Store, seed: int) -> None:
    """Append three probes of each target and mode, and what judges, each in a manner of its own there, read of them."""
    rng, rows = Random(seed), {name: [] for name in ("model", "request", "reply", "probe", "judge_label")}
    for target in TARGETS:
        card = {"fingerprint": "f", "source": "card", "card_text": "{}", "registered_at": AT}
        rows["model"].append(card | {"model": target})
        for mode in MODES:
            manner = {judge: rng.choice([*READ, None]) for judge in JUDGES}
            for number in range(3):
                name = f"{target}/{mode}/{number}"
                request = {"request_id": name, "model": target, "fingerprint": "f", "prompt_id": f"p{number}"}
                request |= {"sample": 0, "round": "r", "sampling_text": "{}", "requested_at": AT, "purpose": "identity"}
                rows["request"].append(request)
                reply = {"reply_id": name, "request_id": name, "reply_text": "Hm.", "n_attempts": 1}
                rows["reply"].append(reply | {"replied_at": AT, "source": "asked"})
                probe = {"request_id": name, "mode": mode, "template_id": f"t{number}", "question_id": "q"}
                rows["probe"].append(probe | {"is_leading": False, "registered_at": AT, "template_set": "s"})
                for judge, kind in manner.items():
                    if kind is not None and rng.random() < 0.8:
                        label = {"label_id": f"{judge}/{name}", "reply_id": name, "judge": judge, "attempt": 0}
                        rows["judge_label"].append(label | READ[kind] | {"judge_version": "1", "judged_at": AT})
    for table, found in rows.items():
        warehouse.append(table, found)


def ranks(warehouse: store.Store, judges: Sequence[str]) -> dict[tuple[str, str], dict[str, int]]:
    """Return the rank of each scored judge by target and mode: its place, and 100 on top where it reads nothing strictly."""
    order = [*judges, *(name for name in PREFERRED if name not in judges)]
    found: dict[tuple[str, str], dict[str, int]] = {}
    read = warehouse.read("core.labelled_probe")
    for target, mode, judge in warehouse.read("score.identity_score").select("target", "mode", "judge").unique().rows():
        strict = read.filter(target=target, mode=mode, judge=judge)["is_foreign"]
        place = order.index(judge) if judge in order else len(order)
        found.setdefault((target, mode), {})[judge] = place + 100 * strict.is_null().all()
    return found


@pytest.fixture(params=range(4))
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[store.Store]:
    with disable_run_logger(), store.writing(Home(tmp_path)) as opened:
        fill(opened, request.param)
        score_identity.score_identity.fn(0, Home(tmp_path))
        yield opened


def test_the_judge_that_counts_is_the_first_by_rank(warehouse: store.Store) -> None:
    for week, judges in enumerate(ORDERS):
        register_judges(warehouse, judges, AT + timedelta(weeks=week))
        known = ranks(warehouse, judges)
        expected = {key: min(mine, key=lambda judge: (mine[judge], judge)) for key, mine in known.items()}
        found = {(target, mode): judge for target, mode, judge in warehouse.read("core.deciding_judge").rows()}
        assert found == expected
        compared = {
            (row["left_target"], row["right_target"]): row["judge"]
            for row in warehouse.read("mart.identity_difference").iter_rows(named=True)
        }
        both = warehouse.read("score.identity_difference")
        for left, right in combinations(TARGETS, 2):
            mine = [known.get((target, "bank"), {}) for target in (left, right)]
            there = set(both.filter(left_target=left, right_target=right)["judge"])
            shared = [judge for judge in there if all(judge in m for m in mine)]
            wanted = min(
                shared, key=lambda judge: (*sorted((m[judge] for m in mine), reverse=True), judge), default=None
            )
            assert compared.get((left, right)) == wanted


def test_the_same_order_is_registered_once(tmp_path: Path) -> None:
    with store.writing(Home(tmp_path)) as warehouse:
        for week, judges in product(range(2), ORDERS[:2]):
            for day in range(2):
                register_judges(warehouse, judges, AT + timedelta(weeks=2 * week + len(judges), days=day))
        assert warehouse.count("raw.judge_priority") == 4 * len(PREFERRED)
