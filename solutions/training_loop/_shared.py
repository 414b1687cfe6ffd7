"""What styles of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np


def hot_rows(y, classes):
    return np.eye(classes)[y]
