"""`classify_critical_point`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def classify_critical_point(H, tol=1e-8):
    eigenvalues = np.linalg.eigvalsh(H)
    smallest, largest = eigenvalues[0], eigenvalues[-1]
    if smallest < -tol and largest > tol:
        return "saddle"
    if smallest > tol:
        return "minimum"
    if largest < -tol:
        return "maximum"
    return "degenerate"


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "singular matrix called a minimum",
    "x**2 + y**3 and x**2 + y**4 have the same Hessian at 0. Are both minima there?",
    ("smallest > tol", "smallest >= -tol"),
    ("largest < -tol", "largest <= tol"),
)


solution.change(
    "a zero eigenvalue hides the saddle",
    "One way up and one way down are enough: what can a third, flat direction change?",
    ("largest > tol", "largest > tol and np.abs(eigenvalues).min() > tol"),
)


solution.change(
    "diagonal for the eigenvalues",
    "Along both axes x**2 + y**2 - 4 x y goes up. Where does it go along x = y?",
    ("np.linalg.eigvalsh(H)", "np.sort(np.diag(H))"),
)


solution.change(
    "minimum and maximum exchanged",
    "In a minimum every direction goes up. What sign has the curvature then?",
    ('"minimum"\n    if', '"maximum"\n    if'),
    ('"maximum"\n    return', '"minimum"\n    return'),
)


@solution.mistake(
    "determinant instead of eigenvalues",
    "The rule with the determinant is for two dimensions. What is the sign of the determinant "
    "of -I in three and in four dimensions?",
)
def determinant_instead_of_eigenvalues(H, tol=1e-8):
    det = np.linalg.det(H)
    if abs(det) <= tol:
        return "degenerate"
    if det < 0:
        return "saddle"
    return "minimum" if np.trace(H) > 0 else "maximum"


solution.change(
    "every point that is no minimum is a saddle",
    "What is the top of a hill in your function?",
    (" and largest > tol", ""),
)


solution.change(
    "no tolerance",
    "An eigenvalue of 1e-9 is a curvature of nothing, and its sign is an accident of rounding.",
    ("smallest, largest", "tol = 0.0\n    smallest, largest"),
)


solution.change(
    "tolerance fixed at its default",
    "Call it with a large tol: does your answer change?",
    ("smallest, largest", "tol = 1e-8\n    smallest, largest"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("counts the signs")
def counts_the_signs(H, tol=1e-8):
    values = np.linalg.eigvalsh(H)
    up, down = np.sum(values > tol), np.sum(values < -tol)
    if up and down:
        return "saddle"
    return {up: "minimum", down: "maximum"}.get(len(H), "degenerate")


@solution.style("a loop over the eigenvalues as of any matrix")
def a_loop_over_the_eigenvalues(H, tol=1e-8):
    rising = falling = flat = False
    for value in np.linalg.eigvals(H).real:
        if abs(value) <= tol:
            flat = True
        elif value > 0:
            rising = True
        else:
            falling = True
    if rising and falling:
        return "saddle"
    if flat:
        return "degenerate"
    return "minimum" if rising else "maximum"


@solution.style("a set of signs, looked up in a table of strings of NumPy")
def a_set_of_signs(H, tol=1e-8):
    values, _ = np.linalg.eigh(H)
    signs = set(np.where(np.abs(values) > tol, np.sign(values), 0).astype(int).tolist())
    kinds = np.array(["minimum", "maximum", "saddle", "degenerate"])
    conditions = [signs == {1}, signs == {-1}, {1, -1} <= signs]
    return kinds[np.argmax([*conditions, True])]


@solution.style("Sylvester's law: signs of the pivots of shifted matrices")
def sylvester_law(H, tol=1e-8):
    def pivots(A):
        A, found = A.copy(), []
        while len(A):
            k = np.argmax(np.abs(np.diag(A)))
            A[[0, k]] = A[[k, 0]]
            A[:, [0, k]] = A[:, [k, 0]]
            found.append(A[0, 0])
            A = A[1:, 1:] - np.outer(A[1:, 0], A[0, 1:]) / A[0, 0]
        return np.array(found)

    shift = tol * np.eye(len(H))
    up, down = np.sum(pivots(H - shift) > 0), np.sum(pivots(H + shift) < 0)
    if up > 0 and down > 0:
        return "saddle"
    return "minimum" if up == len(H) else "maximum" if down == len(H) else "degenerate"


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Differs only for an eigenvalue equal to tol in its last bit, and rounding decides that bit.",
    ("if smallest < -tol and largest > tol:", "if smallest <= -tol and largest > tol:"),
    ("if largest < -tol:", "if largest <= -tol:"),
    ("if smallest < -tol and largest > tol:", "if smallest < -tol and largest >= tol:"),
    ("if smallest > tol:", "if smallest >= tol:"),
)
