"""How closeness is measured, against numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lib.exercise.declare import Tolerance
from cs231n_lib.exercise.results import joined
from cs231n_lib.judging.compare import match, relative_gap

T = Tolerance()


def test_the_gap_is_relative_with_a_floor_of_a_tenth_of_the_largest() -> None:
    """|2.2-2|/2 = 0.1 in the large entry; |0.02-0.01| over the floor 0.2 is 0.05."""
    assert relative_gap(np.array([2.2, 0.01]), np.array([2.0, 0.01])) == pytest.approx(0.1)
    assert relative_gap(np.array([2.0, 0.02]), np.array([2.0, 0.01])) == pytest.approx(0.05)


def test_equal_infinities_agree_and_a_nan_does_not() -> None:
    inf, nan = np.inf, np.nan
    assert relative_gap(np.array([inf, 1.0]), np.array([inf, 1.0])) == 0
    assert relative_gap(np.array([inf]), np.array([-inf])) == np.inf
    assert relative_gap(np.array([nan]), np.array([1.0])) == np.inf
    assert relative_gap(np.array([nan]), np.array([nan])) == 0


def test_single_precision_passes_with_a_remark() -> None:
    """float32 resolves 64.333 to 2**-17 = 8e-6: an error of at most 4e-6 / (1/3) = 1.2e-5."""
    want = np.array([1.0, 1 / 3])
    got = match((want + 64).astype(np.float32) - np.float32(64), want, T)
    assert got.ok and got.note and "float64" in got.text


@pytest.mark.parametrize(("dtype", "step"), [(np.float32, 2.0**-15), (np.float16, 2.0**-8)])
def test_only_a_type_of_single_or_half_precision_is_excused_by_it(dtype, step) -> None:
    """1 + step is exact in its type, so the values are the same and the type decides."""
    want, near = np.array([1.0, 0.5]), Tolerance(exact=1e-7, single=1.1 * step)
    off = want * (1 + step)
    narrow = off.astype(dtype)
    assert np.array_equal(narrow, off)
    found, wide = match(narrow, want, near), match(off, want, near)
    assert found.ok and found.note and "compute in float64" in found.text
    assert not wide.ok and not wide.note and "compute in float64" not in wide.text


@pytest.mark.parametrize("share", [2.9e-5, 1e-6, 2e-7])
@pytest.mark.parametrize("shape", [(4,), (1, 4), (4, 1)])
def test_a_result_in_double_precision_may_not_be_off_by_single_precision(share, shape) -> None:
    want = np.arange(1.0, 5.0)
    found = match((want * (1 + share)).reshape(shape), want, T)
    assert not found.ok and not found.note and "compute in float64" not in found.text
    assert match((want * (1 + share)).reshape(shape).astype(np.float32), want, T).ok


def test_integers_and_truths_are_held_to_double_precision() -> None:
    assert not match(np.array([100_001]), np.array([100_000.0]), Tolerance(single=1e-4)).ok


def test_steps_of_which_one_was_single_are_judged_as_single() -> None:
    """NumPy would stack them as float64, and the rounding of the one would be held against it."""
    third = np.array([1 / 3])
    path = joined([third, third.astype(np.float32), third])
    assert path.dtype == np.float32 and match(path, np.stack([third] * 3), T).ok
    assert joined([third, third]).dtype == np.float64


def test_a_relative_error_of_one_in_ten_thousand_does_not_pass() -> None:
    assert not match(np.array([1.0001]), np.array([1.0]), T).ok


@pytest.mark.parametrize(("got", "want"), [((1, 3), (3,)), ((3, 1), (3,)), ((1,), ())])
def test_right_values_with_an_axis_of_length_one_more_pass_with_a_remark(got, want) -> None:
    values = np.arange(1.0, 1 + np.prod(want, dtype=int))
    result = match(values.reshape(got), values.reshape(want), T)
    assert result.ok and result.note and "right values" in result.text


def test_right_values_flattened_fail_and_are_called_right_values() -> None:
    values = np.arange(6.0)
    result = match(values, values.reshape(2, 3), T)
    assert not result.ok and "the values are right, the shape is not" in result.text


def test_words_are_compared_as_words() -> None:
    assert match("saddle", "saddle", T).ok
    assert not match("minimum", "saddle", T).ok
    assert not match(np.array(1.0), "saddle", T).ok
