"""Chapter 3: momentum and Nesterov's look-ahead, as update rules with a state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercises.declare import Case, exercise
from cs231n_lib.exercises.drivers import Call, Steps
from cs231n_lib.wire import Function


def _update_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Steps from a state at rest, from a moving one, and with a rate that changes."""
    for shape, steps in (((3,), 1), ((2, 3), 3)):
        gradients = [rng.normal(size=shape) for _ in range(steps)]
        w = rng.normal(size=shape)
        yield Case("defaults", {"w": w, "gradients": gradients, "config": None}, "config is None")
    for rate, rho in ((0.3, 0.5), (0.05, 0.95)):
        config = {"learning_rate": rate, "momentum": rho, "velocity": rng.normal(size=(4, 2))}
        gradients = [rng.normal(size=(4, 2)) for _ in range(4)]
        args = {"w": rng.normal(size=(4, 2)), "gradients": gradients, "config": config}
        yield Case("moving", args, f"already moving, momentum {rho}")
    gradients = [rng.normal(size=(3,)) for _ in range(5)]
    args = {
        "w": rng.normal(size=(3,)),
        "gradients": gradients,
        "config": {"learning_rate": 0.5, "momentum": 0.8},
        "rates": [0.5, 0.5, 0.1, 0.1, 0.4],
    }
    yield Case("changing rate", args, "the rate drops, then rises")


_UPDATE_GROUPS = {"defaults": 1, "moving": 2, "changing rate": 1}


@exercise(groups=_UPDATE_GROUPS, driver=Steps(), cases=_update_cases)
def sgd_momentum(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of gradient descent with momentum.

    The velocity integrates the gradient, the position integrates the velocity:

        v <- rho * v - alpha * dw
        w <- w + v

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'momentum': rho, default 0.9;
            'velocity': v, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'velocity' holds the new v.

    Source: B. Polyak, Some methods of speeding up the convergence of iteration
    methods (1964); the form of Sutskever et al., ICML 2013, equations 1 and 2.
    """
    raise NotImplementedError


@exercise(groups=_UPDATE_GROUPS, driver=Steps(), cases=_update_cases)
def sgd_momentum_torch(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of momentum in PyTorch's form: the rate multiplies the velocity.

        v <- rho * v + dw
        w <- w - alpha * v

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'momentum': rho, default 0.9;
            'velocity': v, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'velocity' holds the new v.

    Source: documentation of torch.optim.SGD (dampening 0, weight decay 0).
    """
    raise NotImplementedError


def _lookahead_cases(rng: np.random.Generator) -> Iterator[Case]:
    def bowl(size: int, c: float, least: float = 0.1) -> Function:
        A = rng.normal(size=(size, size))
        H = A @ A.T / size + least * np.eye(size)
        if c:
            return Function("quartic_gradient", {"H": H, "c": c})
        return Function("quadratic_gradient", {"H": H, "b": rng.normal(size=size)})

    # steep, and near the start: after small steps another look-ahead still shows
    w = 0.1 * rng.normal(size=2)
    args = {"w": w, "grad_fn": bowl(2, 0.0, least=9.0), "config": None, "steps": 3}
    yield Case("defaults", args, "config is None")
    for size, rate, rho in ((2, 0.2, 0.5), (4, 0.05, 0.95)):
        config = {"learning_rate": rate, "momentum": rho, "velocity": rng.normal(size=size)}
        args = {
            "w": rng.normal(size=size),
            "grad_fn": bowl(size, 0.0),
            "config": config,
            "steps": 4,
        }
        yield Case("moving", args, f"already moving, momentum {rho}")
    config = {"learning_rate": 0.1, "momentum": 0.7, "velocity": 0.3 * rng.normal(size=3)}
    args = {"w": rng.normal(size=3), "grad_fn": bowl(3, 0.5), "config": config, "steps": 4}
    yield Case("curved", args, "a loss that is no quadratic")


@exercise(groups={"defaults": 1, "moving": 2, "curved": 1}, driver=Steps(), cases=_lookahead_cases)
def nesterov_lookahead(w: np.ndarray, grad_fn, config: dict[str, Any] | None = None):
    """One step of Nesterov's momentum, with the gradient taken at the look-ahead point.

        v <- rho * v - alpha * grad_fn(w + rho * v)
        w <- w + v

    Parameters:
        w: parameters, array of any shape.
        grad_fn: function from parameters to the gradient there, same shape as w.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'momentum': rho, default 0.9;
            'velocity': v, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'velocity' holds the new v.

    Source: Y. Nesterov (1983), in the form of Sutskever et al., ICML 2013,
    equations 3 and 4.
    """
    raise NotImplementedError


@exercise(groups=_UPDATE_GROUPS, driver=Steps(), cases=_update_cases)
def nesterov(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Nesterov's momentum after the change of variables.

    Here w stands for the look-ahead point x~ = x + rho * v, so that the gradient is
    needed only where the parameters are:

        v_new <- rho * v - alpha * dw
        w     <- w - rho * v + (1 + rho) * v_new
        v     <- v_new

    Parameters:
        w: the look-ahead parameters x~, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'momentum': rho, default 0.9;
            'velocity': v, same shape as w, default zeros.

    Returns:
        next_w: the look-ahead parameters after the step, same shape as w.
        config: the dictionary for the next step; 'velocity' holds the new v.

    Source: Y. Bengio, N. Boulanger-Lewandowski and R. Pascanu, Advances in
    optimizing recurrent networks, ICASSP 2013, section 3.5.
    """
    raise NotImplementedError


def _anneal_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Runs of their own length and, but for the defaults, ends of their own.

    At the ends and after them a result is start or end: which one is drawn for each place.
    """

    def drawn() -> dict[str, Any]:
        start, end = rng.uniform(0.1, 0.5), rng.uniform(0.6, 0.95)
        return {"total": int(rng.integers(20, 60)), "start": float(start), "end": float(end)}

    def case(group: str, label: str, args: dict[str, Any], step: int) -> Case:
        return Case(group, {"step": step, **args}, label)

    ends = [0, 1, *rng.integers(0, 2, size=2)]  # 0: the first step, 1: the last one
    for which in rng.permutation(ends):
        args = drawn()
        step = int(which) * (args["total"] - 1)
        yield case("ends", "last step" if which else "first step", args, step)
    total = int(rng.integers(20, 60))
    yield case("between", "last step but one", {"total": total}, total - 2)
    for step in rng.integers(1, total - 1, size=3):
        yield case("between", "on the way", {"total": total}, int(step))
    args = drawn()
    yield case("between", "other start and end", args, int(rng.integers(2, 18)))
    args = drawn()
    late = args["total"] + int(rng.integers(1, 9))
    after = [case("after", "past the end", args, late)]
    after.append(case("after", "a single step", drawn() | {"total": 1}, 0))
    after.append(case("after", "the first step of many", drawn(), 0))
    after.append(case("after", "the step after the last one", args, args["total"]))
    yield from (after[i] for i in rng.permutation(len(after)))


@exercise(groups={"ends": 1, "between": 1, "after": 1}, driver=Call(("rho",)), cases=_anneal_cases)
def anneal_momentum(step: int, total: int, start: float = 0.5, end: float = 0.99):
    """The momentum coefficient of one step, raised linearly from start to end.

        rho(step) = start + (end - start) * step / (total - 1),   0 <= step <= total - 1

    The first step (0) gets start, the last one (total - 1) gets end, and every later
    step keeps end. With total = 1 there is only a last step: rho = end.

    Parameters:
        step: number of steps already taken, an integer from 0.
        total: number of steps of the whole run, an integer of at least 1.
        start, end: coefficients at the first and the last step, from 0 to 1.

    Returns:
        rho: the coefficient for this step, a float.

    Source: lecture 6 of CS231n (2016), which anneals from 0.5 to 0.99.
    """
    raise NotImplementedError
