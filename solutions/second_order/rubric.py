"""How the free-text questions of this chapter are graded by hand."""

from solutions.declare import Rubrics

rubrics = Rubrics()

rubrics.add(
    "newton_hundred_million",
    """
    The Hessian of N parameters has N**2 entries: for N = 1e8 that is 1e16 numbers, 40 petabytes
    in single precision (half of it by symmetry), where the gradient takes 0.4 gigabytes. To solve
    with it takes of the order of N**3 / 3, about 3e23 operations, for one single step: at 1e15
    operations per second, about ten years. Even to compute it takes N Hessian-vector products, each
    as dear as a few gradients. The step is not even the one wanted: the loss is not convex, so
    where the Hessian has negative eigenvalues Newton's step leads to a saddle; and a minibatch
    gives a noisy Hessian. So one avoids the matrix: Hessian-vector products, L-BFGS with m pairs
    (O(m N)), or structure as in K-FAC.
    """,
    (1, "memory: N**2 entries, with a number or a comparison for N = 1e8 (1e16 entries)"),
    (1, "time: O(N**3) to invert or solve, at every step (about 1e23 to 1e24 operations)"),
    (
        1,
        "one thing more: saddles and negative curvature attract Newton's step, minibatch noise in "
        "the Hessian, or what is done instead (L-BFGS, Hessian-vector products, K-FAC)",
    ),
)

rubrics.add(
    "lbfgs_dropout",
    """
    Yes: the mask must stay fixed for as long as values and gradients are compared with each other,
    and so must every other source of randomness (minibatch, augmentation, batch statistics). L-BFGS
    assumes one deterministic function. It builds y = grad(x + s) - grad(x); with another mask
    y = H s + (gradient of one function - gradient of another), and the second part does not shrink
    with s, so that the curvature is noise, and s.y may even be negative. The line search compares
    f(x + a p) with f(x): with another mask it accepts or refuses by luck. So dropout is switched
    off, or one mask is held through a whole run (or at least through both gradients of each pair
    and the whole line search). With a mask held for the whole run L-BFGS minimises the loss of one
    thinned network, so the mask no longer regularises as dropout does.
    """,
    (1, "says yes, or: fixed or off wherever two evaluations are compared; other randomness too"),
    (1, "says what a new mask does to y: noise that does not shrink with s, wrong curvature"),
    (1, "says what it does to the line search: values of different functions are compared"),
)
