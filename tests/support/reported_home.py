"""The analysed home with all that a report shows: identity scores by slice, judges, a run; and texts that attack it."""

import shutil
from pathlib import Path
from typing import Any

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tests.support import small_home

LEAK = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'> I am \u202eBeta\u200b One </template>"
LONG = "x" * 1_000_000
FORMULA = '=HYPERLINK("http://evil.invalid","alpha")'
"""The name of a model; to a spreadsheet it is a formula."""

RUN = {
    "run_id": "run-1",
    "plan": "demo",
    "round": "2026-W02",
    "recipe_id": "recipe-1",
    "plan_text": "{}",
    "version": "1",
}


def _scores() -> list[dict[str, Any]]:
    rest = {"mode": "bank", "judge": "text_claim", "n": 4, "n_missing": 1, "coverage": 0.8}
    rest |= {"n_templates": 2, "n_questions": 2, "computed_at": small_home.AT, "n_effective": 3.0}
    values = {"alpha-1": (0.5, 0.25), "alpha-2": (0.75, 0.5), FORMULA: (1.0, 1.0)}
    return [
        rest
        | {
            "target": target,
            "score": score,
            "slice": part,
            "value": value,
            "low": value / 2,
            "high": min(value * 1.5, 1),
        }
        for target, pair in values.items()
        for score, value in zip(("strict", "hard"), pair, strict=True)
        for part in ("all", "language=en", "language=zh", "leading=true", "leading=false", "kind=role")
    ]


def _append_attacks(warehouse: store.Store) -> None:
    """Append a model whose name is a formula, with two leaks: one holds markup, one a million letters."""
    at = {"registered_at": small_home.AT, "judged_at": small_home.AT}
    probes, verdicts = [], []
    for number, text in enumerate((LEAK, LONG)):
        reply = small_home.reply_id(FORMULA, "role-en/maker", number)
        small_home.fill(warehouse, [(FORMULA, "role-en/maker", number, text)], {FORMULA: "alpha"})
        probe = {
            "request_id": reply,
            "mode": "bank",
            "template_id": "role-en",
            "question_id": "p1",
            "is_leading": False,
        }
        probes.append(at | probe)
        read = {"is_contradiction": True, "is_foreign": True, "stance": "foreign", "claimed_vendor": "beta"}
        verdict = {"label_id": f"text_claim/{reply}", "reply_id": reply, "judge": "text_claim", "judge_version": "1"}
        verdicts.append(at | read | verdict | {"attempt": 0, "evidence_text": "I am <b>Beta</b>"})
    warehouse.append("probe", probes)
    warehouse.append("judge_label", verdicts)


def build(analysed: Home, root: Path) -> Home:
    """Copy the analysed home to `root`, write what is more into its warehouse and publish it."""
    home = Home(Path(shutil.copytree(analysed.root, root)))
    with store.writing(home) as warehouse:
        _append_attacks(warehouse)
        small_home.add_scores(warehouse, "identity_score", _scores())
        agreement = {"mode": "bank", "target": "all", "left_judge": "llm_claim", "right_judge": "text_claim"}
        agreement |= {"score": "strict", "n": 2, "n_missing": 4, "agreement": 0.5, "kappa": 0.25, "kappa_low": -0.5}
        small_home.add_scores(
            warehouse, "judge_agreement", [agreement | {"kappa_high": 1.0, "computed_at": small_home.AT}]
        )
        bias = {
            "judge": "pair_grade",
            "judge_version": "1",
            "difference": 0.1,
            "low": -0.2,
            "high": 0.4,
            "n": 8,
            "n_missing": 1,
        }
        small_home.add_scores(
            warehouse, "position_bias", [bias | {"inconsistency_rate": 0.25, "computed_at": small_home.AT}]
        )
        drift = {"target": "alpha-1", "measure": "reply_text", "n": 40, "is_card_changed": False}
        drift |= {"preceding_round": "2026-W02", "computed_at": small_home.AT}
        told = {"earlier_round": "2026-W02", "change": 0.3, "p": 0.001, "p_holm": 0.01, "is_recipe_changed": False}
        changes = [("2026-W03", told), ("2026-W04", {"is_recipe_changed": True, "missing_reason": "recipe_changed"})]
        small_home.add_scores(warehouse, "drift", [drift | {"round": name} | change for name, change in changes])
        for event in ("started", "completed"):
            warehouse.append("run", [RUN | {"event": event, "happened_at": small_home.AT}])
        warehouse.publish(home.published)
    return home
