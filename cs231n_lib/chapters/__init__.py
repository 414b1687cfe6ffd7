"""The exercises as questions: a folder for each chapter, in which each has a file of its name."""

from __future__ import annotations

CHAPTERS: tuple[str, ...] = (
    "training_loop",
    "gradient_descent",
    "momentum",
    "adaptive_methods",
    "second_order",
    "schedules",
)
