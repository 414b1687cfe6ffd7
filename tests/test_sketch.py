"""Fingerprints tell arrays apart, and forgive what rounding does."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lib.judging.sketch import LARGEST, alike, sketch

RNG = np.random.default_rng(8)
A = RNG.normal(size=(3, 4))


def test_rounding_changes_no_fingerprint() -> None:
    assert alike(sketch(A), sketch(A * (1 + 1e-13 * RNG.normal(size=A.shape))), A)
    single = A.astype(np.float32)
    assert alike(sketch(A), sketch(single), single)


@pytest.mark.parametrize(
    "other",
    [
        A.T,
        A.ravel(),
        A[::-1],
        A[:, [1, 0, 2, 3]],
        A + 1e-4,
        1.0001 * A,
        np.where(A.max() == A, np.nan, A),
        np.where(A.max() == A, A + 1e-4, A),
        np.sort(A),
        "minimum",
        None,
    ],
    ids=lambda v: str(v)[:20],
)
def test_another_array_has_another_fingerprint(other) -> None:
    assert not alike(sketch(A), sketch(other), other)


def test_places_without_a_number_count() -> None:
    holes = np.array([1.0, np.nan, 2.0])
    assert alike(sketch(holes), sketch(holes.copy()), holes)
    assert not alike(sketch(holes), sketch(np.array([np.nan, 1.0, 2.0])), holes)


def test_texts_have_fingerprints() -> None:
    assert alike(sketch("saddle"), sketch("saddle"), "saddle")
    assert not alike(sketch("saddle"), sketch("minimum"), "saddle")


def test_what_is_too_large_is_like_nothing() -> None:
    huge = np.ones(LARGEST + 1)
    assert not alike(sketch(huge), sketch(huge), huge)
