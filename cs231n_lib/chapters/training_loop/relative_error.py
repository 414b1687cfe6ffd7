"""The question `relative_error` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.training_loop._cases import away
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    for shape in ((5,), (3, 4)):
        x = away(rng, shape, 0.3) * 10.0 ** rng.uniform(0, 1, size=shape)
        y = x * (1 + 0.01 * away(rng, shape))
        # the worst entry is small, negative, and has x < y
        worst = tuple(int(rng.integers(0, n)) for n in shape)
        x[worst] = -0.1 * rng.uniform(0.5, 1.0)
        y[worst] = x[worst] * rng.uniform(0.5, 0.8)
        # so large that no place of the floor is felt: the other group asks for that
        yield Case("sizes", {"x": 10 * x, "y": 10 * y}, f"arrays of shape {shape}")
    # the first entry is the largest, and the worst: only the zeros are tested here
    x = np.array([rng.uniform(1.5, 2.0), rng.uniform(0.5, 0.8), 0.0])
    y = x * [rng.uniform(1.3, 1.4), rng.uniform(1.01, 1.1), 0.0]
    yield Case("near zero", {"x": x, "y": y}, "both zero in one entry")
    x = 1e-9 * away(rng, (2, 3))
    y = x * rng.uniform(0.5, 0.8, size=(2, 3))
    yield Case("near zero", {"x": x, "y": y}, "all entries below 1e-8")


@exercise(
    section="Checking a gradient",
    groups={"sizes": 1, "near zero": 1},
    driver=Call(("error",)),
    cases=cases,
)
def relative_error(x: np.ndarray, y: np.ndarray):
    """Largest relative difference between the entries of two arrays.

        error = max_i |x_i - y_i| / max(1e-8, |x_i| + |y_i|)

    The floor 1e-8 keeps two zeros from being divided by zero.

    Parameters:
        x, y: arrays of the same shape.

    Returns:
        error: a number from 0 to 1.

    Source: CS231n, the notebooks' rel_error.
    """
    raise NotImplementedError
