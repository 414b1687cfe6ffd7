"""Notebooks that are costly to read, though their bytes are fewer than are allowed."""

from __future__ import annotations

import json

import nbformat

from trial.attacks.corpus.desk import QUESTION, Desk, attack, cell_of, everything

FULL = 19 << 20  # bytes: nearly what a notebook may have


def _with(desk: Desk, key: str, text: str) -> bytes:
    """The solved notebook with one more part at the top, given as JSON."""
    whole = json.dumps(desk.solved())
    return (whole[:-1] + f', "{key}": {text}}}').encode()


@attack(*everything(), least=0)
def format_of_2013_with_many_cells(desk: Desk) -> None:
    """The format before cells stood at the top, with hundreds of thousands of them to convert."""
    tree = json.loads(nbformat.v3.writes_json(nbformat.v4.downgrade(desk.solved())))
    cells = tree["worksheets"][0]["cells"]
    small = {"cell_type": "code", "input": "", "outputs": [], "language": "python"}
    cells += [small] * (FULL // 80 - len(cells))
    desk.write(json.dumps(tree, separators=(",", ":")).encode())


@attack(*everything(), least=0)
def half_a_million_tiny_cells(desk: Desk) -> None:
    """Cells of no content, behind those that count."""
    whole = json.dumps(desk.solved())
    at = whole.rindex('], "metadata"') if '], "metadata"' in whole else whole.rindex("]")
    more = ',{"cell_type":"code","source":""}' * (FULL // 33)
    desk.write((whole[:at] + more + whole[at:]).encode())


@attack(*everything(), least=0)
def trees_of_metadata(desk: Desk) -> None:
    """Millions of empty dictionaries where settings are expected."""
    desk.write(_with(desk, "settings", "[" + "{}," * (FULL // 3) + "{}]"))


@attack(*everything(), least=0)
def sources_in_a_million_pieces(desk: Desk) -> None:
    """The source of one cell as a list of millions of single characters."""
    tree = json.loads(json.dumps(desk.solved()))
    tree["cells"].append({"cell_type": "code", "metadata": {}, "source": ["x"] * (FULL // 5)})
    desk.write(json.dumps(tree, separators=(",", ":")).encode())


@attack(*everything(), least=0)
def nesting_below_the_limit(desk: Desk) -> None:
    """Lists nested nearly as deep as can be read, thousands of them."""
    deep = "[" * 800 + "]" * 800
    desk.write(_with(desk, "settings", "[" + ",".join([deep] * (FULL // 1700)) + "]"))


@attack(*everything(), least=0)
def names_of_cells_without_end(desk: Desk) -> None:
    """Names of cells of a megabyte each, and one of them where an answer's name stands."""
    tree = json.loads(json.dumps(desk.solved()))
    for i in range(16):
        meta = {"nbgrader": {"grade_id": f"{i}" + "n" * (1 << 20), "grade": True}}
        tree["cells"].append({"cell_type": "code", "metadata": meta, "source": "1"})
    desk.write(tree)


@attack(*everything())
def keys_that_come_twice(desk: Desk) -> None:
    """Every key of the file twice, first with a value that is no use: the last one counts."""
    text = json.dumps(desk.solved())
    for key, worse in (("source", "[7]"), ("cells", "[]"), ("cell_type", '"raw"')):
        text = text.replace(f'"{key}": ', f'"{key}": {worse}, "{key}": ')
    desk.write(text.encode())


@attack(*everything(), least=0)
def numbers_of_every_length(desk: Desk) -> None:
    """Numbers of millions of digits before and behind the point, and endless exponents."""
    odd = ["0." + "7" * (4 << 20), "7" * (4 << 20) + "e-9", "1e999999999", "-0.0e-999999"]
    odd += ["7" * 4300] * 1000
    desk.write(_with(desk, "settings", "[" + ",".join(odd) + "]"))


@attack(*everything(), least=0)
def answer_in_a_million_lines(desk: Desk) -> None:
    """A free-text answer of empty lines, marks and entities alone."""
    nb = desk.solved()
    cell_of(nb, QUESTION).source = "\n&\n\n\\\n" * (FULL // 30)
    desk.write(json.dumps(nb).encode())
