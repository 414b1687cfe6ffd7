"""`condition_number`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from solutions.gradient_descent.condition_number import condition_number, solution
from tests.chapters.gradient_descent.oracles import EXERCISES, earned

RNG = np.random.default_rng


def test_condition_number_by_hand():
    """diag(2, -8): 4. [[0, 3], [1, 0]] has singular values 3 and 1, eigenvalues +-sqrt 3."""
    assert condition_number(np.diag([2.0, -8.0])) == pytest.approx(4.0)
    assert condition_number(np.array([[0.0, 3.0], [1.0, 0.0]])) == pytest.approx(3.0)
    assert condition_number(np.array([[1.0, 2.0], [2.0, 4.0]])) == np.inf


def test_condition_number_is_numpys_where_it_is_finite():
    for D in (1, 2, 5):
        H = RNG(D).normal(size=(D, D))
        assert condition_number(H) == pytest.approx(np.linalg.cond(H), rel=1e-12)


def test_the_singular_cases_are_far_enough_from_the_threshold():
    for seed in range(200):
        for case in EXERCISES["condition_number"].cases(RNG(seed)):
            sigma = np.linalg.svd(case.args["H"], compute_uv=False)
            limit = sigma[0] * len(sigma) * np.finfo(float).eps
            if case.label.startswith("almost singular"):  # diagonal: not a matter of rounding
                assert 1.45 * limit <= sigma[-1] <= 3.05 * limit
            elif case.label.startswith("nearly singular"):
                assert sigma[-1] > 1e6 * limit
            elif case.group == "singular":
                assert sigma[-1] <= 0.7 * limit
            else:
                assert sigma[-1] > 1e3 * limit


def test_no_regular_case_is_too_ill_conditioned_for_the_squared_matrix():
    """Roots of the eigenvalues of H'H lose eps kappa**2: within 3e-5 up to kappa = 3e5.

    One case is meant to be ill-conditioned, up to 9e4; chance must not make a worse one.
    """
    for seed in range(2000):
        for case in EXERCISES["condition_number"].cases(RNG(seed)):
            kappa = np.linalg.cond(case.args["H"])
            assert case.group == "singular" or kappa < (1e5 if "ill-" in case.label else 1e3)


def test_eigenvalues_fail_only_where_the_matrix_is_not_symmetric():
    function = next(
        m.function for m in solution.mistakes if m.name.startswith("eigenvalues of a mat")
    )
    points = {"symmetric": 1, "indefinite": 1, "not symmetric": 0, "singular": 1}
    assert earned("condition_number", function) == points
