"""Attacks on whoever reads: the instructor's and the student's browser, and terminals.

Whatever runs sets ``window.PWNED``; tests open every page in a browser and look.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.desk import RIGHT, Desk, answer, attack, cell_of, first, function

RUN = "window.PWNED=1;alert(1)"
HTML = f"""
<script>{RUN}</script><img src=x onerror="{RUN}"><svg onload="{RUN}"><g/></svg>
<iframe srcdoc="<script>parent.PWNED=1</script>"></iframe><details open ontoggle="{RUN}">x</details>
<a href="javascript:{RUN}" id="click">x</a><math href="javascript:{RUN}">x</math>
<object data="javascript:{RUN}"></object><style onload="{RUN}">x</style>
<form action="javascript:{RUN}"><input autofocus onfocus="{RUN}"></form>
<base href="javascript:{RUN}//"><meta http-equiv="refresh" content="0;url=javascript:{RUN}">
</pre></div></textarea></title><script>{RUN}</script>--><script>{RUN}</script>
"""
MARKDOWN = f"""{HTML}

[link](javascript:{RUN}) [data](data:text/html;base64,PHNjcmlwdD4=) <javascript:{RUN}>
[entity](java&#115;cript:{RUN}) [tab](java\tscript:{RUN}) ![i](x"onerror="{RUN})
[ref]: javascript:{RUN}
[ref] ![quoted](x 'a" onerror="{RUN}')

```mermaid
</pre><script>{RUN}</script>
```

```"><script>{RUN}</script>
x
```

<div
onclick="{RUN}">x</div> <scr<script>ipt>{RUN}</scr</script>ipt>

$\\href{{javascript:{RUN}}}{{x}}$ `</code><script>{RUN}</script>`
"""


@attack(*RIGHT)
def html_in_outputs(desk: Desk) -> NotebookNode:
    """Outputs of HTML, JavaScript, SVG, LaTeX, JSON and widgets that act when they are shown."""
    source = f"""
from IPython.display import HTML, Javascript, SVG, Latex, Markdown, display
bad = {HTML!r}
display(HTML(bad), Javascript({RUN!r}), Latex(bad), Markdown(bad))
display(SVG(data='<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><g/></svg>'))
for kind in ("text/html", "application/javascript", "image/svg+xml", "application/json",
             "application/vnd.jupyter.widget-view+json", "text/vnd.mermaid", "application/pdf",
             "text/markdown", "text/latex", "text/plain"):
    display({{kind: bad}}, raw=True)
    display({{kind: bad, "image/png": "iVBORw0KGgo="}}, raw=True)
print(bad)
"""
    return first(desk.solved(*RIGHT), source)


@attack(*RIGHT)
def picture_that_is_none(desk: Desk) -> NotebookNode:
    """A PNG that ends its own attribute, and picture settings that do."""
    source = f"""
from IPython.display import display
bad = '">' + {HTML!r}
for kind in ("image/png", "image/jpeg"):
    display({{kind: bad}}, raw=True)
    display({{kind: "iVBORw0KGgo="}}, raw=True, metadata={{
        "filenames": {{kind: bad}}, kind: {{"width": bad, "height": bad, "alt": bad}},
        "width": bad}})
"""
    return first(desk.solved(*RIGHT), source)


@attack(*RIGHT)
def html_in_markdown(desk: Desk) -> NotebookNode:
    """Scripts, handlers and JavaScript addresses in the free-text answer."""
    return answer(desk.solved(*RIGHT), MARKDOWN)


@attack(*RIGHT)
def html_in_error_messages(desk: Desk) -> NotebookNode:
    """Scripts in the text of an exception, which the feedback quotes in its comments."""
    nb = desk.solved(*RIGHT)
    function(nb, "anneal_momentum", f"    raise ValueError({HTML[:500]!r})")
    function(nb, "sgd_momentum_torch", f"    raise ValueError({MARKDOWN[-500:]!r})")
    short = f'<img src=x onerror="{RUN}">'
    cell_of(nb, "nesterov_lookahead-code").source = f"""
class Odd(dict):
    pass
Odd.__name__ = Odd.__qualname__ = {short!r}
def nesterov_lookahead(w, grad_fn, config=None):
    return w, Odd
"""
    return first(nb, f"raise ValueError({HTML!r})")


@attack(*RIGHT)
def terminal_escapes(desk: Desk) -> NotebookNode:
    """Escape sequences that write a terminal's title, clipboard and screen."""
    bad = "\x1b]0;title\x07\x1b[2J\x1b]52;c;cm0=\x07\x9b31m\x1bP+q\x1b\\\x08\x08\u202e\u2066"
    nb = answer(desk.solved(*RIGHT), f"Answer {bad}")
    function(nb, "anneal_momentum", f"    raise ValueError({bad!r})")
    nb.cells[-1].source += bad
    return first(
        nb, f"import sys\nprint({bad!r})\nprint({bad!r}, file=sys.stderr)\nraise OSError({bad!r})"
    )


@attack(*RIGHT)
def half_surrogates_in_errors(desk: Desk) -> NotebookNode:
    """Exceptions and outputs with half a surrogate pair, which no file and no database takes."""
    bad = "\ud800\udfff \x00"
    nb = desk.solved(*RIGHT)
    function(nb, "anneal_momentum", f"    raise ValueError({bad!r})")
    function(nb, "sgd_momentum_torch", f"    return {bad!r}, {{}}")
    return first(nb, f"print({bad!r})")


@attack(*RIGHT)
def missing_attachment(desk: Desk) -> NotebookNode:
    """A picture in the answer that is not there: nbconvert refuses to render the whole notebook."""
    nb = answer(desk.solved(*RIGHT), "![a](attachment:image.png) ![b](attachment&#58;image.png)")
    return function(nb, "anneal_momentum", "    raise ValueError('![x](attachment:y.png)')")


@attack(*RIGHT)
def markdown_that_nests(desk: Desk) -> NotebookNode:
    """Quotes, lists, brackets and tags nested by the thousand."""
    text = "\n\n".join(
        ("> " * 5_000 + "x", "- " * 5_000 + "x", "[" * 20_000, "<b>" * 3_000, "*a **b " * 5_000)
    )
    return answer(desk.solved(*RIGHT), text)


@attack(*RIGHT)
def markdown_that_takes_its_time(desk: Desk) -> NotebookNode:
    """Openings of mathematics without an end, for a pattern that looks for one each time."""
    text = "\n\n".join(("\\begin{a}" * 10_000, "$$x" * 20_000, "<a " * 20_000, "`" * 999 + "x"))
    return answer(desk.solved(*RIGHT), text)


@attack(*RIGHT)
def mathematics_that_acts(desk: Desk) -> NotebookNode:
    """Formulas with links, styles, classes and macros that never end, in answers and errors."""
    bad = (
        f"$\\href{{javascript:{RUN}}}{{x}}$ $\\require{{html}}\\style{{position:fixed}}{{x}}$ "
        f"&#92;(\\hr<wbr>ef{{javascript:{RUN}}}{{x}}&#92;) $\\def\\x{{\\x\\x}}\\x$ "
        "$\\cssId{notebook}{x}$ $\\unicode[x;background:url(//x)]{65}$"
    )
    nb = answer(desk.solved(*RIGHT), bad)
    return function(nb, "anneal_momentum", f"    raise ValueError({bad!r})")


@attack(*RIGHT)
def elements_named_like_the_pages_own(desk: Desk) -> NotebookNode:
    """Text whose elements bear the names by which the page's own scripts find theirs."""
    bad = (
        '<input class="score" id="notebook" name="csrf"><div id="toc"></div>'
        '<div class="nbgrader_cell" style="position:fixed;inset:0">x</div>'
        f"<a class='btn' data-toggle='tooltip' data-html='true' title='<img src=x "
        f'onerror="{RUN}">\'>x</a><img name="getElementById"><form name="body"></form>'
        "<%= (window.PWNED=1) %> {{constructor.constructor('window.PWNED=1')()}} ${window.PWNED=1}"
    )
    nb = answer(desk.solved(*RIGHT), bad)
    function(nb, "anneal_momentum", f"    raise ValueError({bad!r})")
    return first(nb, f"print({bad!r})")
