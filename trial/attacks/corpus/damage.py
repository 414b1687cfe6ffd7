"""Damaged and odd files: what can be read keeps its points, what cannot gets a sentence."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from trial.attacks.corpus.desk import (
    QUESTION,
    RIGHT,
    Desk,
    attack,
    cell_of,
    everything,
    first,
    names,
)


@attack(*everything())
def duplicate_grade_ids(desk: Desk) -> NotebookNode:
    """Cells copied with their names: stock nbgrader gives no grade at all."""
    nb = desk.solved()
    for name in names():
        at = nb.cells.index(cell_of(nb, f"{name}-code"))
        twin = new_code_cell("pass")
        twin.metadata = NotebookNode(nb.cells[at].metadata)
        nb.cells.insert(at, twin)
    nb.cells.append(NotebookNode(cell_of(nb, QUESTION)))
    return nb


@attack(*everything())
def flipped_metadata(desk: Desk) -> NotebookNode:
    """Every flag of nbgrader's metadata turned round, with values of wrong types."""
    nb = desk.solved()
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader")
        for key in [k for k in meta or {} if k != "grade_id"]:
            meta[key] = (not meta[key]) if isinstance(meta[key], bool) else {"odd": [None]}
    return nb


@attack(*everything())
def odd_grade_ids(desk: Desk) -> None:
    """Names of cells that are lists, numbers, paths and markup, in cells of the student's own."""
    nb = desk.solved()
    odd = ["../../x", "", "<script>", "a" * 10_000, "\n", "-", "rubric"]
    for i, name in enumerate([*odd, 7, None, ["x"], {"a": 1}, True]):
        cell = new_code_cell(f"x{i} = {i}")
        cell.metadata["nbgrader"] = {"grade_id": name, "grade": True, "points": 9}
        nb.cells.append(cell)
    tree = json.loads(json.dumps(nb))
    tree["cells"] += [7, None, [], {"cell_type": 3}, {"source": {}}, {"source": [1, "x = 1"]}]
    tree["metadata"], tree["nbformat"] = [], "four"
    desk.write(dict(tree))


@attack(*everything())
def half_a_surrogate(desk: Desk) -> None:
    """Half a surrogate pair in a comment and in an answer: the file cannot be written again."""
    nb = desk.solved()
    cell_of(nb, "sgd_momentum-code").source += "\n# \ud83d half"
    cell_of(nb, QUESTION).source = "It starts at zero \udc00."
    desk.write(json.dumps(nb).encode())


@attack(*everything())
def latin_1(desk: Desk) -> None:
    """A file in Latin-1."""
    nb = desk.solved()
    cell_of(nb, "sgd_momentum-code").source += "\n# fähig"
    desk.write(json.dumps(nb, ensure_ascii=False).encode("latin-1", "replace"))


@attack(*everything())
def byte_order_mark(desk: Desk) -> None:
    """UTF-8 with the mark that some editors put first."""
    desk.write(b"\xef\xbb\xbf" + json.dumps(desk.solved()).encode())


@attack()
def utf_16(desk: Desk) -> None:
    """UTF-16, which JSON in a file is not allowed to be: a sentence says what to do."""
    desk.write(json.dumps(desk.solved()).encode("utf-16"))


@attack()
def truncated_json(desk: Desk) -> None:
    """The first half of a file."""
    text = json.dumps(desk.solved())
    desk.write(text[: len(text) // 2].encode())


@attack()
def empty_file(desk: Desk) -> None:
    """No byte at all."""
    desk.write(b"")


@attack()
def no_file(desk: Desk) -> None:
    """A folder in which there is no notebook."""
    (desk.folder / "notes.txt").write_text("I forgot", "utf-8")


@attack()
def nested_json(desk: Desk) -> None:
    """Lists nested a million deep."""
    desk.write(b'{"cells": ' + b"[" * 1_000_000)


@attack()
def zip_bomb(desk: Desk) -> None:
    """An archive in the place of the notebook, beside it one that unpacks to a gigabyte."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../escaped.ipynb", json.dumps(desk.solved()))
        archive.writestr("momentum.ipynb", json.dumps(desk.solved()))
    desk.write(whole.getvalue())
    desk.write(gzip.compress(bytes(1 << 26)), desk.folder / "momentum.ipynb.gz")


@attack()
def too_large(desk: Desk) -> None:
    """A notebook with outputs of thirty megabytes: a sentence asks to clear them."""
    nb = desk.solved()
    tree = json.loads(json.dumps(nb))
    tree["cells"][0]["outputs"] = ["x" * (30 << 20)]
    desk.write(dict(tree))


@attack(*everything())
def format_of_2013(desk: Desk) -> None:
    """The notebook format before cells stood at the top."""
    import nbformat

    tree = nbformat.v4.downgrade(desk.solved())
    desk.write(json.loads(nbformat.v3.writes_json(tree)))


@attack(*everything())
def renamed_file(desk: Desk) -> None:
    """A browser's second download, with spaces, brackets and a line end in its name."""
    desk.write(desk.solved(), desk.folder / "..momentum (1)\n[final] ~copy.ipynb")


@attack(*everything())
def name_that_is_no_text(desk: Desk) -> None:
    """A file name that is no UTF-8, beside files called like options and patterns."""
    import os

    path = os.fsencode(desk.folder) + b"/momentum\xff.ipynb"
    with open(path, "wb") as file:
        file.write(json.dumps(desk.solved()).encode())
    for name in ("--help", "*", "-rf", "$(touch x)"):
        (desk.folder / name).write_text("x", "utf-8")


@attack(*everything())
def through_colab(desk: Desk) -> NotebookNode:
    """Half of the cells lost nbgrader's metadata, and the notebook got another's."""
    nb = desk.solved()
    for i, cell in enumerate(nb.cells):
        if i % 2:
            cell.metadata = NotebookNode({"id": f"c{i}", "colab": {"base_uri": "https://x"}})
    nb.metadata["colab"] = {"provenance": []}
    return nb


@attack(*everything())
def no_metadata_at_all(desk: Desk) -> NotebookNode:
    """Every cell lost its name."""
    nb = desk.solved()
    for cell in nb.cells:
        cell.metadata = NotebookNode()
    nb.metadata = NotebookNode()
    return nb


@attack(*everything())
def deleted_graded_cells(desk: Desk) -> NotebookNode:
    """All graded cells deleted, the free-text answer too: stock nbgrader gives no score."""
    nb = desk.solved()
    gone = {*names(), QUESTION}
    nb.cells = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in gone]
    return nb


@attack(*everything())
def cells_in_reverse(desk: Desk) -> NotebookNode:
    """Graded cells moved to the top, before the functions that they check."""
    nb = desk.solved()
    checks = [cell_of(nb, name) for name in names()]
    nb.cells = [*checks, *[c for c in nb.cells if not any(c is x for x in checks)]]
    return nb


@attack(*RIGHT)
def cells_of_other_kinds(desk: Desk) -> NotebookNode:
    """Code cells turned into text and text into code: the names say what they were."""
    nb = desk.solved(*RIGHT)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in (*names(), QUESTION):
            cell.cell_type = "raw" if cell.cell_type == "code" else "code"
            for key in ("outputs", "execution_count"):
                cell.pop(key, None)
            if cell.cell_type == "code":
                cell.update(outputs=[], execution_count=None, source="raise SystemExit")
    return nb


@attack(*everything())
def kernel_of_another_language(desk: Desk) -> NotebookNode:
    """The notebook asks for a shell, or for a kernel that is a command of its own."""
    nb = desk.solved()
    nb.metadata["kernelspec"] = {
        "name": "../../../bin/sh",
        "language": "bash",
        "display_name": "sh",
        "argv": ["touch", "/tmp/ran"],
    }
    nb.metadata["language_info"] = {"name": "bash", "file_extension": ".sh"}
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": 1}}}
    return nb


@attack(*everything())
def ten_thousand_cells(desk: Desk) -> NotebookNode:
    """Empty cells by the thousand after the work."""
    nb = desk.solved()
    nb.cells += [new_code_cell("") for _ in range(3_000)]
    return first(nb, "x = 1")
