"""`adam_almost`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods.adam_almost import adam_almost
from tests.chapters.adaptive_methods.oracles import MOMENTS, run

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_the_first_step_of_almost_adam_by_hand():
    """m = 0.1 g and v = 0.001 g**2: the step is 0.1 / sqrt(0.001) = sqrt(10) rates long."""
    w, _ = adam_almost(np.zeros(2), np.array([5.0, -0.2]), {"learning_rate": 1.0, "epsilon": 0})
    np.testing.assert_allclose(w, [-np.sqrt(10), np.sqrt(10)], **TIGHT)


def test_almost_adam_by_hand():
    """Betas 0.5 and 0.75, rate 1, epsilon 1: gradient 4 gives m = 2, v = 4, step 2/3.

    Gradient 0 then gives m = 1, v = 3, step 1 / (sqrt(3) + 1).
    """
    config = {**MOMENTS, "learning_rate": 1.0, "epsilon": 1.0}
    path, _ = run(adam_almost, np.zeros(1), [np.full(1, 4.0), np.zeros(1)], config)
    np.testing.assert_allclose(path, [[-2 / 3], [-2 / 3 - 1 / (np.sqrt(3) + 1)]], **TIGHT)
