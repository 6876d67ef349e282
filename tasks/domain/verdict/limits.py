"""The least that a verdict needs, and the statistic it rests on."""

STATISTIC = "composite"
VERSION = "1"
"""A change of a weight, of a channel or of the centring raises it."""

LEAST_CONTROLS = 8
"""Unrelated models below which there is no verdict: with 4 of them 11 % false positives were measured at .05."""

LEAST_LEFT = 4
"""Unrelated models below which a control is not tested against the others, its own family left out, where all together
are enough: it is tested to join a null, and no verdict rests on it alone."""

LEAST_FAMILIES = 2
"""Families below which the spread between families can't be estimated."""

LEAST_NULLS = 3
"""Nulls below which they have no common variance."""

PRIOR_DOF = 25.0
"""Degrees of freedom that all candidates' nulls together are worth to one: calls differ little from 8 to 100."""

LEAST_P = 0.0001
"""The least p that is printed as a number. What few controls leave unsure is in the degrees of freedom; but the shape
of the tail is held against counts of unrelated models down to .01 (`tail.LEVELS`), and the error rate of whole runs,
.05 over some 500 tests, down to this. A smaller p rests on the assumed shape alone."""
