"""The figures that stand in a page where no JavaScript brings them to life.

The rules and schedules are those of PyTorch, through the experiments of the claims: no
answer to an exercise may stand here.
"""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from claims.adaptive_methods.rules import bowl, maker, rates_along, run
from claims.momentum.quadratics import step_matrices, trajectory
from claims.schedules.rates import schedule as multipliers
from figures import METHODS

SIZE = (6.4, 3.8)


def _axes(x: str, y: str) -> tuple[Any, Any]:
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    axes.set(xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


RAVINE, START = bowl([1.0, 25.0]), (-2.8, 1.2)  # as the race begins


def race(rate: float = 0.02, steps: int = 80) -> Any:
    """Gradient descent and momentum in a ravine 25 times as steep across as along."""
    figure, axes = _axes("first parameter", "second parameter")
    x, y = np.meshgrid(np.linspace(-3.2, 3.2, 200), np.linspace(-1.8, 1.8, 120))
    levels = [0.05, 0.2, 0.5, 1, 2, 4, 8, 16, 32]
    axes.contour(x, y, (x**2 + 25 * y**2) / 2, levels, colors="#BBBBBB", linewidths=1)
    for rule, colour, name in (
        ("sgd", METHODS["SGD"], "SGD"),
        ("momentum", METHODS["momentum"], "momentum"),
    ):
        axes.plot(*run(maker(rule, rate), RAVINE, START, steps).T, color=colour, label=name)
    axes.legend(frameon=False)
    return figure


def effective_rates(rate: float = 0.1, steps: int = 80) -> Any:
    """AdaGrad's and RMSProp's rate for each coordinate of the same ravine."""
    figure, axes = _axes("steps", "effective rate (second coordinate: thin)")
    for name, colour in (("AdaGrad", METHODS["AdaGrad"]), ("RMSProp", METHODS["RMSProp"])):
        flat, steep = rates_along(maker(name.lower(), rate), RAVINE, START, steps).T
        axes.semilogy(flat, color=colour, label=name)
        axes.semilogy(steep, color=colour, linewidth=0.7)
    axes.legend(frameon=False)
    return figure


def newton(x: float = 1.6, rate: float = 0.03) -> Any:
    """A gradient step and Newton's on the quadratic model of (x^2 - 1)^2."""
    figure, axes = _axes("x", "f(x)")
    z = np.linspace(-2, 2, 201)
    f, d, h = (x**2 - 1) ** 2, 4 * x * (x**2 - 1), 12 * x**2 - 4
    axes.plot(z, (z**2 - 1) ** 2, color="black", label="f")
    axes.plot(z, f + d * (z - x) + h * (z - x) ** 2 / 2, "--", color="#009E73", label="its model")
    steps = {"gradient": (x - rate * d, "s", "SGD"), "Newton": (x - d / h, "o", "Newton")}
    for name, (to, mark, method) in steps.items():
        axes.plot(to, (to**2 - 1) ** 2, mark, color=METHODS[method], label=name)
    axes.plot(x, f, "o", color="black", fillstyle="none", markersize=9)
    axes.set_ylim(-1, 4)
    axes.legend(frameon=False)
    return figure


def schedule(lr: float = 1.0, total: int = 300) -> Any:
    """Four of the schedules that the designer offers."""
    figure, axes = _axes("steps", "rate")
    for name, style in (("constant", "-"), ("step", ":"), ("linear", "--"), ("cosine", "-.")):
        axes.plot(lr * multipliers(name, total), style, label=name)
    axes.legend(frameon=False)
    return figure


def oscillator(rate: float = 0.02, momentum: float = 0.9, steps: int = 120) -> Any:
    """Velocity against position of momentum on x^2 / 2; a swing without friction is a circle."""
    figure, axes = _axes("position x", "velocity v / √(αλ)")
    path = trajectory(step_matrices(np.array(1.0), rate, momentum), np.array([1.0, 0.0]), steps)
    axes.plot(path[:, 0], path[:, 1] / np.sqrt(rate), "o-", color="#0072B2", markersize=3)
    return figure


def gradient_check(x: float = 1.0) -> Any:
    """Relative error of two difference quotients of exp by their step."""
    figure, axes = _axes("step h", "relative error")
    h = 10.0 ** np.arange(-14, 0.01, 0.05)
    for name, style, colour, rise in (
        ("centred", "-", "#0072B2", (np.exp(x + h) - np.exp(x - h)) / (2 * h)),
        ("forward", "--", "#C04A00", (np.exp(x + h) - np.exp(x)) / h),
    ):
        error = np.abs(rise - np.exp(x)) / np.exp(x)
        axes.loglog(h, np.maximum(error, 1e-14), style, color=colour, label=name)
    axes.legend(frameon=False)
    return figure
