"""Chapter 3: momentum and Nesterov's look-ahead, as update rules with a state."""

EXERCISES = (
    "sgd_momentum",
    "sgd_momentum_torch",
    "nesterov_lookahead",
    "nesterov",
    "anneal_momentum",
)
