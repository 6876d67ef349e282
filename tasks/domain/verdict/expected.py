"""Whether a finding was expected: documents, or the models' names, connect the two models."""

from collections.abc import Mapping, Sequence

from tasks.domain.verdict.population import DocumentedModel

DOCUMENTS, NAME = "documents", "name"


def expected_by(
    target: DocumentedModel, heads: Sequence[DocumentedModel], named_vendors: Mapping[str, frozenset[str]]
) -> str | None:
    """Return why shared lineage of a target with candidates is expected; None where it is not.

    `documents`: a card or lineage file states that it learned from one of their groups, was made from one, or is
    their kin. `name`: the target's name holds that of their vendor, or of a model of it. Names never
    decide: no test uses this.

    Args:
        target: the model under test.
        heads: models of the candidate groups, all of one vendor.
        named_vendors: of each model, the vendors that its name names.
    """
    if any(target.is_kin(head) or target.descends_from(head) for head in heads):
        return DOCUMENTS
    return NAME if any(head.vendor in named_vendors.get(target.model, frozenset()) for head in heads) else None
