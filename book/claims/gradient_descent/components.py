"""Digits seen through their leading principal components: small inputs for small nets."""

from __future__ import annotations

import numpy as np
import torch

from cs231n_lib.data import load_digits_split

Labelled = tuple[torch.Tensor, torch.Tensor]


def components(seed: int, n: int, dims: int, classes: int = 10) -> Labelled:
    """``n`` digits of the first ``classes`` classes on their ``dims`` leading components.

    Returns:
        Inputs of shape (n, dims), centred, with standard deviation 1 over all entries, and labels
        of shape (n,).  The seed draws the digits.
    """
    return components_and_test(seed, n, dims, classes)[0]


def components_and_test(
    seed: int, n: int, dims: int, classes: int = 10
) -> tuple[Labelled, Labelled]:
    """The same, and all digits of the test part in the coordinates of the first ``n``."""
    X, y, X_test, y_test = load_digits_split(seed)
    X, y = X[y < classes][:n], y[y < classes][:n]
    X_test, y_test = X_test[y_test < classes], y_test[y_test < classes]
    mean = X.mean(axis=0)
    basis = np.linalg.svd(X - mean, full_matrices=False)[2][:dims].T
    scale = ((X - mean) @ basis).std()
    return (
        (torch.tensor((X - mean) @ basis / scale), torch.tensor(y)),
        (torch.tensor((X_test - mean) @ basis / scale), torch.tensor(y_test)),
    )
