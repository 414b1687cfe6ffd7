"""`adagrad`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods.adagrad import adagrad
from tests.chapters.adaptive_methods.oracles import run

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_adagrad_by_hand():
    """Rate 1, epsilon 1, gradients 3 and 4 from w = 2.

    cache 9, w = 2 - 3/(3+1) = 1.25; cache 25, w = 1.25 - 4/(5+1) = 0.58333.
    """
    config = {"learning_rate": 1.0, "epsilon": 1.0}
    path, config = run(adagrad, np.full(1, 2.0), [np.full(1, 3.0), np.full(1, 4.0)], config)
    np.testing.assert_allclose(path, [[1.25], [1.25 - 2 / 3]], **TIGHT)
    np.testing.assert_allclose(config["cache"], [25.0], **TIGHT)


def test_adagrads_step_falls_like_one_over_root_t():
    path, _ = run(adagrad, np.zeros(1), [np.full(1, -7.0)] * 100, {"learning_rate": 1.0})
    steps = np.diff(path[:, 0], prepend=0)
    np.testing.assert_allclose(steps, 1 / np.sqrt(np.arange(1, 101)), rtol=1e-8)
