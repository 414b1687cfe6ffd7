"""Chapter 6: learning-rate schedules, as functions of the step, and how to find a rate."""

EXERCISES = (
    "constant",
    "step_decay",
    "exponential_decay",
    "inverse_time_decay",
    "linear_decay",
    "cosine_decay",
    "inverse_sqrt_decay",
    "linear_warmup",
    "cosine_warm_restarts",
    "scale_learning_rate",
    "learning_rate_range_test",
)
