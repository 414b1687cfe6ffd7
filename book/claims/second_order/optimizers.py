"""SGD and four kinds of L-BFGS on the digits net, by the number of example-gradients they use.

One epoch is as many gradients of single examples as there are examples, trial points of a line
search included.  Every run returns its :class:`Curve`: what the net was like after each epoch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
import torch
from scipy.optimize import minimize

from claims.digits import digits
from claims.second_order.net import Rows, batches, measures, start, value_and_slope
from claims.second_order.quasi import two_loop

PAIRS = 10
EPOCHS = 100
LOST = 1e4  # a loss far above log 10, that of a net that knows nothing


class Curve:
    """The net's measures after each epoch of example-gradients.

    Attributes:
        rows: one dict of :func:`claims.second_order.net.measures` per full epoch.
    """

    def __init__(self, seed: int, epochs: int) -> None:
        self.seed, self.examples = seed, len(digits(seed)["training"][1])
        self.used, self.budget = 0, epochs * self.examples
        self.rows: list[dict[str, float]] = []

    def spend(self, gradients: int) -> None:
        """Count gradients of single examples."""
        self.used += gradients

    def look(self, w: np.ndarray) -> bool:
        """Measure, once per epoch that has passed; whether the run may go on."""
        due = min(self.used, self.budget) // self.examples
        if due > len(self.rows):
            self.rows += [measures(w, self.seed)] * (due - len(self.rows))
        return self.used < self.budget and bool(np.isfinite(w).all())

    def finish(self, w: np.ndarray) -> Curve:
        """The run ended early: what is left of the budget changes nothing."""
        self.used = self.budget
        self.look(w)
        return self

    def losses(self, part: str = "training") -> np.ndarray:
        """One loss per epoch."""
        return np.array([row[part] for row in self.rows])

    @property
    def chosen(self) -> dict[str, float]:
        """The epoch whose validation loss is lowest: early stopping."""
        return min(self.rows, key=lambda row: row["validation"])


def sgd(seed: int, batch: int, lr: float, epochs: int = EPOCHS) -> Curve:
    """torch's SGD with momentum 0.9, a new minibatch at each step."""
    w = torch.from_numpy(start(seed)).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    curve = Curve(seed, epochs)
    for rows in batches(seed, batch):
        value, slope = value_and_slope(w.detach().numpy(), seed, rows)
        if not value < LOST:
            break
        w.grad = torch.from_numpy(slope)
        optimizer.step()
        curve.spend(min(batch, curve.examples))
        if not curve.look(w.detach().numpy()):
            break
    return curve.finish(w.detach().numpy())


def mixed(seed: int, batch: int, lr: float, epochs: int = EPOCHS) -> Curve:
    """torch's L-BFGS without a search: a pair compares gradients of two minibatches."""
    return _torch(seed, batch, epochs, lr=lr, max_iter=1, line_search_fn=None)


def searched(seed: int, batch: int, iterations: int, epochs: int = EPOCHS) -> Curve:
    """torch's L-BFGS with a strong Wolfe search, several iterations on each minibatch.

    Only the pairs across a change of minibatch are mixed.
    """
    return _torch(seed, batch, epochs, max_iter=iterations, line_search_fn="strong_wolfe")


def _torch(seed: int, batch: int, epochs: int, **settings: object) -> Curve:
    w = torch.from_numpy(start(seed)).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [w], history_size=PAIRS, tolerance_grad=0, tolerance_change=0, **settings
    )
    curve = Curve(seed, epochs)
    for rows in batches(seed, batch):

        def closure(rows: Rows = rows) -> torch.Tensor:
            value, slope = value_and_slope(w.detach().numpy(), seed, rows)
            w.grad = torch.from_numpy(slope)
            curve.spend(batch)
            return torch.tensor(value, dtype=torch.float64)

        if not optimizer.step(closure).item() < LOST or not curve.look(w.detach().numpy()):
            break
    return curve.finish(w.detach().numpy())


def paired(seed: int, batch: int, lr: float, epochs: int = EPOCHS) -> Curve:
    """L-BFGS without a search whose pairs compare two gradients on one and the same minibatch.

    Each step costs two gradients; the two loops are SciPy's, the first step is torch's.
    """
    w, curve = start(seed), Curve(seed, epochs)
    S, Y = deque[np.ndarray](maxlen=PAIRS), deque[np.ndarray](maxlen=PAIRS)
    for rows in batches(seed, batch):
        value, slope = value_and_slope(w, seed, rows)
        if not value < LOST:
            break
        if S:
            scale = float(S[-1] @ Y[-1] / (Y[-1] @ Y[-1]))
            step = -lr * two_loop(np.array(S), np.array(Y), slope, scale)
        else:
            step = -lr * min(1.0, 1 / np.abs(slope).sum()) * slope
        change = value_and_slope(w + step, seed, rows)[1] - slope
        if step @ change > 1e-10:
            S.append(step)
            Y.append(change)
        w = w + step
        curve.spend(2 * batch)
        if not curve.look(w):
            break
    return curve.finish(w)


def full(seed: int, memory: int = PAIRS, epochs: int = EPOCHS) -> Curve:
    """SciPy's L-BFGS-B on all examples: the best point so far after each evaluation."""
    curve = Curve(seed, epochs)
    best = [np.inf, start(seed)]

    def pair(w: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = value_and_slope(w, seed)
        if value < best[0]:
            best[:] = value, w.copy()
        curve.spend(curve.examples)
        curve.look(best[1])
        return value, slope

    options = {"maxfun": epochs, "maxiter": epochs, "maxcor": memory, "ftol": 0, "gtol": 0}
    minimize(pair, start(seed), jac=True, method="L-BFGS-B", options=options)
    return curve.finish(best[1])


def points(seed: int, steps: int) -> Iterator[np.ndarray]:
    """The points that SciPy's L-BFGS-B visits on all examples, the start first."""
    path = [start(seed)]
    options = {"maxfun": 10 * steps, "maxiter": steps, "maxcor": PAIRS, "ftol": 0, "gtol": 0}
    minimize(
        lambda w: value_and_slope(w, seed), path[0], jac=True, method="L-BFGS-B",
        options=options, callback=lambda w: path.append(w.copy()),
    )  # fmt: skip
    return iter(path)
