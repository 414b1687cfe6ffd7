"""How the free-text questions of this chapter are graded by hand."""

from solutions.declare import Rubrics

rubrics = Rubrics()

rubrics.add(
    "schedules_best_rate",
    """
    None of them for the whole run. The high rate makes the fastest progress at first, but it
    settles on a high plateau: its steps are too long (and too noisy) to descend into the
    narrow parts of the loss. The low rate would get far down, but needs very many updates. The
    very high rate diverges and is of no use. So start high, as high as is stable, and let
    the rate decay when the loss stops falling: first the speed of the one, then the depth of
    the other. In this sense all of the stable rates are good ones, each at its time.
    """,
    (1, "says that no single rate is best: begin with a high one and let it decay"),
    (1, "says why high first: fast progress, then a plateau because steps are long or noisy"),
    (1, "says why low later and not always: it gets lower but slowly; the very high one diverges"),
)
