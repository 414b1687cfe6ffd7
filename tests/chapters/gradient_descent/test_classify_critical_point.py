"""`classify_critical_point`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.gradient_descent.classify_critical_point import classify_critical_point
from tests.chapters.gradient_descent.oracles import earned

RNG = np.random.default_rng


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([[2, 1], [1, 2]], "minimum"),  # 1 and 3
        ([[-2, 1], [1, -2]], "maximum"),  # -3 and -1
        ([[1, 2], [2, 1]], "saddle"),  # 3 and -1
        ([[1, 1], [1, 1]], "degenerate"),  # 0 and 2
        ([[-1, 1], [1, -1]], "degenerate"),  # -2 and 0
        ([[0, 0], [0, 0]], "degenerate"),
        ([[1, 0, 0], [0, 0, 0], [0, 0, -1]], "saddle"),
    ],
)
def test_critical_points_by_hand(rows, kind):
    assert classify_critical_point(np.array(rows, dtype=float)) == kind


def test_the_tolerance_decides_what_is_zero():
    H = np.diag([1.0, -1e-4])
    assert classify_critical_point(H) == "saddle"
    assert classify_critical_point(H, tol=1e-3) == "degenerate"


def test_kinds_against_hessians_by_autograd_and_a_look_around():
    """Brute force: compare the function on a small sphere with its value at the centre."""
    surfaces = {
        "minimum": lambda v: v[0] ** 2 + v[0] * v[1] + v[1] ** 2 + v[2] ** 2 * (1 + v[0]),
        "maximum": lambda v: torch.cos(v[0]) + torch.cos(v[1] - v[0]) - v[2] ** 2,
        "saddle": lambda v: v[0] * v[1] + 2 * v[2] ** 2,
    }
    ball = torch.tensor(RNG(6).normal(size=(400, 3)))
    ball = 1e-2 * ball / ball.norm(dim=1, keepdim=True)
    centre = torch.zeros(3, dtype=torch.float64)
    for kind, f in surfaces.items():
        H = torch.autograd.functional.hessian(f, centre).numpy()
        assert classify_critical_point(H) == kind
        rise = np.array([float(f(v) - f(centre)) for v in ball])
        seen = "minimum" if np.all(rise > 0) else "maximum" if np.all(rise < 0) else "saddle"
        assert seen == kind


@pytest.mark.parametrize("kind", ["minimum", "maximum", "saddle", "degenerate"])
def test_a_constant_answer_earns_nothing(kind):
    points = earned("classify_critical_point", lambda H, tol=1e-8: kind)
    assert set(points.values()) == {0}
