"""Formulas as MathML, made here: a page needs neither script nor network for them.

latex2mathml translates; what it makes is trusted with nothing.  It writes ``\\href``,
``\\style`` and the letters of ``\\text`` through as they are, so its tree is walked and
each element is made anew.  A formula that it does not understand, that would do anything but
show its letters, or that would not show all of them, is shown as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html import escape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from autograder.showing.allowed import MATH, VALUES

MAX_FORMULA = 2000  # characters
MAX_DEPTH = 40  # of braces and environments
MAX_NODES = 5000
# definitions grow without end, the others act, hide, paint or move what they hold
REFUSED = re.compile(
    r"\\(?:def|[egx]def|let|(?:re)?new\w*|provide\w*|Declare\w*|href|url|style|class|cssId|id|"
    r"data|color|textcolor|colorbox|fcolorbox|definecolor|h?phantom|vphantom|smash|[rlc]lap|"
    r"math[rlc]lap|raise\w*|lower\w*|kern|mkern|mskip|hskip|hspace|vspace|rule|"
    r"includegraphics|unicode|require|tiny|scriptsize|small|large|Large|LARGE|huge|Huge|tag|label|"
    r"ref|eqref|verb|mathchoice)(?![A-Za-z])"
)
# what it does not know, and what it would number
ENVIRONMENT = re.compile(r"\\(begin|end)\{(?:aligned|align|gathered|gather\*?|equation\*?)\}")
# what it draws with boxes on top of each other, or does not know behind `\\Big`
INSTEAD = (
    (re.compile(r"\\not\s*(?:=|\{=\})"), r"\\neq "),
    (re.compile(r"\\not\s*\\in(?![A-Za-z])"), r"\\notin "),
    (re.compile(r"\\not\s*<"), r"\\nless "),
    (re.compile(r"\\not\s*>"), r"\\ngtr "),
    (re.compile(r"(\\[bB]igg?[lrm]?\s*)\\\|"), r"\1‖"),
)
# what TeX reads and does not show: commands, environments with their columns, lengths of lines
UNSEEN = re.compile(
    r"\\(?:begin|end)\s*\{[^}]*\}(?:\[\w*\])?(?:\{[lcr|@{} ]*\})?"
    r"|\\\\\*?(?:\[[^\]]*\])?|\\[A-Za-z]+\*?|\\."
)
ENTITY = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
TOKENS = {"mi", "mn", "mo", "mtext"}
DROPPED = {"xmlns", "rowspacing", "columnspacing", "columnlines", "rowlines", "lspace", "rspace"}


class NotShown(ValueError):
    """The formula is not understood, or is more than a formula."""


def formula(tex: str, block: bool) -> str:
    """A formula (without its dollars) as MathML, or its TeX as text."""
    try:
        return _mathml(tex.strip(), block)
    except (Exception, RecursionError):  # its errors are of every kind
        mark = "$$" if block else "$"
        return f'<code class="math">{mark}{escape(tex)}{mark}</code>'


def _mathml(tex: str, block: bool) -> str:
    if not tex or len(tex) > MAX_FORMULA or REFUSED.search(tex) or "%" in tex.replace("\\%", ""):
        raise NotShown(tex)
    if _depth(tex) > MAX_DEPTH:
        raise NotShown("too deep")
    written = tex
    tex = ENVIRONMENT.sub(r"\\\1{align*}", tex).replace("\\!", "")
    if "&" not in tex.replace("\\&", ""):  # elsewhere it parts the columns
        tex = tex.replace("\\&", r"\text{&}")
    for pattern, known in INSTEAD:
        tex = pattern.sub(known, tex)
    tree = convert_to_element(tex, display="block" if block else "inline")
    if sum(1 for _ in tree.iter()) > MAX_NODES:
        raise NotShown("too large")
    html = "".join(_made_anew(tree))
    if _letters(UNSEEN.sub(" ", written)) - _letters(re.sub(r"<[^>]*>", "", html)):
        raise NotShown("it would lose a letter")
    return html


def _letters(text: str) -> Counter[str]:
    """How often each letter and digit stands there, in whatever alphabet of mathematics."""
    return Counter(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def _depth(tex: str) -> int:
    deepest = depth = 0
    for token in re.findall(r"\\(?:begin|end|left|right)(?![A-Za-z])|\\.|[{}]", tex):
        depth += (token in ("{", "\\begin", "\\left")) - (token in ("}", "\\end", "\\right"))
        deepest = max(deepest, depth)
    if depth:
        raise NotShown("unbalanced")
    # what stands before its argument nests without a brace
    return deepest + len(re.findall(r"\\(?:sqrt|frac|hat|bar|vec|tilde|dot|over\w+|under\w+)", tex))


def _made_anew(element: Element) -> list[str]:
    tag = element.tag
    if tag not in MATH:
        raise NotShown(tag)
    if tag in TOKENS and len(element):  # \mathop: HTML knows no element inside of one
        tag = "mrow"
    attributes = []
    for name, value in element.attrib.items():
        if name in DROPPED:
            continue
        known = VALUES.get(tag, {}).get(name)
        if known is None or not known.fullmatch(value):
            if name in (
                "stretchy",
                "fence",
                "separator",
                "displaystyle",
                "width",
                "form",
                "accent",
            ):
                continue
            raise NotShown(name)
        attributes.append(f' {name}="{value}"')
    text = ENTITY.sub(lambda m: chr(int(m[1], 16)), element.text or "")
    if (text.startswith("\\") and len(text) > 1) or (text == "&" and tag != "mtext"):
        raise NotShown(text)  # a command that it does not know
    inside = [part for child in element for part in _made_anew(child)]
    return [f"<{tag}{''.join(attributes)}>", escape(text), *inside, f"</{tag}>"]
