"""Chapter 4's experiments: adaptive methods on bowls, on made-up gradients and on the digits.

The rules are those of ``adaptive_rules.py``; the rows of the chapter's table are in
``adaptive_methods.py``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from scipy.signal import lfilter
from scipy.stats import ortho_group

from claims.adaptive_rules import (
    BETA1,
    BETA2,
    RHO,
    as_rule,
    bowl,
    maker,
    rates_along,
    run,
    steps_under,
    told,
)
from cs231n_lib.data import load_digits_split
from cs231n_lib.probes import traits

SEEDS = (0, 1, 2, 3, 4)


# --- ravines ------------------------------------------------------------------------


def random_bowl(seed: int, turned: bool = False, size: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """A matrix of condition 100, along the axes or turned at random, and a start."""
    rng = np.random.default_rng(seed)
    inner = 100.0 ** -rng.uniform(0, 1, size - 2)
    curvature = np.sort(np.concatenate([[0.01, 1.0], inner]))
    start = rng.choice([-1.0, 1.0], size) * rng.uniform(0.5, 1.5, size)
    if not turned:
        return np.diag(curvature), start
    axes = ortho_group.rvs(size, random_state=rng)
    return axes @ np.diag(curvature) @ axes.T, axes @ start


def rate_ratio(seed: int) -> float:
    """AdaGrad's rate along the flattest axis over that along the steepest, after 50 steps."""
    matrix, start = random_bowl(seed)
    rates = rates_along(maker("adagrad", 0.5), bowl(matrix), start, 50)
    return float(rates[-1, 0] / rates[-1, -1])


def steps_to(path: np.ndarray, tolerance: float = 1e-2) -> int:
    """Steps after which the distance to 0 stays below ``tolerance`` times the first."""
    distance = np.linalg.norm(path, axis=-1)
    return int(np.flatnonzero(distance > tolerance * distance[0])[-1]) + 1


def adagrad_speedup(seed: int, turned: bool = False) -> float:
    """Steps of gradient descent at its best rate over AdaGrad's at its best of 6 rates."""
    matrix, start = random_bowl(seed, turned)
    plain = run(maker("sgd", 2 / 1.01), bowl(matrix), start, 600)
    tried = [run(maker("adagrad", lr), bowl(matrix), start, 600) for lr in RATES_ON_BOWLS]
    return steps_to(plain) / min(steps_to(path) for path in tried)


RATES_ON_BOWLS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)


# --- the length of steps ------------------------------------------------------------


def step_exponent(seed: int, name: str = "adagrad") -> float:
    """Power of t by which the typical step falls under noise, between t = 100 and 3,000."""
    noise = np.random.default_rng(seed).normal(size=(3000, 50))
    typical = np.sqrt(np.mean(steps_under(maker(name, 1.0), noise) ** 2, axis=1))
    t = np.arange(100, 3001)
    return float(np.polyfit(np.log(t), np.log(typical[99:]), 1)[0])


def rate_without_noise(seed: int) -> float:
    """AdaGrad's rates after 3,000 steps over those after 300, on a bowl without noise."""
    matrix, start = random_bowl(seed)
    rates = rates_along(maker("adagrad", 0.5), bowl(matrix), start, 3000)
    return float(np.mean(rates[-1] / rates[299]))


def walked_later() -> float:
    """AdaGrad on a constant slope: distance in steps 1,001 to 4,000 over the first 1,000."""
    lengths = np.abs(steps_under(maker("adagrad", 1.0), np.ones((4000, 1))))
    return float(lengths[1000:].sum() / lengths[:1000].sum())


def stormy(seed: int, steps: int = 1500, storm: int = 20, size: int = 50) -> np.ndarray:
    """Noise of deviation 1, and 100 times that in the first ``storm`` steps."""
    noise = np.random.default_rng(seed).normal(size=(steps, size))
    noise[:storm] *= 100
    return noise


def after_storm(seed: int) -> float:
    """RMSProp's typical step over AdaGrad's, 1,400 to 1,500 steps after a storm."""
    typical = [
        np.sqrt(np.mean(steps_under(maker(name, 1.0), stormy(seed))[-100:] ** 2))
        for name in ("rmsprop", "adagrad")
    ]
    return float(typical[0] / typical[1])


# --- bias correction ----------------------------------------------------------------


def excess(t: np.ndarray | float, beta1: float = BETA1, beta2: float = BETA2) -> np.ndarray:
    """Uncorrected over corrected step number t: (1 - beta1^t) / sqrt(1 - beta2^t)."""
    return (1 - beta1 ** np.asarray(t)) / np.sqrt(1 - beta2 ** np.asarray(t))


def first_step_ratio(seed: int) -> float:
    """First step of Adam without correction over Adam's, under a random gradient."""
    g = np.random.default_rng(seed).normal(size=(1, 20))
    two = [np.linalg.norm(steps_under(maker(name, 1e-3), g)) for name in ("almost", "adam")]
    return float(two[0] / two[1])


def longest_excess(seed: int) -> float:
    """Largest ratio of the two rules' steps in the first 100, under the same noise."""
    g = np.random.default_rng(seed).normal(size=(100, 20))
    two = [np.linalg.norm(steps_under(maker(n, 1e-3), g), axis=1) for n in ("almost", "adam")]
    return float(np.max(two[0] / two[1]))


def last_biased_step(gap: float = 0.05) -> int:
    """Last step at which the two rules' steps differ by more than ``gap``."""
    t = np.arange(1, 20_001)
    return int(t[np.abs(excess(t) - 1) > gap][-1])


# --- weight decay -------------------------------------------------------------------


@cache
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
    noise = torch.tensor(0.3 * rng.normal(size=(200, 5)))
    c, goal = torch.tensor(curvature), torch.tensor(target)
    paths = []
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
        for t in range(200):
            x.grad = c * (x.detach() - goal) + noise[t] + penalty * x.detach()
            if not coupled:
                x.data.mul_(1 - lr * strength)
            optimizer.step()
            path.append(x.detach().numpy().copy())
        paths.append(np.array(path))
    return float(np.linalg.norm(paths[0] - paths[1], axis=1).max() / np.linalg.norm(start))


def pulls(
    loud: np.ndarray, seed: int, decoupled: bool, strength: float = 0.1, lr: float = 1e-3
) -> np.ndarray:
    """Share of a weight of 1 lost per step, over lr * strength, under noise of sizes ``loud``.

    The noise comes in pairs g, -g in random order, so that it moves the weight nowhere;
    400 steps, the mean over 20 copies.
    """
    rng = np.random.default_rng(seed)
    half = rng.choice([-1.0, 1.0], size=(200, 20, len(loud)))
    noise = np.stack([half, -half], axis=1).reshape(400, 20 * len(loud))
    noise = torch.tensor(noise * np.tile(loud, 20))
    make = maker("adamw" if decoupled else "adam", lr, weight_decay=strength)
    path = run(make, lambda x, t: noise[t].clone(), np.ones(20 * len(loud)), 400)
    left = path[-1].reshape(20, -1).mean(axis=0)
    return (1 - left ** (1 / 400)) / (lr * strength)


def loud_over_quiet(seed: int, decoupled: bool = False) -> float:
    """Pull on weights with noise 10 over the pull on weights with noise 1."""
    pull = pulls(np.array([1.0, 10.0]), seed, decoupled)
    return float(pull[1] / pull[0])


def hidden_two() -> float:
    """Autograd's gradient of lambda * sum(w^2) over torch's weight_decay term lambda * w."""
    w = torch.tensor([0.3, -2.0], dtype=torch.float64, requires_grad=True)
    (0.7 * (w**2).sum()).backward()
    step = run(maker("sgd", 1.0, weight_decay=0.7), told(np.zeros((1, 2))), [0.3, -2.0], 1)
    return float(w.grad[0] / (step[0] - step[1])[0])


# --- where the rules break, and errata ----------------------------------------------


@cache
def rare(seed: int, beta2: float, amsgrad: bool = False, steps: int = 4000) -> np.ndarray:
    """Adam on [-1, 1] under the slope 300 in one step of 100, at random, and else -1.

    The mean slope is +2.01, so the minimum is at -1.  Ten copies, start 0, rate 0.01.
    Returns the mean point of the copies after each step.
    """
    rng = np.random.default_rng(seed)
    slopes = np.where(rng.random((steps, 10)) < 0.01, 300.0, -1.0)
    make = maker("adam", 0.01, betas=(BETA1, beta2), amsgrad=amsgrad)
    return run(make, told(slopes), np.zeros(10), steps, box=1.0).mean(axis=1)


def rootless_ratio(seed: int, root: bool = False) -> float:
    """RMSProp's step when all gradients are 100 times as large, over the step before.

    Without ``root`` the mean of squares itself divides, as a lecture prints it.
    """
    g = np.random.default_rng(seed).normal(size=500)
    steps = []
    for scale in (1.0, 100.0):
        mean = lfilter([0.01], [1, -0.99], (scale * g) ** 2)
        steps.append(scale * g[-1] / (np.sqrt(mean[-1]) if root else mean[-1]))
    return float(steps[1] / steps[0])


@cache
def floor(
    name: str, lr: float, seed: int, sigma: float = 1.0, steps: int = 3000, decay: bool = False
) -> np.ndarray:
    """Root mean square distance to the minimum of x^2 / 2 under noise, after each step.

    200 copies from x = 1; ``decay`` lets the rate fall to zero along half a cosine.
    """
    noise = torch.tensor(sigma * np.random.default_rng(seed).normal(size=(steps, 200)))
    rates = lr * (1 + np.cos(np.pi * np.arange(steps) / steps)) / 2 if decay else None
    path = run(maker(name, lr), lambda x, t: x + noise[t], np.ones(200), steps, rates=rates)
    return np.sqrt(np.mean(path**2, axis=1))


# The traits as a lecture prints them: first moments, second, leaky, bias correction.
TABLE = {
    "sgd": (False, False, False, False),
    "momentum": (True, False, False, False),
    "nesterov": (True, False, False, False),
    "adagrad": (False, True, False, False),
    "rmsprop": (False, True, True, False),
    "adam": (True, True, True, True),
}


# --- the digits ---------------------------------------------------------------------

_digits = cache(load_digits_split)  # reading the file costs as much as the training


@cache
def digits(
    name: str,
    lr: float,
    seed: int,
    steps: int = 150,
    *,
    batch: int = 64,
    beta2: float = BETA2,
    cosine: bool = False,
) -> tuple[float, float]:
    """Training loss and test accuracy of a 64-32-10 net after ``steps`` minibatches."""
    torch.manual_seed(seed)
    parts = _digits(seed)
    X, y, X_test, y_test = (torch.from_numpy(parts[i]) for i in (0, 1, -2, -1))
    net = torch.nn.Sequential(
        torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
    ).double()
    options = {"betas": (BETA1, beta2)} if "adam" in name else {}
    optimizer = maker(name, lr, **options)(list(net.parameters()))
    order = torch.Generator().manual_seed(seed)
    for t in range(steps):
        if cosine:
            optimizer.param_groups[0]["lr"] = lr * (1 + np.cos(np.pi * t / steps)) / 2
        rows = torch.randint(len(y), (batch,), generator=order)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(net(X), y).item()
        right = (net(X_test).argmax(1) == y_test).double().mean().item()
    return loss, right


GRID = {
    "sgd": (0.03, 0.1, 0.3, 1.0, 3.0),
    "momentum": (0.01, 0.03, 0.1, 0.3, 1.0),
    "adagrad": (0.01, 0.03, 0.1, 0.3),
    "rmsprop": (0.001, 0.003, 0.01, 0.03, 0.1),
    "adam": (0.001, 0.003, 0.01, 0.03, 0.1),
}


def best_loss(name: str, seed: int) -> float:
    """Training loss at the best rate of that rule's grid."""
    return min(digits(name, lr, seed)[0] for lr in GRID[name])


def adagrad_over_rmsprop(seed: int) -> float:
    """Training loss on the digits: AdaGrad's over RMSProp's, each at its best rate."""
    return best_loss("adagrad", seed) / best_loss("rmsprop", seed)


def shorter_memory(seed: int) -> float:
    """Adam's training loss with beta2 0.995 over that with 0.999, at the rate 0.01."""
    return digits("adam", 0.01, seed, beta2=0.995)[0] / digits("adam", 0.01, seed)[0]


def decayed_over_constant(seed: int) -> float:
    """Adam's training loss, batches of 8, cosine over constant, each at its best rate."""
    decayed, constant = (
        min(digits("adam", lr, seed, 300, batch=8, cosine=cosine)[0] for lr in (0.003, 0.01, 0.03))
        for cosine in (True, False)
    )
    return decayed / constant


def floor_ratio(seed: int) -> float:
    """Adam's distance to a noisy minimum with a cosine schedule over that at rate 0.1."""
    constant = np.mean(floor("adam", 0.1, seed)[-300:])
    return float(floor("adam", 0.1, seed, decay=True)[-1] / constant)


def confirmed_traits() -> float:
    """Share of the 24 entries of ``TABLE`` that the probes find in torch's rules."""
    found = (traits(as_rule(name)).values() for name in TABLE)
    agree = [
        f == s
        for row, said in zip(found, TABLE.values(), strict=True)
        for f, s in zip(row, said, strict=True)
    ]
    return float(np.mean(agree))
