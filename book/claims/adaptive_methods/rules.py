"""The update rules of ``torch.optim``, driven by gradients that an experiment chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

BETA1, BETA2, RHO = 0.9, 0.999, 0.9
Maker = Callable[[list[torch.Tensor]], torch.optim.Optimizer]
Gradient = Callable[[torch.Tensor, int], torch.Tensor]


def almost(params: Iterable[torch.Tensor], **options: Any) -> torch.optim.Adam:
    """Adam without bias correction: told that it has already taken a billion steps."""
    optimizer = torch.optim.Adam(params, **options)
    for p in optimizer.param_groups[0]["params"]:
        optimizer.state[p] = {
            "step": torch.tensor(1e9),
            "exp_avg": torch.zeros_like(p),
            "exp_avg_sq": torch.zeros_like(p),
        }
    return optimizer


class Windowed(torch.optim.Optimizer):
    """RMSProp with the plain mean of the last ``window`` squares in the place of the leaky one."""

    def __init__(
        self, params: Iterable[torch.Tensor], lr: float, window: int = 100, eps: float = 1e-8
    ) -> None:
        super().__init__(params, {"lr": lr, "window": window, "eps": eps})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Move every parameter by its gradient; ``closure`` is not called."""
        for group in self.param_groups:
            for p in group["params"]:
                state, window = self.state[p], group["window"]
                if not state:
                    state["squares"] = torch.zeros(window, *p.shape, dtype=p.dtype)
                    state["sum"], state["step"] = torch.zeros_like(p), 0
                kept = state["squares"][state["step"] % window]
                state["sum"] -= kept
                kept.copy_(p.grad**2)
                state["sum"] += kept
                state["step"] += 1
                mean = state["sum"].clamp(min=0) / min(state["step"], window)
                p -= group["lr"] * p.grad / (mean.sqrt() + group["eps"])


_RULES: dict[str, tuple[Callable[..., torch.optim.Optimizer], dict[str, Any]]] = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": RHO}),
    "nesterov": (torch.optim.SGD, {"momentum": RHO, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {"eps": 1e-8}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "window": (Windowed, {}),
    "adadelta": (torch.optim.Adadelta, {"rho": 0.95}),
    "almost": (almost, {}),
    "adam": (torch.optim.Adam, {}),
    "nadam": (torch.optim.NAdam, {"momentum_decay": 1e9}),  # its schedule of beta1 is over
    "adamw": (torch.optim.AdamW, {}),
}


def maker(name: str, lr: float, **options: Any) -> Maker:
    """A function from parameters to the optimizer of that name."""
    rule, defaults = _RULES[name]
    return partial(rule, **(defaults | {"lr": lr} | options))


def second_moment(optimizer: torch.optim.Optimizer) -> np.ndarray:
    """What the optimizer divides by, squared: sum, mean or corrected mean of squares."""
    group = optimizer.param_groups[0]
    state = optimizer.state[group["params"][0]]
    if "exp_avg_sq" in state:
        return (state["exp_avg_sq"] / (1 - group["betas"][1] ** state["step"].item())).numpy()
    return state.get("sum", state.get("square_avg")).numpy().copy()


def run(
    make: Maker,
    gradient: Gradient,
    start: Sequence[float] | np.ndarray,
    steps: int,
    *,
    rates: np.ndarray | None = None,
    box: float | None = None,
    seen: list[np.ndarray] | None = None,
) -> np.ndarray:
    """Points visited, shape (steps + 1, n).

    ``rates`` gives a learning rate for each step, ``box`` clips the point to [-box, box];
    to ``seen`` the second moments after each step are appended.
    """
    x = torch.tensor(np.asarray(start), dtype=torch.float64, requires_grad=True)
    optimizer = make([x])
    path = [x.detach().numpy().copy()]
    for t in range(steps):
        if rates is not None:
            optimizer.param_groups[0]["lr"] = float(rates[t])
        x.grad = gradient(x.detach(), t)
        optimizer.step()
        if box is not None:
            x.data.clamp_(-box, box)
        path.append(x.detach().numpy().copy())
        if seen is not None:
            seen.append(second_moment(optimizer))
    return np.array(path)


def rates_along(
    make: Maker, gradient: Gradient, start: Sequence[float] | np.ndarray, steps: int
) -> np.ndarray:
    """Each coordinate's rate at each step, shape (steps, n): that of the rule over the root.

    It is the factor between the gradient (in Adam: the corrected mean of gradients) and the
    step.
    """
    seen: list[np.ndarray] = []
    run(make, gradient, start, steps, seen=seen)
    group = make([torch.zeros(1)]).param_groups[0]
    return group["lr"] / (np.sqrt(np.array(seen)) + group["eps"])


def bowl(curvature: Sequence[float] | np.ndarray) -> Gradient:
    """Gradient of ``sum(curvature * x**2) / 2``, or of ``x A x / 2`` for a symmetric matrix.

    The last axis of ``x`` counts the coordinates; any before it count points.
    """
    c = torch.tensor(np.asarray(curvature), dtype=torch.float64)
    return (lambda x, t: x @ c) if c.ndim == 2 else (lambda x, t: c * x)


def told(gradients: np.ndarray) -> Gradient:
    """Gradients that do not depend on the point: row t at step t."""
    g = torch.tensor(np.asarray(gradients), dtype=torch.float64)
    return lambda x, t: g[t].clone()


def steps_under(make: Maker, gradients: np.ndarray) -> np.ndarray:
    """Displacements at each step under the given gradients, shape (steps, n)."""
    gradients = np.asarray(gradients, dtype=float)
    path = run(make, told(gradients), np.zeros(gradients.shape[1]), len(gradients))
    return np.diff(path, axis=0)


class SideBySide:
    """One rule for many runs at once, each of which has a learning rate of its own.

    The optimizer moves a stand-in that is zero before every step, at the rate 1.  What it moves
    by, times a run's rate, is that run's step: the rate multiplies the step of every rule here,
    and no rule here looks at the weights.
    """

    def __init__(self, name: str, shape: Sequence[int], **options: Any) -> None:
        self.x = torch.zeros(*shape, dtype=torch.float64, requires_grad=True)
        self.optimizer = maker(name, 1.0, **options)([self.x])

    def step(self, gradient: torch.Tensor) -> torch.Tensor:
        """The displacement at the rate 1 under a gradient of the stand-in's shape."""
        self.x.data.zero_()
        self.x.grad = gradient
        self.optimizer.step()
        return self.x.detach()


def paths(
    name: str,
    rates: Sequence[float],
    gradient: Gradient,
    start: Sequence[float] | np.ndarray,
    steps: int,
    *,
    fall: np.ndarray | None = None,
    **options: Any,
) -> np.ndarray:
    """Points visited at each of several rates, shape (steps + 1, rates, *start's shape).

    ``fall`` multiplies all rates by a number for each step.  ``gradient`` gets all points at
    once.  A run that diverges ends in infinities or nan.
    """
    begin = torch.tensor(np.asarray(start), dtype=torch.float64)
    x = begin.expand(len(rates), *begin.shape).clone()
    scale = torch.tensor(rates, dtype=torch.float64).reshape(-1, *[1] * begin.ndim)
    rule = SideBySide(name, x.shape, **options)
    path = [x.numpy().copy()]
    for t in range(steps):
        x += (scale if fall is None else scale * float(fall[t])) * rule.step(gradient(x, t))
        path.append(x.numpy().copy())
    return np.array(path)


def cosine(steps: int) -> np.ndarray:
    """Half a cosine from 1 at the first of ``steps`` steps towards 0."""
    return (1 + np.cos(np.pi * np.arange(steps) / steps)) / 2


def as_rule(name: str) -> Callable[..., tuple[np.ndarray, dict[str, Any]]]:
    """The optimizer as ``next_w, config = update(w, dw, config)``, for the probes."""

    def update(
        w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        config = dict(config or {})
        if "optimizer" not in config:
            options: dict[str, Any] = {}
            if "beta2" in config and name in ("almost", "adam", "nadam", "adamw"):
                options = {"betas": (BETA1, config["beta2"])}
            if "decay_rate" in config and name in ("rmsprop", "adadelta"):
                options = {"alpha" if name == "rmsprop" else "rho": config["decay_rate"]}
            parameter = torch.tensor(w, dtype=torch.float64, requires_grad=True)
            config["optimizer"] = maker(name, 0.1, **options)([parameter])
        x = config["optimizer"].param_groups[0]["params"][0]
        x.data.copy_(torch.tensor(w))
        x.grad = torch.tensor(dw, dtype=torch.float64)
        config["optimizer"].step()
        return x.detach().numpy().copy(), config

    return update
