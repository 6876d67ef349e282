"""Whether a finding is no news: documents, or the names themselves, say that two models belong together."""

from collections.abc import Mapping, Sequence

from tasks.domain.verdict.population import DocumentedModel

DOCUMENTS, NAME = "documents", "name"


def expected_by(
    target: DocumentedModel, heads: Sequence[DocumentedModel], named_vendors: Mapping[str, frozenset[str]]
) -> str | None:
    """Return what lets one expect that a target shares lineage with candidates; None where it is news.

    `documents`: a card or lineage file says that it learned from one of their groups, or was made from one of them, or
    that they are kin. `name`: the target's name holds that of their vendor, or of a model of it. Names suggest and
    never decide: no test looks at this.

    Args:
        target: the model under test.
        heads: models of the candidate groups, all of one vendor.
        named_vendors: of each model, the vendors that its name names.
    """
    if any(target.is_kin(head) or target.is_of(head) for head in heads):
        return DOCUMENTS
    return NAME if any(head.vendor in named_vendors.get(target.model, frozenset()) for head in heads) else None
