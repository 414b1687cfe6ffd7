"""How the free-text questions of this chapter are graded by hand."""

from solutions.declare import Rubrics

rubrics = Rubrics()

rubrics.add(
    "momentum_velocity_start",
    """
    The velocity starts at zero. It is an exponentially weighted sum of past gradients, in
    which the start has weight rho**t after t steps: with rho = 0.9 its share falls below one
    percent after 44 steps, so whatever it was, it is soon forgotten (while the weights keep a
    displacement of at most rho / (1 - rho) times the first velocity, which descent corrects).
    """,
    (1, "says that it starts at zero (or: at any small value)"),
    (1, "argues by the exponential decay of old contributions, rho**t or about 1/(1-rho) steps"),
    (1, "says when it would matter: rho very near 1, very short runs, or a huge start"),
)
