"""What families of hypotheses there are, and who is no hypothesis: words that rows, tests and sentences share."""

DOCUMENTED, UNDOCUMENTED = "documented", "undocumented"
"""Of candidates: known origin, or they may be students themselves."""

ASKED, KIN, RULED_OUT_KIND = "asked", "kin", "ruled out"
"""Of pairs: asked about beforehand; of one vendor or family; excluded before looking."""

INDEPENDENT_ROLE = "independent"
"""Of models: documented as taught by none of the others."""
