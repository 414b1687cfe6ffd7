"""How the free-text questions of this chapter are graded by hand."""

from solutions.declare import Rubrics

rubrics = Rubrics()

rubrics.add(
    "sgd_ravine",
    """
    It zigzags: it jumps from one wall of the ravine to the other along the steep (vertical)
    direction while it creeps along the shallow one. Each step multiplies the error along
    eigenvector i of the Hessian by 1 - alpha lambda_i. The steep direction allows no rate above
    2 / lambda_max, and changes sign at every step above 1 / lambda_max; at any such rate the
    shallow error keeps a factor of at least 1 - 2 lambda_min / lambda_max = 1 - 2 / kappa, so
    it takes of the order of kappa steps to shrink. A smaller rate stops the zigzag and slows the
    shallow direction further; a larger one diverges along the steep one. The rate that suits one
    direction is wrong for the other by the factor kappa. Noise of minibatches adds jitter, which
    is not the cause.
    """,
    (1, "describes the path: jumps across the steep direction, slow progress along the shallow"),
    (1, "says that the steep direction limits the rate (about 2 / lambda_max, or: it diverges)"),
    (
        1,
        "says that at such a rate the shallow direction needs of the order of kappa steps, so that "
        "the right rates of both differ by the ratio of curvatures",
    ),
)
