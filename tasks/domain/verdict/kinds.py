"""The families of hypotheses, and the pairs that are no hypotheses: words that rows, tests and sentences share."""

DOCUMENTED, UNDOCUMENTED = "documented", "undocumented"
"""Of candidates: known origin, or they may be students themselves."""

ASKED, KIN, RULED_OUT_KIND = "asked", "kin", "ruled out"
"""Of pairs: named as a hypothesis beforehand; of one vendor or family; excluded before testing."""

INDEPENDENT_ROLE = "independent"
"""Of models: documented as taught by none of the others."""
