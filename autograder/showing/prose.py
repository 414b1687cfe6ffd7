"""Markdown as people write it in notebooks, without raw HTML: what looks like a tag is text.

``We need x<b and y>c`` has to arrive whole.  Only a few pairs of tags without attributes
are taken for what they say.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape
from re import Match
from typing import Any
from urllib.parse import unquote

from mistune import BlockParser, InlineParser, Markdown
from mistune.core import BlockState, InlineState
from mistune.plugins.formatting import strikethrough
from mistune.plugins.table import table
from mistune.renderers.html import HTMLRenderer

from autograder.showing import allowed
from autograder.showing.code import code
from autograder.showing.formulas import formula

MAX_PROSE = 20_000  # characters of one piece
MAX_BRACKETS = 4_000  # each of them is looked for to the end
# quotations in each other; what is deeper takes long and says nothing
QUOTES = re.compile(r"^[ \t]*(?:>[ \t]*){9}", re.MULTILINE)

_BODY = r"(?:[^$\n]|\n(?!\s*\n)){1,2000}?"
BLOCK_MATH = (
    r"^ {0,3}\$\$(?P<dollars>(?:[^$]){1,2000}?)\$\$[ \t]*$"
    r"|^ {0,3}(?P<environment>\\begin\{(?P<env>[a-z]{1,12}\*?)\}"
    r"(?:[^\\]|\\(?!end\b|begin\b)){1,2000}\\end\{(?P=env)\})[ \t]*$"
)
INLINE_MATH = rf"\$\$(?P<display>{_BODY})\$\$|\$(?![\s$])(?P<inline>{_BODY})(?<![\s\\])\$(?![\d$])"
PAIR = re.compile(r"&lt;(b|i|em|strong|sub|sup|u|kbd)&gt;([^<&]{1,300})&lt;/\1&gt;")
BREAK = re.compile(r"&lt;br ?/?&gt;")


class TooCostly(ValueError):
    """Prose that would take long to render; it is shown as plain text."""


def prose(text: str) -> str:
    """Markdown as HTML.

    Raises:
        TooCostly: for text that no person writes.
    """
    brackets = text.count("[") + text.count("]")
    if len(text) > MAX_PROSE or brackets > MAX_BRACKETS or QUOTES.search(text):
        raise TooCostly("too long, or too deeply nested")
    return str(_markdown()(text))


class Renderer(HTMLRenderer):
    """What each part of a text becomes; the last filter has the last word."""

    def text(self, text: str) -> str:
        shown = escape(unescape(text), quote=False)
        return BREAK.sub("<br>", PAIR.sub(r"<\1>\2</\1>", shown))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not allowed.address(url):
            shown = escape(unquote(url))
            if not title and shown == text:
                return f"&lt;{text}&gt;"
            told = f' "{escape(title)}"' if title else ""
            return f"[{text}]({shown}{told})"
        named = f' title="{escape(title)}"' if title else ""
        return f'<a href="{escape(url)}"{named}>{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        told = f' "{escape(title)}"' if title else ""
        if not allowed.picture(url):
            return f"![{text}]({escape(unquote(url))}{told})"
        alt = re.sub(r"<[^>]*>", "", text)
        return f'<img src="{url}" alt="{alt}">{told}'

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        tag = f"h{min(level + 1, 6)}"  # the first is the page's own
        return f"<{tag}>{text}</{tag}>\n"

    def block_code(self, code_: str, info: str | None = None) -> str:
        info = (info or "").strip()
        plain = re.fullmatch(r"\{?[\w.+#-]{0,20}\}?", info)
        return code(code_ if plain else f"{info}\n{code_}", info.strip("{}") or "text")

    def inline_math(self, text: str) -> str:
        return formula(text, block=False)

    def display_math(self, text: str) -> str:
        return formula(text, block=True)

    def block_math(self, text: str) -> str:
        return f"<div>{formula(text, block=True)}</div>\n"


def _block_math(block: BlockParser, found: Match[str], state: BlockState) -> int:
    raw = found.group("dollars") or found.group("environment")
    state.append_token({"type": "block_math", "raw": raw})
    return found.end() + 1


def _inline_math(inline: InlineParser, found: Match[str], state: InlineState) -> int:
    display = found.group("display")
    kind = "inline_math" if display is None else "display_math"
    state.append_token({"type": kind, "raw": display or found.group("inline")})
    return found.end()


@cache
def _markdown() -> Markdown:
    block, inline = BlockParser(), InlineParser()
    # what looks like HTML or like the definition of a link is text, and stays
    for rule in ("block_html", "raw_html", "ref_link"):
        for rules in (block.rules, block.block_quote_rules, block.list_rules):
            if rule in rules:
                rules.remove(rule)
    inline.rules.remove("inline_html")
    markdown = Markdown(Renderer(escape=True), block, inline, [table, strikethrough])
    for rules in (block.block_quote_rules, block.list_rules):
        block.insert_rule(rules, "block_math", before="list")
    block.register("block_math", BLOCK_MATH, _block_math, before="list")
    inline.register("inline_math", INLINE_MATH, _inline_math, before="codespan")
    return markdown
