"""How the free-text questions of this chapter are graded by hand."""

from solutions.declare import Rubrics

rubrics = Rubrics()

rubrics.add(
    "float32_gradient_check",
    """
    A centred difference subtracts two nearly equal values of the loss. Each carries a
    rounding error of about eps |f|, which the division by 2h magnifies to about eps |f| / h,
    while the truncation error falls like h**2 |f'''| / 6. The best h grows like eps**(1/3) and
    leaves an error of about eps**(2/3): some 1e-5 of the loss's size in float32 (eps about
    1e-7, at h near 5e-3) against some 1e-10 in float64 (at h near 1e-5). In float32 with h =
    1e-5 the noise eps / h alone is about 1e-2, so right gradients look wrong, and a threshold
    wide enough for them lets small mistakes through.
    A kink (ReLU at 0, hinge at margin 0) between x - h and x + h makes the quotient a mixture
    of the two slopes, although the analytic gradient is a right one: a false alarm that
    belongs to the check. It goes away, or changes, with smaller h, while a bug stays;
    float64 allows the smaller h. Few examples mean few kinks. One can also skip entries for
    which some unit or hinge switches between the two points.
    """,
    (1, "cancellation: rounding error of about eps |f| / h in the difference of near-equal values"),
    (
        1,
        "consequence: in float32 the noise (1e-2 at h = 1e-5; 1e-5 at best, with a large h) "
        "hides mistakes or accuses right gradients; float64 leaves about 1e-10",
    ),
    (
        1,
        "kinks: points on either side mix two slopes, so a right gradient seems wrong; how to "
        "tell or avoid it (smaller h, few examples, skip entries that switch)",
    ),
)
