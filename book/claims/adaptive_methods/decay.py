"""L2 in the gradient against decay beside the step: where they agree, and how they pull."""

from __future__ import annotations

import numpy as np
import torch

from claims.adaptive_methods.rules import RHO, maker, run, told

STEPS = 200


def decay_gap(
    seed: int, name: str, strength: float = 0.1, lr: float = 0.1, matched: bool = False
) -> float:
    """Largest distance between L2 in the gradient and decoupled decay, over the start's norm.

    Both follow ``optimizer(gradient)`` on one noisy bowl for 200 steps, L2 through the
    gradient, decay by shrinking the weights by ``1 - lr * strength`` beside the step.
    ``matched`` (momentum only) gives L2 the strength ``(1 - rho) strength``, the momentum
    ``rho (1 - lr strength)`` and the first velocity that make the two one.
    """
    rng = np.random.default_rng(seed)
    curvature, target, start = rng.uniform(0.1, 1.0, 5), rng.normal(size=5), rng.normal(size=5)
    noise = torch.tensor(0.3 * rng.normal(size=(STEPS, 5)))
    c, goal = torch.tensor(curvature), torch.tensor(target)
    both = []
    for coupled in (True, False):
        x = torch.tensor(start, requires_grad=True)
        optimizer = maker(name, lr)([x])
        penalty = strength if coupled else 0.0
        if coupled and matched:
            penalty *= 1 - RHO
            optimizer.param_groups[0]["momentum"] = RHO * (1 - lr * strength)
            first = strength * x.detach() / (1 - lr * strength)
            optimizer.state[x]["momentum_buffer"] = first
        path = []
        for t in range(STEPS):
            x.grad = c * (x.detach() - goal) + noise[t] + penalty * x.detach()
            if not coupled:
                x.data.mul_(1 - lr * strength)
            optimizer.step()
            path.append(x.detach().numpy().copy())
        both.append(np.array(path))
    return float(np.linalg.norm(both[0] - both[1], axis=1).max() / np.linalg.norm(start))


def pulls(
    loud: np.ndarray, seed: int, decoupled: bool, strength: float = 0.1, lr: float = 1e-3
) -> np.ndarray:
    """Share of a weight of 1 lost per step, over lr * strength, under noise of sizes ``loud``.

    The noise comes in pairs g, -g in random order, so that it moves the weight nowhere;
    400 steps, the mean over 20 copies.  Shape of ``loud``.
    """
    rng = np.random.default_rng(seed)
    half = rng.choice([-1.0, 1.0], size=(200, 20, len(loud)))
    noise = np.stack([half, -half], axis=1).reshape(400, 20 * len(loud))
    noise = torch.tensor(noise * np.tile(loud, 20))
    make = maker("adamw" if decoupled else "adam", lr, weight_decay=strength)
    path = run(make, lambda x, t: noise[t].clone(), np.ones(20 * len(loud)), 400)
    left = path[-1].reshape(20, -1).mean(axis=0)
    return (1 - left ** (1 / 400)) / (lr * strength)


def loud_over_quiet(seed: int) -> dict[str, float]:
    """Pull on weights with noise 10 over the pull on weights with noise 1: L2 and decoupled."""
    found = {}
    for name, decoupled in (("l2", False), ("decoupled", True)):
        pull = pulls(np.array([1.0, 10.0]), seed, decoupled)
        found[name] = float(pull[1] / pull[0])
    return found


def hidden_two() -> float:
    """Autograd's gradient of lambda * sum(w^2) over torch's weight_decay term lambda * w."""
    w = torch.tensor([0.3, -2.0], dtype=torch.float64, requires_grad=True)
    (0.7 * (w**2).sum()).backward()
    step = run(maker("sgd", 1.0, weight_decay=0.7), told(np.zeros((1, 2))), [0.3, -2.0], 1)
    return float(w.grad[0] / (step[0] - step[1])[0])


def as_on_the_slide(
    gradients: np.ndarray, start: np.ndarray, lr: float, strength: float, fall: np.ndarray
) -> np.ndarray:
    """AdamW as a lecture prints it: x - fall * (lr * Adam's direction + strength * x).

    ``fall`` is the schedule's multiplier for each step.  Points, shape (steps + 1, n).
    """
    x = torch.tensor(start, requires_grad=True)
    optimizer = maker("adam", lr)([x])
    path = [start.copy()]
    for g, multiplier in zip(gradients, fall, strict=True):
        before = x.detach().clone()
        optimizer.param_groups[0]["lr"] = lr * float(multiplier)
        x.grad = torch.tensor(g)
        optimizer.step()
        x.data.sub_(float(multiplier) * strength * before)
        path.append(x.detach().numpy().copy())
    return np.array(path)


def slide_against_torch(lr: float = 1e-3, strength: float = 0.01) -> dict[str, float]:
    """The slide's AdamW against torch's, 200 steps, a rate that falls along a cosine.

    ``divided``: largest distance over the start's norm if torch gets ``strength / lr``.
    ``copied``: share of a weight that 200 steps without a gradient take away, torch's over the
    slide's, if torch gets ``strength`` itself.
    """
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=5), rng.normal(size=(STEPS, 5))
    fall = (1 + np.cos(np.pi * np.arange(STEPS) / STEPS)) / 2

    def torchs(weight_decay: float, gradients: np.ndarray) -> np.ndarray:
        make = maker("adamw", lr, weight_decay=weight_decay)
        return run(make, told(gradients), start, STEPS, rates=lr * fall)

    printed = as_on_the_slide(gradients, start, lr, strength, fall)
    gap = np.linalg.norm(printed - torchs(strength / lr, gradients), axis=1).max()
    none = np.zeros_like(gradients)
    lost = [
        1 - path[-1, 0] / start[0]
        for path in (torchs(strength, none), as_on_the_slide(none, start, lr, strength, fall))
    ]
    return {"divided": float(gap / np.linalg.norm(start)), "copied": float(lost[0] / lost[1])}
