"""The question `lbfgs_direction` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.second_order._cases import away, symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def args(D: int, pairs: int) -> dict[str, object]:
        s_list = [away(rng, D) for _ in range(pairs)]
        # curvature grows from pair to pair, so that it matters which one sets the scale
        y_list = [
            symmetric(rng, rng.uniform(2, 5, size=D) * 1.5**k) @ s for k, s in enumerate(s_list)
        ]
        return {"grad": away(rng, D), "s_list": s_list, "y_list": y_list}

    for D in (2, 5):
        yield Case("no memory", args(D, 0), "no pairs yet")
    # without pairs the answer is -grad whatever H is: that alone shows little
    yield Case(("no memory", "one pair"), args(1, 1), "a single pair, one parameter")
    yield Case("one pair", args(3, 1), "a single pair")
    for D, pairs in ((3, 2), (4, 3), (2, 5)):
        yield Case("several pairs", args(D, pairs), f"{pairs} pairs in {D} dimensions")
    # near a minimum steps are small, and a constant beside s.y would outweigh it
    near = {
        name: [1e-5 * v for v in value] if isinstance(value, list) else value
        for name, value in args(3, 2).items()
    }
    yield Case("several pairs", near, "2 short pairs in 3 dimensions")


@exercise(
    section="Learning the inverse from gradients",
    groups={"no memory": 1, "one pair": 2, "several pairs": 3},
    driver=Call(("direction",)),
    cases=cases,
)
def lbfgs_direction(grad: np.ndarray, s_list: list[np.ndarray], y_list: list[np.ndarray]):
    """The direction of L-BFGS, by the two-loop recursion: no matrix is ever formed.

        direction = -H grad

    H is what BFGS's update makes of gamma I with the pairs (s, y), oldest first, where

        gamma = (s . y) / (y . y)   of the newest pair;   gamma = 1 without pairs

    The first loop visits the pairs from the newest to the oldest, the second from the
    oldest to the newest.

    Parameters:
        grad: gradient at the current point, shape (D,).
        s_list: the latest steps, oldest first; a list, perhaps empty, of arrays (D,).
        y_list: the differences of gradients that belong to them, each with s . y > 0.

    Returns:
        direction: shape (D,), a direction of descent.

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), algorithm 7.4 and
    equation 7.20.
    """
    raise NotImplementedError
