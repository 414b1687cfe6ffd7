"""What mistakes and styles of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np


def one_hot(x, y):
    hot = np.zeros(x.shape)
    hot[np.arange(len(y)), y] = 1
    return hot


def hot_rows(y, classes):
    return np.eye(classes)[y]
