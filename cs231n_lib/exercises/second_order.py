"""Chapter 5: Newton's method, BFGS and its limited-memory form, line search, K-FAC."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cs231n_lib.exercises import second_order_cases as cases
from cs231n_lib.exercises.declare import Group, exercise
from cs231n_lib.exercises.drivers import Call


@exercise(
    groups={"bowl": 1, "saddle": 1, "singular": 2}, driver=Call(("next_x",)), cases=cases.newton
)
def newton_step(x: np.ndarray, grad: np.ndarray, hess: np.ndarray):
    """One step of Newton's method: to the critical point of the local quadratic model.

        next_x = x + p,   hess p = -grad

    There is no learning rate. The method looks for a critical point of the model, not for
    a minimum: where the Hessian has negative eigenvalues it walks to a saddle or a
    maximum, and so must your function.

    A singular Hessian has flat directions, along which the model knows no best point.
    Then p is the shortest vector among those that minimise |hess p + grad|: it is zero
    along every flat direction, even if the gradient is not. A direction is flat when its
    eigenvalue is zero to rounding (1e-15 of the largest magnitude, or less).

    Parameters:
        x: the point, shape (D,).
        grad: gradient at x, shape (D,).
        hess: Hessian at x, symmetric, shape (D, D).

    Returns:
        next_x: the point after the step, shape (D,).

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), equation 2.15; least
    norm for singular matrices: G. Golub and C. Van Loan, Matrix Computations, section 5.5.
    """
    raise NotImplementedError


@exercise(groups={"update": 3, "curvature": 2}, driver=Call(("H_next",)), cases=cases.bfgs)
def bfgs_inverse_update(H: np.ndarray, s: np.ndarray, y: np.ndarray):
    """BFGS's update of the estimate of the inverse Hessian.

        H_next = (I - rho s y^T) H (I - rho y s^T) + rho s s^T,   rho = 1 / (s . y)

    The result satisfies the secant equation H_next y = s, and stays symmetric and
    positive definite. When s . y <= 0 no positive definite matrix can do that: then the
    pair is skipped, and H is returned as it was. Any positive s . y is used, however small.

    Parameters:
        H: estimate of the inverse Hessian, symmetric positive definite, shape (D, D).
        s: step x_{k+1} - x_k, shape (D,).
        y: difference of gradients, grad(x_{k+1}) - grad(x_k), shape (D,).

    Returns:
        H_next: the new estimate, shape (D, D).

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), equation 6.17.
    """
    raise NotImplementedError


@exercise(
    groups={"no memory": 1, "one pair": 2, "several pairs": 3},
    driver=Call(("direction",)),
    cases=cases.direction,
)
def lbfgs_direction(grad: np.ndarray, s_list: list[np.ndarray], y_list: list[np.ndarray]):
    """The direction of L-BFGS, by the two-loop recursion: no matrix is ever formed.

        direction = -H grad

    H is what BFGS's update makes of gamma I with the pairs (s, y), oldest first, where

        gamma = (s . y) / (y . y)   of the newest pair;   gamma = 1 without pairs

    The first loop visits the pairs from the newest to the oldest, the second from the
    oldest to the newest.

    Parameters:
        grad: gradient at the current point, shape (D,).
        s_list: the latest steps, oldest first; a list, perhaps empty, of arrays (D,).
        y_list: the differences of gradients that belong to them, each with s . y > 0.

    Returns:
        direction: shape (D,), a direction of descent.

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), algorithm 7.4 and
    equation 7.20.
    """
    raise NotImplementedError


@exercise(
    groups={"at once": 1, "shrinks": 1, "sufficient": 2, "not a number": 1, "gives up": 1},
    driver=Call(("step",)),
    cases=cases.search,
)
def backtracking_line_search(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    p: np.ndarray,
    grad: np.ndarray,
    alpha: float = 1.0,
    c: float = 1e-4,
    shrink: float = 0.5,
    max_shrinks: int = 30,
):
    """The first step length that lowers f enough, on trying ever shorter ones.

    Tries a = alpha, alpha * shrink, alpha * shrink**2, ... and returns the first with

        f(x + a p) <= f(x) + c a (grad . p)

    which is Armijo's condition. A trial at which f is NaN is not accepted, and the search
    goes on. When the step after max_shrinks shrinks is not accepted either, the
    search gives up and returns 0.0.

    Parameters:
        f: function from a point of shape (D,) to a float.
        x: the point, shape (D,).
        p: the direction, shape (D,); not necessarily of length 1, nor downhill.
        grad: gradient of f at x, shape (D,).
        alpha: the first step length tried.
        c: the share of the predicted decrease that is asked for, between 0 and 1.
        shrink: what a step is multiplied by after a failure, between 0 and 1.
        max_shrinks: the largest number of shrinks, so max_shrinks + 1 trials at most.

    Returns:
        step: the accepted a, or 0.0.

    Source: L. Armijo (1966); J. Nocedal and S. Wright, Numerical Optimization (2006),
    algorithm 3.1.
    """
    raise NotImplementedError


@exercise(
    groups={
        "path": 2,
        "memory": 2,
        "curvature": 2,
        "stops": 1,
        "minimum": Group(1, ("x",)),
    },
    driver=Call(("x", "path")),
    cases=cases.lbfgs,
    calls=("lbfgs_direction", "backtracking_line_search"),
)
def lbfgs(
    fun_and_grad: Callable[[np.ndarray], tuple[float, np.ndarray]],
    x0: np.ndarray,
    steps: int = 100,
    memory: int = 10,
    tol: float = 1e-8,
):
    """Minimise a function by L-BFGS with backtracking, and keep the trajectory.

    At most `steps` times:

        1. stop when max_i |g_i| <= tol, g the gradient at x
        2. p = lbfgs_direction(g, pairs)
        3. a = backtracking_line_search(f, x, p, g), with its defaults: a starts at 1 in
           every step, also in the first
        4. s = a p,  y = (gradient at x + s) - g,  x <- x + s
        5. keep the pair (s, y) if s . y > 0, else drop it; of the kept ones only the
           newest `memory` are remembered

    Parameters:
        fun_and_grad: function from a point (D,) to a pair: the value, a float, and the
            gradient, shape (D,).
        x0: the start, shape (D,).
        steps: largest number of steps, an integer of at least 0.
        memory: largest number of pairs remembered, an integer of at least 1.
        tol: the run stops when no entry of the gradient exceeds this in magnitude.

    Returns:
        x: the last point, shape (D,).
        path: all points, shape (n + 1, D) after n steps; row 0 is x0, the last row is x.

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), algorithm 7.5, with
    Armijo's condition alone: hence the test in 5.
    """
    raise NotImplementedError


@exercise(groups={"quadratic": 1, "curved": 2}, driver=Call(("Hv",)), cases=cases.hvp)
def hessian_vector_product(
    grad: Callable[[np.ndarray], np.ndarray], x: np.ndarray, v: np.ndarray, h: float = 1e-5
):
    """The Hessian times a vector from two gradients, without the Hessian.

    The centred difference of the gradient along v:

        H v ~ (grad(x + h v) - grad(x - h v)) / (2 h)

    v is used as it is, not scaled to length 1.

    Parameters:
        grad: function from parameters to the gradient there, same shape.
        x: parameters, array of any shape.
        v: the vector, same shape as x.
        h: step of the difference, a positive float.

    Returns:
        Hv: same shape as x.

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), equation 8.20, centred.
    """
    raise NotImplementedError


@exercise(groups={"undamped": 1, "damped": 3}, driver=Call(("step",)), cases=cases.kfac)
def kfac_precondition(grad_W: np.ndarray, A: np.ndarray, S: np.ndarray, damping: float):
    """K-FAC's natural gradient of one linear layer, out = x @ W.

    The layer's block of the Fisher (or Gauss-Newton) matrix is taken for a Kronecker
    product A (x) S. Its inverse is the product of the inverses, so that with damping

        step = (A + sqrt(damping) I)^-1 grad_W (S + sqrt(damping) I)^-1

    The root is taken because the product of both terms puts `damping` on the diagonal.

    Parameters:
        grad_W: gradient of the loss with respect to W, shape (D, M).
        A: mean of x x^T over the inputs of the layer, shape (D, D).
        S: mean of g g^T over the gradients with respect to its outputs, shape (M, M).
        damping: a float of at least 0; at 0 both factors are invertible.

    Returns:
        step: the preconditioned gradient, shape (D, M); the weights would go down along it.

    Source: J. Martens and R. Grosse, Optimizing neural networks with Kronecker-factored
    approximate curvature, ICML 2015, sections 3 and 6.3 with pi = 1; for weights stored as
    W^T (outputs first) their formula has the factors the other way round.
    """
    raise NotImplementedError
