"""The question `gradient_noise` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.gradient_descent._cases import shuffled
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def case(group: str, N: int, D: int, B: int, label: str) -> Case:
        grads = rng.normal(size=(N, D)) * rng.uniform(0.5, 2) + rng.uniform(1, 2, size=D)
        return Case(group, {"per_example_grads": grads, "batch_size": B}, label)

    yield case("one example", 7, 3, 1, "batches of one example")
    yield case("minibatch", 9, 4, 5, "5 of 9 examples")
    yield case("minibatch", 5, 1, 2, "2 of 5 examples, one parameter")
    yield case("minibatch", 16, 6, 3, "3 of 16 examples")
    whole = case("full batch", 6, 2, 6, "all examples in one batch")
    yield from shuffled(rng, [whole, case("full batch", 8, 3, 7, "all examples but one")])


@exercise(
    section="Pathology 3: noise from minibatches",
    groups={"one example": 1, "minibatch": 2, "full batch": 1},
    driver=Call(("noise",)),
    cases=cases,
)
def gradient_noise(per_example_grads: np.ndarray, batch_size: int):
    """How far a minibatch's gradient lies from the full one: the expected squared distance.

    A batch of B examples, drawn without replacement, has the mean gradient g_B; the mean
    over all N examples is g. Then

        E |g_B - g|^2 = (1 / B) * (N - B) / (N - 1) * (1 / N) * sum_i |g_i - g|^2

    where |.| is the Euclidean norm over the D parameters. The middle factor is the
    finite-population correction.

    Parameters:
        per_example_grads: the gradients g_i, shape (N, D), N >= 2.
        batch_size: B, an integer from 1 to N.

    Returns:
        noise: a float, the expectation above (squared: no root is taken).

    Source: W. Cochran, Sampling Techniques (1977), theorem 2.2, summed over coordinates.
    """
    raise NotImplementedError
