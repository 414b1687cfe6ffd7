"""`backtracking_line_search`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from solutions.second_order.backtracking_line_search import backtracking_line_search
from tests.chapters.second_order.oracles import positive, rosenbrock

RNG = np.random.default_rng


def test_search_by_hand():
    """f = x^2 from x = 1 along p = -2, gradient 2, so the slope is -4.

    a = 1 leads to f = 1, above 1 - 0.0004; a = 1/2 leads to f = 0, below it. With c = 1/2
    a = 1/2 is exactly on the line (0 <= 1 - 1); with c = 0.6 it takes a = 1/4: 0.25 <= 0.4.
    """
    x, p, g = np.ones(1), np.full(1, -2.0), np.full(1, 2.0)

    def search(**options):
        return backtracking_line_search(lambda z: float(z @ z), x, p, g, **options)

    assert search() == 0.5
    assert search(c=0.5) == 0.5
    assert search(c=0.6) == 0.25


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("c", [1e-4, 0.3])
def test_search_meets_armijos_condition_and_the_step_before_does_not(seed, c):
    rng = RNG(seed)
    x = rng.normal(size=4)
    f, g = rosenbrock(x)
    p = -positive(rng, 4) @ g

    def enough(a: float) -> bool:
        return rosenbrock(x + a * p)[0] <= f + c * a * (g @ p)

    a = backtracking_line_search(lambda z: rosenbrock(z)[0], x, p, g, c=c)
    assert 0 < a < 1 and enough(a) and not enough(2 * a)
    assert not any(enough(0.5**k) for k in range(int(-np.log2(a))))


def test_search_tries_one_step_more_than_it_shrinks_and_then_gives_up():
    asked = []

    def up(z):
        asked.append(float(z[0]))
        return float(z[0])

    one = np.ones(1)
    assert backtracking_line_search(up, 0 * one, one, one, max_shrinks=4) == 0.0
    assert {1.0, 0.5, 0.25, 0.125, 0.0625} == set(asked) - {0.0}


def test_search_backs_out_of_the_domain():
    """f = x - log(x) at 2, p = -8: NaN at -6, -2, inf at 0; at 1, f = 1 < 2 - log(2)."""

    def f(z):
        with np.errstate(all="ignore"):
            return float(z[0] - np.log(z[0]))

    x, g = np.full(1, 2.0), np.full(1, 0.5)
    assert backtracking_line_search(f, x, np.full(1, -8.0), g) == 0.125
