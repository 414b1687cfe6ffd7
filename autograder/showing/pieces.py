"""Pieces of a page that others wrote, each a kind and a text, rendered on their own.

:func:`render` is a pure function that runs behind the wall (:mod:`autograder.walls.pages`);
what exceeds its limits is shown by :func:`plain`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from autograder.showing import allowed
from autograder.showing.code import code
from autograder.showing.prose import prose

MAX_TEXT = 200_000  # characters of a piece that is only escaped
MAX_PLAIN = 20_000  # characters of a piece that could not be rendered
MAX_HTML = 4_000_000  # characters of a rendered piece
MAX_PICTURE = 20_000_000  # characters of a picture in base64
MAX_DEPTH = 60  # elements in each other; browsers flatten what is deeper than 512

Piece = tuple[str, str]


class Unfit(ValueError):
    """A piece that cannot be rendered; it is shown as plain text."""


def plain(text: str) -> str:
    """``text`` escaped, cut at ``MAX_PLAIN`` characters, with a sentence where it was cut.

    For what is too costly to render; its own cost grows with the length of what it shows.
    """
    shown = escape(allowed.CONTROL.sub("", text[:MAX_PLAIN]))
    if len(text) <= MAX_PLAIN:
        return f"<pre>{shown}</pre>"
    return f"<pre>{shown}</pre><p>[cut here: {len(text) - MAX_PLAIN} more characters]</p>"


def text(source: str) -> str:
    """What a program printed."""
    shown = escape(source[:MAX_TEXT])
    more = len(source) - MAX_TEXT
    told = f"<p>[cut here: {more} more characters]</p>" if more > 0 else ""
    return f"<pre>{shown}</pre>{told}"


def remark(source: str) -> str:
    """A sentence of the grader's that quotes a student: only code marks mean anything."""
    shown = escape(" ".join(source[:MAX_PLAIN].split()))
    marked = re.sub(r"`([^`]{1,200})`", r"<code>\1</code>", shown)
    return f"<p>{marked}</p>"


def verdict(html: str) -> str:
    """The judge's own HTML, of which every word is escaped."""
    return html


def picture(kind: str) -> Callable[[str], str]:
    """A renderer of bitmaps in base64."""

    def render_picture(data: str) -> str:
        data = "".join(data.split())
        url = f"data:image/{kind};base64,{data}"
        if len(data) > MAX_PICTURE or not allowed.picture(url):
            raise Unfit("no picture")
        return f'<img src="{url}" alt="A picture that this code drew">'

    return render_picture


RENDERERS: dict[str, Callable[[str], str]] = {
    "prose": prose,
    "code": code,
    "text": text,
    "remark": remark,
    "verdict": verdict,
    "png": picture("png"),
    "jpeg": picture("jpeg"),
}


def render(kind: str, source: str) -> str:
    """One piece as HTML that may be shown; never raises for what a student can write.

    Args:
        kind: a key of ``RENDERERS``.
        source: the text that was written.

    Raises:
        KeyError: for a kind that does not exist.
    """
    renders = RENDERERS[kind]
    try:
        html = renders(source)
        if len(html) > MAX_HTML + (len(source) if kind in ("png", "jpeg") else 0):
            raise Unfit("too large")
        html = allowed.last(html)
        if _depth(html) > MAX_DEPTH:
            raise Unfit("too deep")
    except Exception:  # five libraries, and texts that were made to break them
        return plain("[no picture]" if kind in ("png", "jpeg") else source)
    return html


def _depth(html: str) -> int:
    deepest = depth = 0
    for end, tag in re.findall(r"<(/?)([a-z0-9]+)", html):
        if tag not in ("br", "hr", "img"):
            depth += -1 if end else 1
            deepest = max(deepest, depth)
    return deepest
