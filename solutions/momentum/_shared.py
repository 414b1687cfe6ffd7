"""What mistakes and styles of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np


def read(w, config):
    """Config with defaults filled in, and its three values: what every mistake shares."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    return config, config["learning_rate"], config["momentum"], config["velocity"]


DEFAULTS = {"learning_rate": 1e-2, "momentum": 0.9}
