"""Chapter 5's experiments on the digits: L-BFGS on all examples, on minibatches, with dropout.

The net has 64 inputs, 16 tanh units and 10 outputs.  Budgets are counted in epochs: one
epoch is as many gradients of single examples as there are examples, trial points of a
line search included.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from scipy.optimize import minimize

from cs231n_lib.data import load_digits_split

HIDDEN = 16
SIZES = [64 * HIDDEN, HIDDEN, 10 * HIDDEN, 10]
EPOCHS = 30
RATES_SGD = (0.3, 1.0)
RATES_LBFGS = (0.03, 1.0)
BATCHES = (64, 256, 1348)


@cache
def digits() -> tuple[torch.Tensor, torch.Tensor]:
    """1,348 training images as rows of 64, and their labels."""
    X, y, _, _ = load_digits_split(0)
    return torch.from_numpy(X), torch.from_numpy(y)


def start(seed: int) -> torch.Tensor:
    """Weights with variance 1 / fan-in, biases zero, in one vector."""
    rng = np.random.default_rng(seed)
    w = rng.normal(size=sum(SIZES))
    scale = np.repeat([1 / 8, 0.0, HIDDEN**-0.5, 0.0], SIZES)
    return torch.from_numpy(scale * w)


def loss(
    w: torch.Tensor, rows: torch.Tensor | slice = slice(None), mask: torch.Tensor | float = 1.0
) -> torch.Tensor:
    """Mean cross-entropy on these examples; ``mask`` multiplies the hidden units."""
    X, y = digits()
    W1, b1, W2, b2 = torch.split(w, SIZES)
    hidden = torch.tanh(X[rows] @ W1.view(64, HIDDEN) + b1) * mask
    return torch.nn.functional.cross_entropy(hidden @ W2.view(HIDDEN, 10) + b2, y[rows])


def final(w: torch.Tensor) -> float:
    """Loss on all training examples; infinite for a run that has diverged."""
    with torch.no_grad():
        value = loss(w.detach()).item()
    return value if np.isfinite(value) else float("inf")


def batches(seed: int, size: int):
    """Random minibatches without end; everything, if the size says so."""
    count, generator = len(digits()[1]), torch.Generator().manual_seed(seed)
    while True:
        yield slice(None) if size >= count else torch.randperm(count, generator=generator)[:size]


@cache
def sgd(seed: int, batch: int, lr: float, epochs: int = EPOCHS) -> np.ndarray:
    """Training loss after each epoch of SGD with momentum 0.9."""
    w = start(seed).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    source, values = batches(seed, batch), []
    for _ in range(epochs):
        for _ in range(len(digits()[1]) // batch):
            optimizer.zero_grad()
            loss(w, next(source)).backward()
            optimizer.step()
        values.append(final(w))
    return np.array(values)


@cache
def lbfgs(seed: int, batch: int, lr: float, epochs: int = EPOCHS, search: bool = False) -> float:
    """Training loss after torch's L-BFGS, a new minibatch for every call of ``step``.

    Without ``search`` each step is ``lr`` times the direction, and a pair (s, y) compares
    gradients of two minibatches.  With it, each minibatch gets up to five iterations with
    a line search by the strong Wolfe conditions; only the pairs across a change are mixed.
    """
    w = start(seed).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [w], lr=lr, max_iter=5 if search else 1, max_eval=10, history_size=10,
        tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe" if search else None,
    )  # fmt: skip
    source, left = batches(seed, batch), epochs * len(digits()[1])
    while left > 0:
        rows = next(source)

        def closure(rows=rows) -> torch.Tensor:
            nonlocal left
            left -= batch
            optimizer.zero_grad()
            value = loss(w, rows)
            value.backward()
            return value

        # more than 1e4 is far above log 10, the loss of a net that knows nothing
        if not optimizer.step(closure).item() < 1e4:
            return float("inf")
    return final(w)


@cache
def oracle(seed: int, epochs: int = EPOCHS) -> np.ndarray:
    """Best training loss so far after each evaluation, by SciPy's L-BFGS-B on all examples."""
    values: list[float] = []

    def pair(x: np.ndarray) -> tuple[float, np.ndarray]:
        w = torch.tensor(x, requires_grad=True)
        value = loss(w)
        value.backward()
        values.append(value.item())
        return value.item(), w.grad.numpy()

    options = {"maxfun": epochs, "maxiter": epochs, "maxcor": 10, "ftol": 0, "gtol": 0}
    minimize(pair, start(seed).numpy(), jac=True, method="L-BFGS-B", options=options)
    return np.minimum.accumulate(values)[:epochs]


def best_sgd(seed: int, batch: int) -> float:
    """The best of two rates."""
    return float(min(sgd(seed, batch, lr)[-1] for lr in RATES_SGD))


def best_lbfgs(seed: int, batch: int) -> float:
    """The best of two rates without a line search, and of the run with one."""
    runs = [lbfgs(seed, batch, lr) for lr in RATES_LBFGS]
    return min([*runs, lbfgs(seed, batch, 1.0, search=True)])


def full_batch_ratio(seed: int) -> float:
    """SciPy's L-BFGS over the best full-batch SGD: training losses, equal evaluations."""
    return float(oracle(seed)[-1] / best_sgd(seed, len(digits()[1])))


def minibatch_ratio(seed: int, batch: int) -> float:
    """The best L-BFGS over the best SGD on minibatches of this size."""
    return best_lbfgs(seed, batch) / best_sgd(seed, batch)


# --- dropout --------------------------------------------------------------------------


def mask(generator: torch.Generator, keep: float = 0.8) -> torch.Tensor:
    """Inverted dropout: one mask for the hidden units of all examples of a call."""
    count = len(digits()[1])
    kept = torch.rand(count, HIDDEN, generator=generator, dtype=torch.float64) < keep
    return kept / keep


def dropout_pairs(seed: int, length: float, draws: int = 20) -> tuple[float, float]:
    """Error of y when the mask changes within a pair, over |y|; share of s.y <= 0.

    The step goes ``length`` down the gradient of the first mask's loss, from the start.
    """
    generator = torch.Generator().manual_seed(seed)
    w, errors, bad = start(seed), [], []

    def slope(at: torch.Tensor, m: torch.Tensor) -> torch.Tensor:
        return torch.func.grad(lambda v: loss(v, mask=m))(at)

    for _ in range(draws):
        first, second = mask(generator), mask(generator)
        here = slope(w, first)
        s = -length * here / here.norm()
        honest = slope(w + s, first) - here
        mixed = slope(w + s, second) - here
        errors.append(float((mixed - honest).norm() / honest.norm()))
        bad.append(float(s @ mixed) <= 0)
    return float(np.median(errors)), float(np.mean(bad))


def dropout_loss(w: torch.Tensor, masks: list[torch.Tensor]) -> float:
    """Mean loss over these masks."""
    with torch.no_grad():
        return float(np.mean([loss(w.detach(), mask=m).item() for m in masks]))


@cache
def dropout_run(seed: int, fixed: bool, evaluations: int = 100) -> tuple[float, int]:
    """SciPy's L-BFGS with one mask for the run, or a new one at each call.

    Returns the mean loss over 20 masks (the one fixed mask alone, if there is one) divided
    by that at the start, and the number of evaluations until SciPy stopped.
    """
    generator = torch.Generator().manual_seed(seed)
    held = mask(generator)

    def pair(x: np.ndarray) -> tuple[float, np.ndarray]:
        w = torch.tensor(x, requires_grad=True)
        value = loss(w, mask=held if fixed else mask(generator))
        value.backward()
        return value.item(), w.grad.numpy()

    options = {"maxfun": evaluations, "maxiter": evaluations, "ftol": 0, "gtol": 0}
    found = minimize(pair, start(seed).numpy(), jac=True, method="L-BFGS-B", options=options)
    judges = [held] if fixed else [mask(generator) for _ in range(20)]
    end = dropout_loss(torch.from_numpy(found.x), judges)
    return end / dropout_loss(start(seed), judges), int(found.nfev)


@cache
def dropout_sgd(seed: int, lr: float = 1.0, steps: int = EPOCHS) -> float:
    """The same measure for full-batch SGD with momentum and a new mask at each step."""
    generator = torch.Generator().manual_seed(seed)
    w = start(seed).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(w, mask=mask(generator)).backward()
        optimizer.step()
    judges = [mask(generator) for _ in range(20)]
    return dropout_loss(w, judges) / dropout_loss(start(seed), judges)
