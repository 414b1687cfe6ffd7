"""`initial_loss`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from solutions.training_loop.initial_loss import initial_loss


def test_initial_loss_by_hand():
    """Ten classes: log 10 = 2.302585...; nine hinges of 1; nine of 0.5."""
    assert initial_loss(10) == pytest.approx(2.302585092994046, rel=1e-15)
    assert initial_loss(10, "softmax", 3.0) == initial_loss(10)
    assert initial_loss(10, "svm") == 9.0
    assert initial_loss(10, "svm", 0.5) == 4.5


@pytest.mark.parametrize("classes", [2, 7, 100])
def test_initial_loss_is_the_loss_of_equal_scores(classes):
    x, y = torch.full((3, classes), 0.3, dtype=torch.float64), torch.tensor([0, 1, 1])
    softmax = F.cross_entropy(x, y).item()
    hinge = classes * F.multi_margin_loss(x, y, margin=2.5).item()
    assert initial_loss(classes, loss="softmax") == pytest.approx(softmax, rel=1e-13)
    assert initial_loss(classes, loss="svm", delta=2.5) == pytest.approx(hinge, rel=1e-13)
