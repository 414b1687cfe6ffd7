"""What styles of several exercises of this chapter share."""

from __future__ import annotations

DEFAULTS = {"learning_rate": 1e-2, "momentum": 0.9}
