"""Chapter 2: plain gradient descent, its minibatches, and what the curvature does to it."""

EXERCISES = (
    "sgd",
    "minibatches",
    "condition_number",
    "largest_stable_learning_rate",
    "classify_critical_point",
    "gradient_descent",
    "gradient_noise",
)
