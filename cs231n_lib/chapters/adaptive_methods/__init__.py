"""Chapter 4: adaptive methods, which scale every coordinate by its own past, and weight decay."""

EXERCISES = (
    "adagrad",
    "rmsprop",
    "adadelta",
    "adam_almost",
    "adam",
    "nadam",
    "l2_gradient",
    "adamw",
    "optimizer_traits",
)
