"""Chapter 5: Newton's method, BFGS and its limited-memory form, line search, K-FAC."""

EXERCISES = (
    "newton_step",
    "bfgs_inverse_update",
    "lbfgs_direction",
    "backtracking_line_search",
    "lbfgs",
    "hessian_vector_product",
    "kfac_precondition",
)
