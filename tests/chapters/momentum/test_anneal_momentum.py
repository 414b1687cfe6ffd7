"""`anneal_momentum`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from solutions.momentum.anneal_momentum import anneal_momentum

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_anneal_by_hand():
    """From 0.5 to 0.9 in five steps: 0.5, 0.6, 0.7, 0.8, 0.9, and 0.9 ever after."""
    found = [anneal_momentum(step, 5, 0.5, 0.9) for step in range(8)]
    np.testing.assert_allclose(found, [0.5, 0.6, 0.7, 0.8, 0.9, 0.9, 0.9, 0.9], **TIGHT)
    assert anneal_momentum(0, 1) == 0.99


@pytest.mark.parametrize("total", [2, 3, 17])
def test_anneal_is_linspace_and_then_constant(total):
    found = [anneal_momentum(step, total) for step in range(total)]
    np.testing.assert_allclose(found, np.linspace(0.5, 0.99, total), **TIGHT)
    assert anneal_momentum(3 * total, total) == pytest.approx(0.99)


def test_anneal_against_exact_fractions():
    for step in range(11):
        want = Fraction(1, 5) + (Fraction(4, 5) - Fraction(1, 5)) * Fraction(step, 10)
        assert anneal_momentum(step, 11, 0.2, 0.8) == pytest.approx(float(want), rel=1e-14)
