"""What would change a verdict: the facts that are missing, or that would speak against it."""

from collections.abc import Mapping
from typing import Any

from tasks.domain.reporting.formatting import counted
from tasks.domain.verdict.decision import (
    CONFOUNDED,
    FEW_CONTROLS,
    FEW_PROMPTS,
    INDEPENDENT,
    LEAST_PROMPTS,
    NOT_CONCLUSIVE,
    SAME_MODEL,
    SUGGESTIVE,
)
from tasks.domain.verdict.limits import LEAST_CONTROLS

Row = Mapping[str, Any]

_MORE = "More prompts and more unrelated models make the test sharper: distillometer show power says by how much."


def what_would_change(row: Row) -> str:
    """Return what would change the verdict of a row of `mart.verdict`; empty where it is ruled out beforehand."""
    word, group = row["verdict"], row["candidate_group"]
    if word == SAME_MODEL:
        return (
            "Degrees below .7, or embeddings no nearer than those of unrelated models, over more prompts. Or unrelated "
            f"models, added to the others, that are as near to {group}."
        )
    if row["is_positive"]:
        siblings = (
            "models of its base that had another teacher and are as near"
            if row["sibling_p"] is None
            else "more models of its base that are as near without that teacher"
        )
        return (
            f"It would fall with unrelated models, added to the {row['n_controls']}, that score as high with {group}, "
            f"or with {siblings}: then it came with the base. A fellow student of the same teacher can't be told from "
            "its teacher."
        )
    if word == FEW_PROMPTS:
        return f"Replies to {counted(LEAST_PROMPTS - row['n_prompts'], 'more prompt')} that both answered."
    if word == FEW_CONTROLS:
        return f"More unrelated models: {LEAST_CONTROLS} with replies to these prompts; {row['n_controls']} are here."
    return {
        CONFOUNDED: "Replies of like length: it would have to be as near to the candidate once length is taken out.",
        SUGGESTIVE: f"{_MORE} Whoever names this pair before seeing any verdict (--hypothesis) pays for it alone.",
        NOT_CONCLUSIVE: f"{_MORE} And a teacher that is no candidate here can't be found.",
        INDEPENDENT: "Another entry in the lineage file: what is documented as independent is not tested.",
    }.get(word, "")
