"""Chapter 2's experiments on bowls, saddles and noise: each gives the numbers of one seed."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import spearmanr
from torch.func import functional_call, grad, vmap

from claims.digits import digits
from claims.gradient_descent.bowls import exact_path, sign_changes, steps_of_excess, steps_to
from claims.gradient_descent.noise import SIZES, TARGETS, batch_noise, floor, noisy_descent
from claims.gradient_descent.noise import relative_noise as _relative_noise
from claims.gradient_descent.saddles import critical_points as _critical_points
from claims.gradient_descent.saddles import share_of_saddles, steps_off_the_axis

Numbers = dict[str, float]
Lists = dict[str, float | list[float]]


def ravine(seed: int) -> Numbers:
    """A random bowl of condition 100 to 1,000, at a tuned rate and at one without jitter.

    The tuned rate is the best of ten, each half of the one before; the first lies between the
    limit and half of it.  ``flips`` and ``calm flips``: sign changes per step along the steep
    direction over 60 steps, at the tuned rate and at 0.9 / (steep curvature).  ``left``: share of
    the flat distance that is left after 20 steps at the tuned rate.  ``price``: steps until 1 % of
    the distance is left, at the calm rate over those at the very best rate.
    """
    rng = np.random.default_rng(seed)
    kappa = 10 ** rng.uniform(2, 3)
    curvature = np.array([1.0, kappa])
    start = rng.uniform(0.5, 1.5, 2) * rng.choice([-1, 1], 2)
    rates = 2 / kappa * rng.uniform(0.5, 1) * 0.5 ** np.arange(10)
    rate = min(rates, key=lambda r: steps_to(exact_path(curvature, start, r, 10_000)))
    tuned, calm, best = (
        exact_path(curvature, start, r, 10_000) for r in (rate, 0.9 / kappa, 2 / (1 + kappa))
    )
    return {
        "flips": float(sign_changes(tuned[:61])[1]),
        "calm flips": float(sign_changes(calm[:61])[1]),
        "left": float(tuned[20, 0] / tuned[0, 0]),
        "price": steps_to(calm) / steps_to(best),
    }


def pixels(seed: int) -> Numbers:
    """Linear regression on the digits, pixels taken as they are, centred, or also scaled.

    Pixels with a deviation above 0.05 and a constant input predict the ten indicators of the
    class; so the three differ in their coordinates and in nothing else.  For each:
    ``condition`` of the Hessian, and ``steps`` of gradient descent from zero until 1 % of the
    loss above the minimum is left, at the best of twenty rates, evenly spaced up to
    ``2 / (lowest + highest eigenvalue)``; ``at the last rate``, with the highest of them.
    ``saved``: steps as they are over steps when scaled.
    """
    X, y = (part.numpy() for part in digits(seed)["training"])
    X = X[:, X.std(axis=0) > 0.05]
    centred = X - X.mean(axis=0)
    found: Numbers = {}
    for name, Z in (
        ("as they are", X),
        ("centred", centred),
        ("scaled", centred / centred.std(axis=0)),
    ):
        A = np.c_[Z, np.ones(len(Z))]
        values, vectors = np.linalg.eigh(A.T @ A / len(A))
        optimum = np.linalg.lstsq(A, np.eye(10)[y], rcond=None)[0]
        weight = ((vectors.T @ optimum) ** 2).sum(axis=1)
        rates = 2 / (values[0] + values[-1]) * np.arange(1, 21) / 20
        found[f"condition {name}"] = float(values[-1] / values[0])
        steps = [steps_of_excess(values, weight, r, 0.01) for r in rates]
        found[f"steps {name}"], found[f"at the last rate {name}"] = min(steps), steps[-1]
    found["saved"] = found["steps as they are"] / found["steps scaled"]
    return found


def stuck_at_saddles(seed: int, saddles: int = 200) -> Numbers:
    """Do starts at a random tiny distance (about 1e-8) from a saddle's axis stay there?

    Rate times negative curvature is drawn between 0.001 and 0.1, evenly in its logarithm.
    ``stuck``: share not left after 40,000 steps; ``median``: steps of the others.
    """
    rng = np.random.default_rng(seed)
    down, offset = 10 ** rng.uniform(-3, -1, saddles), 1e-8 * rng.normal(size=saddles)
    left = steps_off_the_axis(down, offset, 40_000)
    return {"stuck": float(np.isinf(left).mean()), "median": float(np.median(left))}


def stuck_in_minima(seed: int, valleys: int = 200) -> float:
    """Share of local minima that gradient descent has not left after 5,000 steps.

    Wavy valleys ``x^2 / 40 + h sin(2 x + phase)``, ``h`` between 0.3 and 0.6, have a minimum
    about every 3.  A start lies up to 0.5 to either side of one that is not the lowest; the rate
    is drawn between 0.05 and 0.5.
    """
    rng = np.random.default_rng(seed)
    h, phase = rng.uniform(0.3, 0.6, (valleys, 1)), rng.uniform(0, 2 * np.pi, (valleys, 1))
    rate = rng.uniform(0.05, 0.5, (valleys, 1))
    grid = np.linspace(-12, 12, 4801)
    f = grid**2 / 40 + h * np.sin(2 * grid + phase)
    inner = (f[:, 1:-1] < f[:, :-2]) & (f[:, 1:-1] < f[:, 2:])
    inner[np.arange(valleys), f[:, 1:-1].argmin(axis=1)] = False  # not the lowest
    bottom = np.array([[rng.choice(grid[1:-1][row])] for row in inner])
    x = bottom + rng.uniform(-0.5, 0.5, (valleys, 1))
    for _ in range(5000):
        x = x - rate * (x / 20 + 2 * h * np.cos(2 * x + phase))
    return float(np.mean(np.abs(x - bottom) < 0.5))


def random_hessians(seed: int, draws: int = 20_000) -> Lists:
    """Shares of random symmetric matrices of size 1 to 6 that are saddles, and minima."""
    shares = [share_of_saddles(d, seed, draws) for d in range(1, 7)]
    return {
        "saddles": [s for s, _ in shares],
        "minima": [m for _, m in shares],
        "saddles at 6": shares[5][0],
    }


def critical_points(seed: int) -> Lists:
    """Critical points of a small net: ``loss`` and ``index``, and what they have in common.

    ``correlation``: rank correlation of the two.  ``per minimum``: saddles for each minimum.
    """
    loss, index = _critical_points(seed)
    minima = int(np.sum(index == 0))
    return {
        "loss": list(loss),
        "index": list(index),
        "correlation": float(spearmanr(loss, index).statistic),
        "per minimum": (len(index) - minima) / minima if minima else np.inf,
    }


def noise_in_training(seed: int, batch: int = 64, steps: int = 1500) -> Numbers:
    """Error of a batch's gradient over the full gradient's length, on the way of training.

    A 64-32-10 ReLU net on the digits, batches of 64, rate 0.2; before the first step, after 150
    and after 1,500.
    """
    torch.manual_seed(seed)
    X, y = digits(seed)["training"]
    net = torch.nn.Sequential(
        torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
    ).double()

    def loss(weights: dict[str, torch.Tensor], x: torch.Tensor, label: torch.Tensor):
        return torch.nn.functional.cross_entropy(functional_call(net, weights, (x,)), label)

    def ratio() -> float:
        weights = {k: v.detach() for k, v in net.named_parameters()}
        each = vmap(grad(loss), in_dims=(None, 0, 0))(weights, X, y)
        return _relative_noise(torch.cat([g.flatten(1) for g in each.values()], 1), batch)

    optimiser = torch.optim.SGD(net.parameters(), lr=0.2)
    order = torch.Generator().manual_seed(seed)
    found = {"at the start": ratio()}
    for step in range(1, steps + 1):
        drawn = torch.randperm(len(y), generator=order)[:batch]
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(net(X[drawn]), y[drawn]).backward()
        optimiser.step()
        if step == 150:
            found["after 150"] = ratio()
    return found | {"at the end": ratio()}


def batch_size(seed: int) -> Lists:
    """Noise against batch size, 256 digits: ``exponent`` for small batches, ``half`` of the data.

    ``half`` is the noise at half of the data over what 1/B would say, the level being taken from
    the batches of 16 and less.
    """
    sizes, noise = np.array(SIZES), batch_noise(seed)
    small = sizes <= 16
    level = np.exp(np.mean(np.log(sizes[small] * noise[small])))
    return {
        "noise": list(noise),
        "exponent": float(np.polyfit(np.log(sizes[small]), np.log(noise[small]), 1)[0]),
        "half": float((noise * sizes / level)[sizes == 128][0]),
    }


def noise_floor(seed: int, rate: float = 0.1, batch: int = 4) -> Numbers:
    """Mean of x^2 long after the start, one coordinate of curvature 1, over the derived floor.

    ``independent``: batches drawn independently.  ``shuffled``: cut from a fresh shuffle in each
    epoch, mean over whole epochs; ``at ends of epochs``: the same, read there only.
    """
    epoch = TARGETS // batch
    free, cut = (
        noisy_descent(rate, batch, seed, steps=25 * epoch, epochs=e)[10 * epoch :]
        for e in (False, True)
    )
    derived = floor(rate, batch)
    return {
        "independent": float(free.mean() / derived),
        "shuffled": float(cut.mean() / derived),
        "at ends of epochs": float(cut[::epoch].mean() / derived),
    }
