"""Text that is costly to colour, to clean and to lay out, though it is short.

Each is an answer and a cell of its own beside two right functions.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from trial.attacks.corpus.desk import RIGHT, Desk, answer, attack, first, function

MOST = 19_500  # characters: what a text cell may hold, nearly


def laid_out(desk: Desk, text: str) -> NotebookNode:
    """Two right functions, with ``text`` as answer, as a cell, and in an error."""
    nb = answer(desk.solved(*RIGHT), text[:MOST])
    return function(nb, "anneal_momentum", f"    raise ValueError({text[:600]!r})")


@attack(*RIGHT, family="readers")
def elements_that_are_opened_again(desk: Desk) -> NotebookNode:
    """Bold and italic without an end, to be opened again in each of a thousand items."""
    opened = "".join(f"<b id={i:x}>" for i in range(900))
    return laid_out(desk, opened + "<li>x" * 2000)


@attack(*RIGHT, family="readers")
def elements_that_overlap(desk: Desk) -> NotebookNode:
    """Links and bold text that end in another order than they began, a thousand deep."""
    return laid_out(desk, "<a><b><i>" * 700 + "<p>x</a>" * 700 + "</b><table>" * 200)


@attack(*RIGHT, family="readers")
def brackets_before_a_prefix(desk: Desk) -> NotebookNode:
    """Brackets by the thousand, where a pattern looks for the end of each link to a file."""
    return laid_out(desk, "[](files/" * 900 + "\n" + "![" * 2000 + "](/files/" * 500)


@attack(*RIGHT, family="readers")
def code_in_slow_languages(desk: Desk) -> NotebookNode:
    """Code in languages whose colouring takes time with the square of the text, or worse."""
    pieces = (("amdgpu", "a"), ("agda", " "), ("adl", "("), ("abap", "["), ("ada", "a."),
              ("html+ng2", "("), ("alloy", "\\"))  # fmt: skip
    nb = desk.solved(*RIGHT)
    for language, piece in pieces:
        text = (piece * MOST)[: MOST - 100]
        nb.cells.append(new_markdown_cell(f"```{language}\n{text}\n```"))
    return nb


@attack(*RIGHT, family="readers")
def links_that_refer_to_each_other(desk: Desk) -> NotebookNode:
    """References, footnotes and definitions, each used a thousand times."""
    text = "[x][r]" * 1500 + "\n\n[r]: https://example.org/" + "y" * 5000
    return laid_out(desk, text + " 'z'\n\n" + "[^1]" * 800 + "\n\n[^1]: x")


@attack(*RIGHT, family="readers")
def tables_without_end(desk: Desk) -> NotebookNode:
    """Tables of thousands of empty cells, nested quotes between them, rules and marks."""
    head = "|" * 3000 + "\n" + "|-" * 3000 + "|\n" + ("|" * 300 + "\n") * 20
    return laid_out(desk, head + "~~" * 500 + "**_" * 500 + "\n" + "***\n" * 300)


@attack(*RIGHT, family="readers")
def code_that_is_hard_to_colour(desk: Desk) -> NotebookNode:
    """Code of the student's own that is cheap to run and slow to colour, in every cell."""
    nb = desk.solved(*RIGHT)
    for piece in ("f'{", "r'", '"""\\', "0_", "a.", "\\\n", "@a", "# \\", "!!", "%%", "a ", "?"):
        text = (piece * 30_000)[:30_000]
        nb.cells.append(new_code_cell(f"if False:\n    x = 1\n{text}"))
    return nb


@attack(*RIGHT, family="readers")
def colours_of_a_terminal(desk: Desk) -> NotebookNode:
    """Output and tracebacks in which every character has a colour of its own."""
    source = """
text = "".join(f"\\x1b[{30 + i % 8};4{i % 8};1mx" for i in range(9000))
print(text)
print("\\x1b[" * 30_000)
print("\\x1b[" + "1;" * 30_000 + "m")
raise ValueError(text)
"""
    return first(desk.solved(*RIGHT), source)
