"""`adadelta`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods.adadelta import adadelta

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_adadelta_by_hand():
    """Decay 0.5, epsilon 1, gradient 4, cache 14, step_cache 8: cache 7 + 8 = 15,

    step = 3/4 * 4 = 3, step_cache 4 + 4.5 = 8.5; at rate 0.5 w goes from 2 to 0.5.
    """
    config = {"learning_rate": 0.5, "decay_rate": 0.5, "epsilon": 1.0}
    config |= {"cache": np.full(1, 14.0), "step_cache": np.full(1, 8.0)}
    w, config = adadelta(np.full(1, 2.0), np.full(1, 4.0), config)
    np.testing.assert_allclose(w, [0.5], **TIGHT)
    np.testing.assert_allclose(config["cache"], [15.0], **TIGHT)
    np.testing.assert_allclose(config["step_cache"], [8.5], **TIGHT)
