"""Where the book derives what an exercise asks for."""

from __future__ import annotations

import os
import re
from html import escape

from cs231n_lib import exercises

# The address of the published book; put yours here, or into the variable CS231N_BOOK.
BOOK = ""


def title(name: str) -> str:
    """Heading of the section about exercise ``name``, without marks of formulas."""
    return re.sub(r"[$\\]", "", exercises.get(name).section)


def in_book(name: str) -> str:
    """The section's page and anchor, as pages of the book link to it."""
    anchor = re.sub(r"[^a-z0-9]+", "-", title(name).lower()).strip("-")
    return f"{exercises.get(name).chapter}.html#{anchor}"


def address(name: str) -> str:
    """Where the section can be read; empty where nobody has said where the book is."""
    base = os.environ.get("CS231N_BOOK", BOOK).rstrip("/")
    return f"{base}/{in_book(name)}" if base else ""


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
