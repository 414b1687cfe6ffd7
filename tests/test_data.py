"""The digits: those of scikit-learn, without the seconds that its import takes."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from cs231n_lib.data import load_digits_split


@pytest.mark.parametrize("seed", [0, 3])
def test_the_digits_are_those_of_scikit_learn(seed: int) -> None:
    from sklearn.datasets import load_digits

    whole = load_digits()
    order = np.random.default_rng(seed).permutation(1797)
    X_train, y_train, X_test, y_test = load_digits_split(seed, test_fraction=0.2)
    assert (len(X_train), len(X_test)) == (1438, 359)
    assert X_train.shape == (1438, 64) and X_train.dtype == np.float64 and y_test.dtype == np.int64
    np.testing.assert_array_equal(np.concatenate([X_train, X_test]), whole.data[order] / 16)
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), whole.target[order])


def test_the_package_itself_is_not_imported() -> None:
    """It takes longer than all else that a notebook of chapter 1 does."""
    program = (
        "import sys, cs231n_lib.data as d; d.load_digits_split(); print('sklearn' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_machine_without_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="run `pip install scikit-learn`"):
        load_digits_split()


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.5])
def test_both_parts_hold_something(fraction: float) -> None:
    with pytest.raises(ValueError, match=f"between 0 and 1, got {fraction}"):
        load_digits_split(test_fraction=fraction)
