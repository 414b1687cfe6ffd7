"""Data sets that need no download."""

from __future__ import annotations

import numpy as np


def load_digits_split(
    seed: int = 0, test_fraction: float = 0.25
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """scikit-learn's 8 by 8 handwritten digits, shuffled and split.

    Returns ``X_train, y_train, X_test, y_test``: images as rows of 64 float64
    values scaled to [0, 1], labels as int64 from 0 to 9; 1,797 images in all.

    Parameters:
        seed: seed of the shuffle, so that a split can be repeated.
        test_fraction: share of the images in the test set, between 0 and 1.

    Raises:
        ImportError: when scikit-learn is not installed.
        ValueError: when ``test_fraction`` is not strictly between 0 and 1.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits
    (UCI, 1998), the test part, as shipped with scikit-learn.
    """
    if not 0.0 < test_fraction < 1.0:
        raise ValueError(f"test_fraction must lie between 0 and 1, got {test_fraction}")
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            "the digits come with scikit-learn: run `pip install scikit-learn`"
        ) from error
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    X = digits.data[order] / 16.0
    y = digits.target[order].astype(np.int64)
    split = round(len(y) * (1 - test_fraction))
    return X[:split], y[:split], X[split:], y[split:]
