"""How figures of the book look: vector graphics, letters that a phone shows, a colour a method.

A page calls :func:`use` in its first cell.  Colours are told apart in the common kinds of colour
blindness as far as six can be; where two lines meet, dashes or labels tell them apart as well.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib_inline.backend_inline import set_matplotlib_formats

#: The colour of each method, the same in every chapter, in the race and in the notebooks.
METHODS = {
    "SGD": "#C04A00",
    "momentum": "#0072B2",
    "Nesterov": "#00795A",
    "AdaGrad": "#B0568F",
    "RMSProp": "#8A6A00",
    "Adam": "#7B4FBF",
    "AdamW": "#3F86B8",
    "Newton": "#0F4C5C",
    "L-BFGS": "#9A031E",
}
#: Line styles that go with them.
DASHES = {
    "SGD": ":",
    "momentum": "-",
    "Nesterov": "--",
    "AdaGrad": "-.",
    "RMSProp": (0, (5, 1)),
    "Adam": "-",
    "AdamW": (0, (1, 1)),
    "Newton": "-",
    "L-BFGS": "--",
}


def use() -> None:
    """Draw the figures of this page as the book does."""
    set_matplotlib_formats("svg")
    plt.rcParams.update(
        {
            "figure.facecolor": "white",
            "font.size": 11,
            "svg.fonttype": "path",  # letters look the same everywhere
            "svg.hashsalt": "book",  # the same figure gives the same file
        }
    )
