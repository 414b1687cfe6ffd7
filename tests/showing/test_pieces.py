"""Each kind of piece: what was written is shown, in bounded time, and nothing else."""

from __future__ import annotations

import random
import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from exploits import EXPLOITS
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbconvert.filters.strings import strip_files_prefix
from nbconvert.preprocessors.sanitize import SanitizeHTML

from autograder.showing import allowed
from autograder.showing.formulas import formula
from autograder.showing.pieces import MAX_PLAIN, RENDERERS, plain, render

SECONDS = 15.0  # of processor; the costliest text below takes three on a slow machine


def words(html: str) -> str:
    """What a reader sees, and may read by pointing at it."""
    told = "".join(re.findall(r'(?:title|alt|href)="([^"]*)"', html))
    return unescape(re.sub(r"</?(?:math|m[a-z]+)\b[^>]*>", "", re.sub(r"<br>", " ", html)) + told)


@pytest.mark.parametrize(
    "written",
    [
        "We need x<b and y>c.",
        "a<b>c and d>e",
        "if x<a href=1 then y",
        "<!-- my answer is 0.5 -->",
        "<div> **not** bold </div>",
        "[Answer]: 0.5",
        "[note]: https://example.org",
        "5 < 6 && 7 > 3 &c.",
        "costs $5 and $6",
        "```python my whole answer\nx\n```",
        "<script>x</script>",
        "<x@",
        "A<B<C>D",
        "\\<b> C:\\files\\x",
    ],
)
def test_no_letter_is_lost(written: str) -> None:
    shown = words(render("prose", written))
    for word in re.findall(r"[\w.]+|[<>]", written):
        assert word in unescape(shown), shown
    assert len(re.findall("<", unescape(render("prose", written)))) >= written.count("<")


def test_what_the_old_page_lost() -> None:
    """The test above can fail: this is what a sanitiser and plain Markdown leave of two texts."""
    cleaned = markdown2html_mistune(SanitizeHTML().sanitize_html_tags("We need x<b and y>c."))
    assert "and" not in words(re.sub(r"<[^>]*>", "", cleaned))
    assert "0.5" not in markdown2html_mistune("[Answer]: 0.5")


PARTS = (
    "<b>",
    "</b>",
    "<",
    "> ",
    ">",
    "*",
    "**",
    "_",
    "`",
    "``",
    "```\n",
    "~~",
    "[",
    "](",
    "]",
    ")",
    "![",
    "|",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "# ",
    "    ",
    "<div a=",
    "</div>",
    "<!--",
    "-->",
    "&lt;",
    "&",
    "\\",
    "https://a.b",
    "javascript:",
    "word",
    "y<2",
    '"t"',
    ":",
    "[a]: /u",
    "---",
    "===",
    "|a|b|\n|-|-|\n|c|d|e|f|\n",
    "  \n",
    "<br>",
    "<sub>",
    "</sub>",
    "\t",
    "data:image/png;base64,AAAA",
    "{{",
    "%}",
    "files/",
)


def test_no_word_of_two_thousand_random_texts_is_lost() -> None:
    rng = random.Random(2)
    for _ in range(2000):
        numbers = iter(range(10_000, 99_999))
        text = "".join(
            rng.choice(PARTS) + (f"w{next(numbers)}" if rng.random() < 0.5 else "")
            for _ in range(rng.randint(3, 25))
        )
        shown = words(render("prose", text))
        lost = [w for w in re.findall(r"w\d{5}", text) if w not in shown]
        assert lost == [], text


def test_honest_markdown_looks_as_it_should() -> None:
    html = render(
        "prose",
        "# Title\n\n**bold** *em* `a<b` ~~no~~ [book](https://a.org/b?c=1&d=2)\n\n- one\n- two\n\n"
        "| a | b |\n|---|---|\n| $\\rho$ | H<sub>2</sub>O |\n\n> quoted\n\n"
        "```python\ndef f(): return 1\n```\n\n$$\n\\frac{1}{2}\n$$\n\n"
        "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\n",
    )
    for part in (
        "<h2>Title</h2>",
        "<strong>bold</strong>",
        "<em>em</em>",
        "<code>a&lt;b</code>",
        '<a href="https://a.org/b?c=1&amp;d=2" rel="noopener noreferrer">book</a>',
        "<li>one</li>",
        "H<sub>2</sub>O",
        "<mi>ρ</mi>",
        "<blockquote>",
        '<span class="k">def</span>',
        "<mfrac>",
        "<mtable",
    ):
        assert part in html


@pytest.mark.parametrize(
    "tex",
    [
        r"0<\alpha<2/L",
        r"v \leftarrow \rho v - \alpha \nabla f",
        r"\hat{m}_t / (\sqrt{\hat v_t}+\epsilon)",
        r"\left\lVert x \right\rVert_2^2",
        r"\begin{pmatrix}1&0\\0&1\end{pmatrix}",
        r"\begin{aligned}a&=b\\c&=d\end{aligned}",
        r"f: \mathbb{R}^n \to \mathbb{R}",
        r"\operatorname{argmin}_w \sum_{i=1}^N \ell_i(w)",
        r"\text{if } x \in \{1,\dots,n\}",
        r"\overline{x}_n + \underline{y}",
        r"\mathbf{1}[x>0] + \mathbb{1}_A",
        r"x \not= y \not\in A",
        r"\Big\| x \Big\|_2",
        r"\text{SGD} \& \text{Adam}, 10\%",
        r"\mathscr{L}(w) = \mathop{argmax}_w f",
        r"\begin{cases}1&x<0\\[2pt]0&\text{otherwise}\end{cases}",
        r"\textbf{bold} \texttt{a<b}",
    ],
)
def test_formulas_become_mathml(tex: str) -> None:
    html = render("prose", f"so ${tex}$ holds")
    assert "<math" in html and "$" not in html and "\\" not in html


@pytest.mark.parametrize(
    ("tex", "read"),
    [
        (r"\mathop{argmax}_w f", "argmaxwf"),
        (r"\mathop{\mathrm{soft}max}(z)_i", "softmax(z)i"),
        (r"0<\alpha<2/L", "0<α<2/L"),
        (r"\mathbf{1}[x>0]", "1[x>0]"),
        (r"a \& b", "a&b"),
        (r"\text{x<y & z}", "x<y\N{NO-BREAK SPACE}&\N{NO-BREAK SPACE}z"),
        (r"x \not< y", "x≮y"),
    ],
)
def test_no_letter_of_a_formula_is_lost(tex: str, read: str) -> None:
    """`\\mathop{argmax}` was an empty formula: HTML drops what stands inside of an operator."""
    html = render("prose", f"${tex}$")
    assert "<math" in html
    assert unescape(re.sub(r"<[^>]*>", "", html)).strip() == read


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\frac{1",
        r"\unknown{x}",
        r"\def\x{\x\x}\x",
        "x^",
        "{" * 900,
        r"\phantom{19}",
        r"\hspace{-9em}x",
        r"\text{<b>",
        r"\color{white}{x}",
        "%x",
        r"\sqrt" * 300,
        r"\mspace{nineteen}",
        r"\sqrt{\uproot{secret}x}",
        "a & b",
    ],
)
def test_what_is_no_formula_is_shown_as_it_was_written(tex: str) -> None:
    html = formula(tex, block=False)
    assert html.startswith('<code class="math">$')
    assert unescape(re.sub(r"</?code[^>]*>", "", html)) == f"${tex}$"


@pytest.mark.parametrize(
    ("tex", "sign"),
    [
        (r"\href{javascript:alert(1)}{x}", 'href="javascript:'),
        (r"\style{position:fixed}{x}", 'style="position'),
        (r"\class{said}{x}", 'class="said"'),
        (r"\text{<img src=x>}", "<img"),
        (r"\hspace{-90em}x", 'width="-90em"'),
        (r"\color{white}{x}", 'mathcolor="white'),
        (r"\phantom{x}", "<mphantom>"),
        (r"\rule{99em}{99em}", 'height="99em"'),
    ],
)
def test_the_translator_of_formulas_is_trusted_with_nothing(tex: str, sign: str) -> None:
    """By itself it writes down what acts, paints, hides or moves."""
    assert sign in convert(tex)
    assert sign not in render("prose", f"so ${tex}$")


def test_a_renderer_that_breaks_costs_its_piece_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RENDERERS, "prose", lambda text: [][1])
    assert render("prose", "<b>") == "<pre>&lt;b&gt;</pre>"
    assert render("text", "x") == "<pre>x</pre>"


def fit(text: str, size: int = 20_000) -> str:
    return (text * (size // len(text) + 1))[:size]


BOMBS = {
    "brackets": ("prose", fit("[")),
    "pictures": ("prose", fit("![")),
    "links": ("prose", fit("[a](")),
    "brackets in brackets": ("prose", "[" * 10_000 + "]" * 10_000),
    "labels": ("prose", fit("[x][")),
    "stars": ("prose", fit("*a **b ")),
    "stars and lines": ("prose", fit("*_")),
    "quotations": ("prose", fit("> ")),
    "lazy quotations": ("prose", "> " * 50 + "x\n" + fit("x\n")),
    "lists": ("prose", "".join(" " * k + "- x\n" for k in range(190))),
    "dashes": ("prose", fit("- ")),
    "formulas": ("prose", fit("$a$")),
    "openings of formulas": ("prose", fit("$$x")),
    "environments": ("prose", fit("\\begin{a}")),
    "fractions": ("prose", fit("$\\frac12$ ")),
    "a wide table": ("prose", "|a" * 300 + "|\n" + "|-" * 300 + "|\n" + "|\n" * 9000),
    "definitions": ("prose", "".join(f"[a{i}]: /b\n" for i in range(2000))),
    "quotation marks": ("prose", "".join("`" * k + " " for k in range(199))),
    "tags": ("prose", fit("<a ")),
    "tags in tags": ("prose", fit("<b><i>")),
    "entities": ("prose", fit("&#8238;")),
    "a long text": ("prose", fit("x ", 20_000_000)),
    "empty lines of code": ("code", fit("    \n", 200_000)),
    "empty lines of coloured code": ("code", fit("    \n")),
    "strings": ("code", fit("f'{")),
    "names": ("code", fit("@a.")),
    "long code": ("code", fit("x = 1\n", 500_000)),
    "signs": ("text", fit("&", 5_000_000)),
    "elements": ("verdict", fit("<b><p>", 200_000)),
    "attributes": ("verdict", "<b " + fit("a ", 200_000) + ">"),
    "a large picture": ("png", "A" * 30_000_000),
    "remarks": ("remark", fit("`a", 5_000_000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_time_and_size_are_bounded(name: str) -> None:
    begin = time.process_time()
    html = render(*BOMBS[name])
    assert time.process_time() - begin < SECONDS
    assert len(html) < max(4_000_000, 1.1 * len(BOMBS[name][1]))


def test_depth_is_bounded_before_a_browser_flattens_it() -> None:
    assert render("verdict", "<div>" * 600 + "x").startswith("<pre>")
    assert render("prose", "> " * 9 + "x").startswith("<pre>")


class Elements(HTMLParser):
    """Tags, attributes and addresses of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


@pytest.mark.parametrize("kind", RENDERERS)
@pytest.mark.parametrize("name", EXPLOITS)
def test_no_kind_of_piece_lets_an_exploit_through(kind: str, name: str) -> None:
    found = Elements(render(kind, EXPLOITS[name][0]))
    assert found.tags <= allowed.TEXT | allowed.MATH
    known = {a for values in allowed.VALUES.values() for a in values} | {"class", "rel"}
    assert found.attributes <= known
    assert all(allowed.address(a) or allowed.picture(a) for a in found.addresses)
    assert not {"style", "id", "name", "srcset"} & known
    assert not {"script", "svg", "form", "input", "iframe", "section"} & allowed.TEXT


@pytest.mark.parametrize("kind", ["prose", "code", "text", "remark", "verdict"])
def test_no_piece_turns_the_direction_of_writing(kind: str) -> None:
    html = render(kind, "a &#8238;b \u202ec &#x2066;d \x1b[2J &#27; e")
    assert not re.search("[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069]", html)


def test_the_fallback_says_where_it_cut() -> None:
    long = "<b>" * MAX_PLAIN
    assert plain("<b>") == "<pre>&lt;b&gt;</pre>"
    assert f"[cut here: {2 * MAX_PLAIN} more characters]" in plain(long)
    assert len(plain(long)) < 6 * MAX_PLAIN


def test_pictures_are_bitmaps() -> None:
    assert render("png", "iVBO\nRw0KGgo=").startswith(
        '<img src="data:image/png;base64,iVBORw0KGgo="'
    )
    for bad in ('">x', "<b>", "", "=A"):
        assert "<img" not in render("png", bad)


def test_the_old_order_of_filters_is_what_was_wrong() -> None:
    """What is removed after the check makes a script of an address that was none."""
    cleaned = SanitizeHTML().sanitize_html_tags(
        markdown2html_mistune(EXPLOITS["files before a script"][0])
    )
    assert 'href="javascript:' not in cleaned
    assert 'href="javascript:' in strip_files_prefix(cleaned)
