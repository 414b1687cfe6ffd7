"""Where the book derives what an exercise asks for."""

from __future__ import annotations

import os
import re
from html import escape

from cs231n_lib import exercises

# The address of the published book; put yours here, or into the variable CS231N_BOOK.
BOOK = ""

# a section of the chapter's page, and the exercises that it is about
SECTIONS: dict[str, tuple[str, ...]] = {
    "The affine layer": ("affine_forward", "affine_backward"),
    "ReLU": ("relu_forward", "relu_backward"),
    "The softmax loss": ("softmax_loss",),
    "The multiclass SVM loss": ("svm_loss",),
    "Checking a gradient": ("numerical_gradient", "relative_error"),
    "Two layers, end to end": ("two_layer_loss",),
    "Before the first step: the initial loss": ("initial_loss",),
    "One step trusts a plane": ("sgd",),
    "Pathology 3: noise from minibatches": ("minibatches", "gradient_noise"),
    "Pathology 1: the ravine": ("condition_number",),
    "The exact story on a quadratic": ("largest_stable_learning_rate", "gradient_descent"),
    "Pathology 2: critical points that are no minima": ("classify_critical_point",),
    "A ball with friction": ("sgd_momentum",),
    "Two ways to write it, and where they part": ("sgd_momentum_torch",),
    "Nesterov: look, then step": ("nesterov_lookahead", "nesterov"),
    r"First steps, last steps: the start of $v$ and of $\rho$": ("anneal_momentum",),
    "AdaGrad: divide by all that was": ("adagrad",),
    "RMSProp: forget": ("rmsprop",),
    "Adadelta: mind the units": ("adadelta",),
    "Adam: both memories": ("adam_almost", "adam", "nadam"),
    "L2 and weight decay": ("l2_gradient", "adamw"),
    "The table of traits, found by experiment": ("optimizer_traits",),
    "The model and its step": ("newton_step",),
    "Curvature without the matrix": ("hessian_vector_product",),
    "Learning the inverse from gradients": ("bfgs_inverse_update", "lbfgs_direction", "lbfgs"),
    "How far along the line": ("backtracking_line_search",),
    "Structure instead of memory: K-FAC": ("kfac_precondition",),
    "The schedules, on one sheet": (
        "constant", "step_decay", "exponential_decay", "inverse_time_decay", "linear_decay",
        "cosine_decay", "inverse_sqrt_decay",
    ),
    "First up, then down: warm-up": ("linear_warmup",),
    "Again from the top: warm restarts": ("cosine_warm_restarts",),
    "N times the batch, N times the rate": ("scale_learning_rate",),
    "Where to start: the range test": ("learning_rate_range_test",),
}  # fmt: skip
_SECTION_OF = {name: title for title, names in SECTIONS.items() for name in names}


def title(name: str) -> str:
    """Heading of the section about exercise ``name``, without marks of formulas."""
    return re.sub(r"[$\\]", "", _SECTION_OF[name])


def address(name: str) -> str:
    """Where the section can be read; empty where nobody has said where the book is."""
    base = os.environ.get("CS231N_BOOK", BOOK).rstrip("/")
    anchor = re.sub(r"[^a-z0-9]+", "-", title(name).lower()).strip("-")
    return f"{base}/{exercises.get(name).chapter}.html#{anchor}" if base else ""


def text(name: str) -> str:
    """One line that leads to the section."""
    chapter = exercises.get(name).chapter.replace("_", " ")
    where = address(name) or f"chapter “{chapter}”"
    return f"In the book: “{title(name)}”, {where}"


def html(name: str) -> str:
    """The same as a link, where there is an address on the web."""
    link = address(name)
    if not link.startswith(("http://", "https://")):
        return escape(text(name))
    return f'In the book: <a href="{escape(link)}" target="_blank">{escape(title(name))}</a>'
