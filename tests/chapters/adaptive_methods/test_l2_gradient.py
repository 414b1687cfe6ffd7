"""`l2_gradient`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import torch

from solutions.adaptive_methods.l2_gradient import l2_gradient

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_l2_gradient_by_hand_and_by_autograd():
    """dw = 1, w = 3, reg = 0.5: 1 + 1.5 = 2.5."""
    np.testing.assert_allclose(l2_gradient(np.full(1, 3.0), np.ones(1), 0.5), [2.5], **TIGHT)
    rng = RNG(5)
    w, a = rng.normal(size=(2, 2, 3))
    x = torch.tensor(w, requires_grad=True)
    (torch.sum(torch.sin(torch.tensor(a) * x)) + 0.7 / 2 * torch.sum(x**2)).backward()
    np.testing.assert_allclose(l2_gradient(w, a * np.cos(a * w), 0.7), x.grad.numpy(), **TIGHT)
