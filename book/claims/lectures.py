"""The lectures that the book puts to the test, and how a place in them is named."""

from __future__ import annotations

from dataclasses import dataclass

#: What can be known of each from its own text: name, and what its places are called.
LECTURES = {
    "slides-2016": "CS231n, Stanford, winter 2016, lecture 6, slides",
    "recording-2016": "CS231n, Stanford, winter 2016, lecture 6, recording",
    "dse316-2022": "DSE 316/616, IISER Bhopal, 2022, Training Deep Neural Networks",
    "washington-2025": (
        "University of Washington, April 2025, lecture 7, Optimizing Neural Networks"
    ),
    "optimisation-notes": "a lecture on optimisation and regularisation without a title page",
}
SHORT = {
    "slides-2016": "CS231n slides 2016",
    "recording-2016": "CS231n recording 2016",
    "dse316-2022": "DSE 316 2022",
    "washington-2025": "Washington 2025",
    "optimisation-notes": "lecture without a title page",
}


@dataclass(frozen=True)
class Place:
    """Where a lecture says something.

    Attributes:
        lecture: a key of :data:`LECTURES`.
        where: the place in it, as one would look for it: "slide 19", "on AdaGrad".
    """

    lecture: str
    where: str = ""

    def __post_init__(self) -> None:
        if self.lecture not in LECTURES:
            raise ValueError(f"no lecture {self.lecture!r}; there are {sorted(LECTURES)}")

    def __str__(self) -> str:
        return f"{SHORT[self.lecture]}, {self.where}" if self.where else SHORT[self.lecture]
