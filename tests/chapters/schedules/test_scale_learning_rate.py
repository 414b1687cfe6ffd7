"""`scale_learning_rate`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import pytest

from solutions.schedules.scale_learning_rate import scale_learning_rate
from tests.chapters.schedules.oracles import LR


def test_scaling_by_hand():
    """Goyal et al.: 0.1 at 256 becomes 3.2 at 8192; half the batch halves the rate."""
    assert scale_learning_rate(0.1, 256, 8192) == pytest.approx(3.2, rel=1e-14)
    assert scale_learning_rate(0.1, 256, 128) == pytest.approx(0.05, rel=1e-14)
    assert scale_learning_rate(0.1, 256, 256) == pytest.approx(0.1, rel=1e-14)


def test_scaling_there_and_back_changes_nothing():
    there = scale_learning_rate(LR, 24, 100)
    assert scale_learning_rate(there, 100, 24) == pytest.approx(LR, rel=1e-14)
