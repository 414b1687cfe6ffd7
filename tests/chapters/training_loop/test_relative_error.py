"""`relative_error`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from solutions.training_loop.relative_error import relative_error

RNG = np.random.default_rng


@pytest.mark.parametrize(
    ("x", "y", "want"),
    [
        ([3.0], [2.0], 0.2),  # 1 / 5
        ([100.0, -1.0], [101.0, -3.0], 0.5),  # 1/201 and 2/4
        ([1.0], [-1.0], 1.0),  # opposite signs: always 1
        ([0.0, 1.0], [0.0, 1.0], 0.0),  # 0 / 1e-8
        ([2e-9], [0.0], 0.2),  # 2e-9 / 1e-8, not 1
    ],
)
def test_relative_error_by_hand(x, y, want):
    assert relative_error(np.array(x), np.array(y)) == pytest.approx(want, rel=1e-14, abs=0)


def test_relative_error_against_loops_and_its_symmetries():
    rng = RNG(10)
    x = rng.normal(size=(3, 4))
    y = x + 0.1 * rng.normal(size=(3, 4))
    worst = max(
        abs(a - b) / max(1e-8, abs(a) + abs(b)) for a, b in zip(x.ravel(), y.ravel(), strict=True)
    )
    assert relative_error(x, y) == pytest.approx(worst, rel=1e-14)
    assert relative_error(y, x) == relative_error(x, y)
    assert relative_error(-8 * x, -8 * y) == pytest.approx(worst, rel=1e-14)
