"""`rmsprop`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods.rmsprop import rmsprop
from tests.chapters.adaptive_methods.oracles import run

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_rmsprop_by_hand():
    """Rate 1, decay 0.75, epsilon 1, gradient 4 from w = 2, cache 0: cache 4, w = 2 - 4/3.

    Then gradient 2: cache 3 + 1 = 4, w = 2/3 - 2/3 = 0.
    """
    config = {"learning_rate": 1.0, "decay_rate": 0.75, "epsilon": 1.0}
    path, config = run(rmsprop, np.full(1, 2.0), [np.full(1, 4.0), np.full(1, 2.0)], config)
    np.testing.assert_allclose(path, [[2 / 3], [0.0]], **TIGHT)
    np.testing.assert_allclose(config["cache"], [4.0], **TIGHT)
