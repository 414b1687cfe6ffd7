"""The last filter: what may stand in a rendered piece of a page, and nothing else.

Every piece passes it after everything that renders, so no step can undo what it did.  It
is an allow-list, applied by a parser of the kind that browsers have (Ammonia), in time that
grows with the length of the text.
"""

from __future__ import annotations

import re
from functools import cache

import nh3
from pygments.token import STANDARD_TYPES

# terminal escapes, and marks that make text read otherwise than it was written
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# no relative address: it would be one of the page's own server
ADDRESS = re.compile(
    r"https://[^\s\\/@?#]+(?:[/?#][^\s\\]*)?|mailto:[^\s\\<>]+|#[\w.:-]*", re.ASCII | re.IGNORECASE
)
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/]+={0,2}")

TEXT = {
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "img", "kbd", "li", "ol", "p", "pre", "span", "strong", "sub", "sup", "table", "tbody",
    "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
MATH = {
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mroot", "mrow", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
_FLAG = re.compile("true|false")
_SMALL = re.compile(r"0|0?\.\d{1,4}em|[1-3](?:\.\d{1,4})?em")
_VARIANT = re.compile("normal|bold|italic|bold-italic|double-struck|script|sans-serif|monospace")
# (tag, attribute) and its values; no style, id, name or handler; of classes: CLASSES
VALUES: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {"href": ADDRESS, "title": re.compile(r"[^\n]{0,300}")},
    "img": {"src": PICTURE, "alt": re.compile(r"[^\n]{0,300}")},
    "ol": {"start": re.compile(r"\d{1,9}")},
    "math": {"display": re.compile("block|inline")},
    "mo": {
        "fence": _FLAG, "form": re.compile("prefix|infix|postfix"), "maxsize": _SMALL,
        "minsize": _SMALL, "movablelimits": _FLAG, "separator": _FLAG, "stretchy": _FLAG,
    },
    # browsers know the first alone; the others' letters look like any
    "mi": {"mathvariant": _VARIANT},
    "mn": {"mathvariant": _VARIANT},
    "mtext": {"mathvariant": _VARIANT},
    "mover": {"accent": _FLAG},
    "munder": {"accentunder": _FLAG},
    "mfrac": {"linethickness": re.compile("0")},
    "mstyle": {"displaystyle": _FLAG, "scriptlevel": re.compile("[0-2]")},
    "mspace": {"width": _SMALL, "linebreak": re.compile("newline")},
    "mtable": {"displaystyle": _FLAG},
    "mtd": {"columnalign": re.compile("left|right|center")},
    "menclose": {"notation": re.compile("box")},
}  # fmt: skip
# what Pygments calls the kinds of words of a program
CLASSES = {"span": {name for name in STANDARD_TYPES.values() if name}, "code": {"math"}}


def address(url: str) -> bool:
    """Whether a link may lead there."""
    return ADDRESS.fullmatch(url) is not None


def picture(url: str) -> bool:
    """Whether a picture may be shown: only one that the page itself holds."""
    return PICTURE.fullmatch(url) is not None


def _value(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "rel":  # the cleaner's own; no other is let as far as here
        return value
    if attribute == "class":
        return " ".join(c for c in value.split() if c in CLASSES.get(tag, ())) or None
    kept = VALUES.get(tag, {}).get(attribute)
    return value if kept and kept.fullmatch(value) else None


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TEXT | MATH,
        clean_content_tags=set(),
        attributes={
            tag: {*VALUES.get(tag, ()), *(["class"] if tag in CLASSES else [])}
            for tag in VALUES.keys() | CLASSES.keys()
        },
        attribute_filter=_value,
        url_schemes={"https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def last(html: str) -> str:
    """``html`` with nothing but what is allowed."""
    return CONTROL.sub("", _cleaner().clean(html))
