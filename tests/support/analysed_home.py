"""A home with a little of everything that analysts ask for, written through the store alone, and published."""

from datetime import timedelta

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.judge_order import register_judges
from tests.support import small_home

VENDORS = {"alpha-1": "alpha", "alpha-2": "alpha", "beta-1": "beta", "gamma-1": "gamma"}
RECORDED = [
    ("alpha-1", "p1", 0, "Plain water."),
    ("alpha-2", "p1", 0, "Plain water."),
    ("beta-1", "p1", 0, "Plain water."),
    ("alpha-1", "p2", 0, "A red kite."),
    ("alpha-2", "p2", 0, "A red kite, of course."),
    ("beta-1", "p2", 0, "A red kite."),
    ("alpha-1", "p3", 0, "我不知道。"),
    ("alpha-2", "p3", 0, None),
    ("beta-1", "p3", 0, None),
    ("gamma-1", "p1", 0, "Plain ice."),
    ("gamma-1", "p2", 0, "One green kite."),
    *(
        (model, f"p{number}", 0, f"{prefix_overlap} {number}.")
        for model, prefix_overlap in (
            ("alpha-1", "No"),
            ("alpha-2", "Gold is soft"),
            ("beta-1", "Gold is heavy"),
            ("gamma-1", "Lead"),
        )
        for number in range(4, 8)
    ),
]
THIS_ROUND = [("gamma-1", "p1", 0, "Plain ice."), ("gamma-1", "p2", 0, "One green kite, and one that is blue.")]
NEIGHBOURS = [
    ("within_prompt", "alpha-1/p2/0", "beta-1/p2/0", 1, 1.0),
    ("within_prompt", "alpha-1/p2/0", "alpha-2/p2/0", 2, 0.75),
    ("within_prompt", "alpha-2/p2/0", "beta-1/p2/0", 1, 0.75),
    ("centred_global", "alpha-1/p2/0", "beta-1/p1/0", 1, 0.5),
]
PROBES = [
    ("alpha-1", "role-en/maker", 0, "I am Beta One, made by Beta."),
    ("alpha-1", "plain-zh/maker", 0, "我由 Alpha 开发。"),
    ("alpha-2", "role-en/maker", 0, "Beta made me."),
    ("alpha-2", "plain-zh/maker", 0, None),
    ("alpha-2", "plain-zh/maker", 1, "Beta."),
    ("beta-1", "role-en/maker", 0, "I can't tell."),
    ("beta-1", "plain-zh/maker", 0, "I was made in 1850."),
]
TEMPLATES = {"role-en": ("en", "role", True), "plain-zh": ("zh", "plain", False)}
READ = {
    "alpha-1/role-en/maker/0": (True, True, "foreign", "beta"),
    "alpha-1/plain-zh/maker/0": (False, False, "own", "alpha"),
    "alpha-2/role-en/maker/0": (True, True, "foreign", "beta"),
    "alpha-2/plain-zh/maker/1": (True, True, "foreign", "beta"),
    "beta-1/role-en/maker/0": (False, False, "refused", None),
    "beta-1/plain-zh/maker/0": (True, False, "none", None),
}
LATER = small_home.AT + timedelta(days=7)
OTHER_READ = {
    "alpha-1/role-en/maker/0": (True, False, "none", None),
    "beta-1/role-en/maker/0": (False, False, None, None),
}
LINEAGE_VERDICTS = [
    ("alpha-2", "beta", "beta-1", False, 1.5, 0.9, 0.01, 1, "shares lineage (strong)"),
    ("alpha-2", "gamma", "gamma-1", False, 0.8, 0.5, 0.04, 2, "shares lineage (moderate)"),
    ("alpha-2", "alpha", "alpha-1", True, 1.6, 0.95, 0.01, 1, "same model or fine-tune"),
    ("alpha-1", "beta", "beta-1", False, 0.4, 0.2, 0.2, 1, "not conclusive"),
]


def _append_probes(warehouse: store.Store) -> None:
    """Append identity probes, what two judges read of them, and whose judge's reading counts."""
    at = {"registered_at": small_home.AT, "judged_at": small_home.AT, "computed_at": small_home.AT}
    templates = [
        dict(at, template_id=key, template_set="bank", template_key=key, template_text="{question}")
        | {"language": language, "kind": kind, "is_leading": is_leading}
        for key, (language, kind, is_leading) in TEMPLATES.items()
    ]
    probes = [
        dict(at, request_id=small_home.reply_id(*row[:3]), mode="bank", template_id=template, question_id="p1")
        | {"is_leading": TEMPLATES[template][2]}
        for row in PROBES
        for template in [row[1].split("/")[0]]
    ]
    verdicts = [
        dict(at, label_id=f"{judge}/{reply}", reply_id=reply, judge=judge, judge_version="1", attempt=0)
        | dict(zip(("is_contradiction", "is_foreign", "stance", "claimed_vendor"), read, strict=True))
        | {"evidence_text": "made by Beta" if judge == "text_claim" else None}
        for judge, reads in (("text_claim", READ), ("llm_claim", OTHER_READ))
        for reply, read in reads.items()
    ]
    counts = {"n": 4, "n_missing": 0, "n_templates": 2, "n_questions": 1}
    scores = [
        dict(
            at,
            target=target,
            mode="bank",
            judge="text_claim",
            score="loose",
            slice="all",
            value=value,
            low=low,
            high=high,
        )
        | counts
        for target, value, low, high in (
            ("alpha-1", 0.5, 0.4, 0.6),
            ("alpha-2", 1.0, 0.98, 1.0),
            ("beta-1", 0.5, 0.45, 0.55),
        )
    ]
    claim = {"attribute": "maker", "value_text": "Beta", "vendor": "beta", "is_deviation": True}
    claims = [claim | {"label_id": f"text_claim/{reply}"} for reply, read in READ.items() if read[2] == "foreign"]
    gap = dict(at, left_target="alpha-1", right_target="beta-1", mode="bank", judge="text_claim", score="loose")
    gap |= {"difference": 0.5, "low": 0.1, "high": 0.9, "p": 0.01, "p_holm": 0.03, "n": 2, "n_templates": 2}
    rows = {"template": templates, "probe": probes, "judge_label": verdicts, "attribute_claim": claims}
    for table, found in rows.items():
        warehouse.append(table, found)
    register_judges(warehouse, ["text_claim"], small_home.AT)
    small_home.add_scores(warehouse, "identity_score", scores)
    small_home.add_scores(warehouse, "identity_difference", [gap])


def _append_comparisons(warehouse: store.Store) -> None:
    """Append verdicts on pairs, a grade, a base, a price, and a later round in which one model answers otherwise."""
    columns = (
        "target",
        "candidate_group",
        "reference",
        "is_kin",
        "prefix_overlap_d",
        "degree",
        "p_target",
        "rank",
        "verdict",
    )
    rest = {"low": 0.3, "high": 0.692, "score_low": 2.3, "score_high": 2.692, "null_mean": 0.1, "null_sd": 0.2}
    rest |= {"n_prompts": 2, "n_controls": 9, "n_control_families": 5, "is_hypothesis": False, "n_candidates": 2}
    rest |= {"statistic": "composite", "statistic_version": "1", "z": 3.0, "prefix_overlap_null_mean": 0.1}
    rest |= {"ceiling_kind": "samples", "ceiling_d": 1.65, "is_source": False, "computed_at": small_home.AT}
    verdicts = [dict(zip(columns, row, strict=True)) | rest for row in LINEAGE_VERDICTS]
    for row in verdicts:
        row |= {"kind": "kin" if row["is_kin"] else "documented", "resembling_controls": []}
        row |= {"score": row["prefix_overlap_d"] + 1, "p_t": row["p_target"] / 2, "q": row["p_target"]}
        row |= {"p_holm": min(1.0, 2 * row["p_target"]), "expected_by": "documents" if row["is_kin"] else None}
    verdicts[0] |= {"resembling_controls": ["gamma-1"], "p_target_without": 0.001, "is_source": True}
    verdicts[0]["verdict_without"] = verdicts[0]["verdict"]
    small_home.add_scores(warehouse, "verdict", verdicts)
    channel = {"target": "alpha-2", "reference": "beta-1", "statistic_version": "1", "n_prompts": 2, "n_centred": 2}
    channel |= {"mean": 0.5, "centred": 0.3, "centred_low": 0.1, "centred_high": 0.5, "computed_at": small_home.AT}
    small_home.add_scores(warehouse, "pair_channel", [channel | {"channel": "layout", "spread": 0.1}])
    grade = {
        "prompt_set": "all",
        "judge": "text_similarity",
        "judge_version": "1",
        "n": 2,
        "n_missing": 0,
        "n_truncated": 0,
        "coverage": 1,
    }
    small_home.add_scores(
        warehouse,
        "rse_grade",
        [
            grade | {"target": "alpha-2", "reference": reference, "grade": value, "computed_at": small_home.AT}
            for reference, value in (("beta-1", 3.5), ("gamma-1", 1.25))
        ],
    )
    known = {"learned_from": [], "source": "card", "loaded_at": LATER}
    for model, vendor in VENDORS.items():
        parent = "alpha-1" if model == "alpha-2" else None
        told = known | {"model": model, "vendor": vendor, "candidate_group": vendor, "parent": parent}
        warehouse.append("lineage", [told])
    card = {"fingerprint": "f", "source": "card", "card_text": "{}", "registered_at": LATER}
    for model, price in (("gamma-1", 2.0), ("alpha-1", 10.0)):
        told = {"model": model, "input_usd": price, "output_usd": price, "stage": "aligned", "weights": "open"}
        warehouse.append("model", [card | told])
    told = {"prompt_tokens": 1000, "completion_tokens": 500, "n_attempts": 1, "replied_at": LATER, "source": "asked"}
    for model, prompt, sample, text in THIS_ROUND:
        name = f"this round/{prompt}"
        request = {"request_id": name, "model": model, "fingerprint": "f", "prompt_id": prompt, "sample": sample}
        request |= {"round": "2026-W03", "sampling_text": "{}", "purpose": "reply", "requested_at": LATER}
        warehouse.append("request", [request])
        warehouse.append("reply", [told | {"reply_id": name, "request_id": name, "reply_text": text}])
    # One probe whose tokens are known: `fill` leaves it as it is.
    name = small_home.reply_id(*PROBES[0][:3])
    warehouse.append("reply", [told | {"reply_id": name, "request_id": name, "reply_text": PROBES[0][3]}])


def build(home: Home) -> None:
    """Write the home's warehouse and publish it."""
    columns = ("neighbour_kind", "reply_id", "neighbour_reply_id", "rank", "cos")
    with store.writing(home) as warehouse:
        _append_probes(warehouse)
        _append_comparisons(warehouse)
        small_home.fill(warehouse, [*RECORDED, *PROBES], VENDORS)
        small_home.add_scores(
            warehouse, "neighbour", [dict(zip(columns, row, strict=True), embedder="e") for row in NEIGHBOURS]
        )
        warehouse.publish(home.published)
