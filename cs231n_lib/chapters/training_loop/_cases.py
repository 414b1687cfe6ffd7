"""What the cases of several exercises of this chapter share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercise.declare import Case, Group

CLEAR = 0.05  # distance that inputs keep from every kink


def away(rng: np.random.Generator, shape: tuple[int, ...], low: float = 0.2) -> np.ndarray:
    """Numbers of both signs with magnitudes from ``low`` to ``low + 1.3``."""
    sign = rng.choice([-1.0, 1.0], size=shape)
    return sign * rng.uniform(low, low + 1.3, size=shape)


def labels(rng: np.random.Generator, n: int, classes: int) -> np.ndarray:
    """Labels (n,) that take min(n, classes) different values."""
    return (rng.permutation(classes)[np.arange(n) % classes]).astype(np.int64)


def affine_cases(rng: np.random.Generator) -> Iterator[Case]:
    for group, shape, units in (
        ("matrix", (3, 4), 5),
        ("matrix", (5, 2), 3),
        ("tensor", (4, 3, 2), 5),
        ("tensor", (2, 3, 1, 2), 4),
    ):
        size = int(np.prod(shape[1:]))
        args = {
            "x": rng.normal(size=shape),
            "w": rng.normal(size=(size, units)),
            "b": away(rng, (units,)),
        }
        yield Case(group, args, f"x of shape {shape}")


def relu_cases(rng: np.random.Generator) -> Iterator[Case]:
    for shape in ((6,), (3, 5), (2, 3, 2, 4)):
        x = away(rng, shape, CLEAR)
        x.flat[:4] = np.array([-1.0, 1.0, -1.0, 1.0]) * np.abs(x.flat[:4])
        yield Case("values", {"x": x}, f"x of shape {shape}")


LOSS_GROUPS = {"loss": Group(2, ("loss",)), "gradient": Group(2, ("dx",), own=True)}
