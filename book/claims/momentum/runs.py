"""Chapter 3's experiments on momentum and gradient descent, on bowls and on given gradients.

Each gives the numbers of one seed, or the one number where nothing is random.
"""

from __future__ import annotations

import numpy as np
import torch

from claims.momentum.quadratics import (
    RHO,
    at_rest,
    bowl,
    factor,
    step_matrices,
    steps_to,
    torch_path,
    trajectory,
)


def forms_gap(rate_after: float = 0.3, look_ahead: bool = False) -> float:
    """Largest distance between torch's path and the linear map's, relative to the start.

    The rate is 0.3, and ``rate_after`` from step 20 on; 200 steps in all.  With
    ``look_ahead`` torch runs ``nesterov=True`` and the map's ``x + rho v`` is compared.
    """
    curvature, x0 = bowl(0)
    first = trajectory(step_matrices(curvature, 0.3, RHO, look_ahead), at_rest(x0), 20)
    then = trajectory(step_matrices(curvature, rate_after, RHO, look_ahead), first[-1], 180)
    states = np.concatenate([first, then[1:]])
    shown = states[..., 0] + (RHO * states[..., 1] if look_ahead else 0.0)
    torches = torch_path(curvature, x0, 0.3, RHO, 200, nesterov=look_ahead, new_lr=(20, rate_after))
    return float(np.linalg.norm(shown - torches, axis=1).max() / np.linalg.norm(x0))


def velocity_over_mean() -> float:
    """torch's velocity under a constant gradient, over that gradient (its mean)."""
    slope = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    return float(_velocity(lambda t: slope).norm() / slope.norm())


def velocity_when_signs_change() -> float:
    """torch's velocity under a gradient whose sign changes each step, over that gradient."""
    slope = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    return float(_velocity(lambda t: slope * (-1) ** t).norm() / slope.norm())


def _velocity(gradient) -> torch.Tensor:
    x = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1, momentum=RHO)
    for t in range(300):
        x.grad = gradient(t).clone()
        optimizer.step()
    return optimizer.state[x]["momentum_buffer"]


def steep_direction(seed: int) -> float:
    """Steps that the steepest coordinate takes to settle: momentum's over SGD's, same rate.

    The rate times that curvature is drawn between 1 and 2, all of the range in which SGD's
    coordinate changes side at every step and yet settles; settled means below a hundredth of
    the start for good.
    """
    a = np.array([np.random.default_rng(seed).uniform(1.0, 2.0)])
    settled = [
        steps_to(trajectory(step_matrices(a, 1.0, rho), at_rest(np.ones(1)), 20_000)[..., 0], 0.01)
        for rho in (RHO, 0.0)
    ]
    return settled[0] / settled[1]


def swing_at_the_end(rho: float) -> float:
    """Largest |x| / |start| in the last 100 of 5,000 steps, rate times curvature 0.1."""
    path = trajectory(step_matrices(np.array([0.1]), 1.0, rho), at_rest(np.ones(1)), 5000)
    return float(np.abs(path[-100:, 0, 0]).max())


def speedup(seed: int, tuned: bool = False) -> float:
    """Steps of gradient descent at its best rate over steps of momentum, condition 100.

    Momentum has rho 0.9 and rate 1 over the largest curvature; ``tuned`` gives it the rate
    and rho that are best for this condition number.
    """
    curvature, x0 = bowl(seed)
    low, high = np.sqrt(curvature[0]), np.sqrt(curvature[-1])
    rho = ((high - low) / (high + low)) ** 2 if tuned else RHO
    rate = 4 / (low + high) ** 2 if tuned else 1 / high**2
    plain = torch_path(curvature, x0, 2 / (low**2 + high**2), 0.0, 1500)
    return steps_to(plain) / steps_to(torch_path(curvature, x0, rate, rho, 600))


def speedup_per_digit() -> float:
    """The same, both tuned, in the limit of many steps: the ratio of the logarithms."""
    curvature = 100.0 ** -np.linspace(0, 1, 30)
    plain = factor(curvature, 2 / 1.01, 0.0).max()
    ball = factor(curvature, 4 / 1.1**2, (9 / 11) ** 2).max()
    return float(np.log(ball) / np.log(plain))


def overshoot() -> float:
    """How far past the minimum the flattest coordinate of a bowl runs, over its start.

    Condition 100, rho 0.9, rate 1 over the largest curvature.
    """
    flat = trajectory(step_matrices(np.array([0.01]), 1.0, RHO), at_rest(np.ones(1)), 300)
    return float(max(-flat[..., 0].min(), 0.0))
