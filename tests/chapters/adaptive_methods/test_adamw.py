"""`adamw`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods.adamw import adamw
from tests.chapters.adaptive_methods.oracles import MOMENTS, run

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_adamw_by_hand():
    """As Adam above, with decay 2 from w = 1: 0.2 goes to the decay, 0.08 to the step."""
    config = {**MOMENTS, "epsilon": 1.0, "weight_decay": 2.0}
    w, _ = adamw(np.ones(1), np.full(1, 4.0), config)
    np.testing.assert_allclose(w, [0.72], **TIGHT)


def test_without_gradients_adamw_shrinks_geometrically():
    config = {"learning_rate": 0.1, "weight_decay": 2.0}
    path, _ = run(adamw, np.array([3.0, -1.0]), [np.zeros(2)] * 4, config)
    want = np.array([3.0, -1.0]) * 0.8 ** np.arange(1, 5)[:, None]
    np.testing.assert_allclose(path, want, **TIGHT)
