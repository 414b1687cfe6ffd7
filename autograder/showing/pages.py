"""The feedback page, and formgrader's page of a submission: a template, then its pieces.

A template never sees a text that somebody wrote: it gets a token for each, drawn at random
for this page.  The texts are rendered apart, filtered last, and put in the tokens' places
in one pass, so that nothing comes after the filter and no token in a text means anything.
"""

from __future__ import annotations

import re
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat.notebooknode import NotebookNode
from traitlets import List, default

from autograder.grading import behind
from autograder.grading.released import released
from autograder.showing import pieces
from autograder.showing.cells import shown
from autograder.showing.code import colours

HERE = Path(__file__).resolve().parent


class Board:
    """Collects the pieces of one page and puts them in at the end."""

    def __init__(self) -> None:
        self._mark = secrets.token_hex(16)
        self._pieces: list[pieces.Piece] = []

    def put(self, kind: str, text: str) -> Markup:
        """Note a piece; returns the token that stands for it."""
        self._pieces.append((kind, text))
        return Markup(f"{self._mark}-{len(self._pieces) - 1};")

    def fill(self, page: str) -> str:
        """``page`` with every token replaced by its piece, which is not looked at again."""
        found = behind.rendered(self._pieces)
        return re.sub(rf"{self._mark}-(\d+);", lambda m: found[int(m[1])], page)


def points(value: float | None) -> str:
    """Points as people write them."""
    return "0" if not value else f"{round(float(value), 2):g}"


@cache
def environment() -> Environment:
    """The templates of this folder; whatever is put into them is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["points"] = points
    made.globals["style"] = style
    return made


@cache
def style() -> Markup:
    """The style sheet of both pages, with the colours of programs by day and by night."""
    night = colours("github-dark", ".piece")
    return Markup(
        (HERE / "static" / "page.css").read_text("utf-8")
        + colours("xcode", ".piece")
        + f"\n@media screen and (prefers-color-scheme: dark) {{\n{night}\n}}\n"
    )


class PageExporter(Exporter):
    """Makes a page of an autograded notebook."""

    template = ""
    # nbconvert's own steps look through a student's texts; nbgrader's are told by its settings
    default_preprocessors: Any = List()

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def about(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Assignment, notebook, and what else the template asks for."""
        raise NotImplementedError

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about, board = self.about(resources), Board()
        cells = shown(nb, released(about["assignment"], about["notebook"]).texts, board.put)
        page = environment().get_template(self.template).render(cells=cells, **about)
        return board.fill(page), resources


class FeedbackPage(PageExporter):
    """What a student gets back: a file that needs neither script nor network."""

    template = "feedback.html"

    def about(self, resources: dict[str, Any]) -> dict[str, Any]:
        known = resources["nbgrader"]
        names = ("assignment", "notebook", "score", "max_score", "late_penalty")
        return {name: known[name] for name in names}


class DeskPage(PageExporter):
    """What a grader reads and writes points and comments on."""

    template = "submission.html"

    def about(self, resources: dict[str, Any]) -> dict[str, Any]:
        return {
            "assignment": resources["assignment_id"],
            "notebook": resources["notebook_id"],
            **{
                name: resources[name]
                for name in (
                    "submission_id", "index", "total", "base_url", "student", "last_name",
                    "first_name", "nonce", "token",
                )
            },
        }  # fmt: skip
