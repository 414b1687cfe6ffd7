"""How the free-text questions of this chapter are graded by hand."""

from solutions.declare import Rubrics

rubrics = Rubrics()

rubrics.add(
    "adagrad_long_run",
    """
    The cache is a sum of squares, so it never shrinks: while gradients keep a typical size g
    the root of the cache grows like g * sqrt(t), and the step shrinks like alpha / sqrt(t), to
    zero. On a convex problem that is a schedule that averages the noise away (the regret
    bound of the paper needs it). In a deep network the point may still be far from a
    minimum when it stops, and a few large gradients early on shorten all later steps, for
    nothing is forgotten. A leaky mean of squares (RMSProp) keeps moving.
    """,
    (1, "says that the step decays to zero because the sum only grows"),
    (1, "gives the pace for gradients of one size: cache like t, step like 1 / sqrt(t)"),
    (1, "judges it: welcome for convex or noisy problems, too early a stop for deep networks"),
)

rubrics.add(
    "adam_decaying_rate",
    """
    Yes. Adam sets the scale of each coordinate, not the overall length: for gradients that are
    mostly noise the step is of the order of alpha per coordinate, however close the minimum is,
    because both moments scale together. With a fixed rate the point keeps bouncing, at a
    distance that only a smaller alpha reduces; a decay lets it settle. Unlike AdaGrad's sum,
    the leaky mean brings no decay of its own. In practice Adam with a constant rate often
    works well, and a schedule, say warm-up and cosine, usually still improves the end.
    """,
    (1, "answers yes: adapting per coordinate does not replace an overall rate that falls"),
    (1, "argues: the normalised step stays of the order of alpha, so noise keeps the point moving"),
    (1, "sees that leaky moments do not decay the rate themselves, unlike AdaGrad's sum"),
)
