"""Files of every name, kind and size in the place of a notebook, or beside it."""

from __future__ import annotations

import contextlib
import json
import os
import stat

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from trial.attacks.corpus.desk import Desk, attack, everything


@attack()
def sparse_file_of_a_terabyte(desk: Desk) -> None:
    """A notebook of a terabyte that takes no room on the disk, but all memory when it is read."""
    with open(desk.path, "wb") as file:
        for size in (1 << 40, 1 << 33):
            with contextlib.suppress(OSError):
                file.truncate(size)
                break


@attack()
def device_for_a_notebook(desk: Desk) -> None:
    """The notebook is the device of endless zeros (a socket, where none can be made)."""
    try:
        os.mknod(desk.path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        os.mknod(desk.path, stat.S_IFSOCK | 0o666)


@attack()
def folder_for_a_notebook(desk: Desk) -> None:
    """The notebook is a folder, with the notebook and a link to itself in it."""
    desk.path.mkdir()
    desk.write(desk.solved(), desk.path / desk.path.name)
    (desk.path / "again").symlink_to(desk.path)


@attack()
def two_notebooks_of_other_names(desk: Desk) -> None:
    """Two notebooks, neither of the right name: a sentence asks for one."""
    desk.write(desk.solved(), desk.folder / "final.ipynb")
    desk.write(desk.solved("nesterov"), desk.folder / "final2.ipynb")


@attack(*everything())
def names_of_every_kind(desk: Desk) -> NotebookNode:
    """Beside a right notebook: names that climb folders, write on terminals, or are very long."""
    odd = [
        "..\\..\\..\\gradebook.db",
        "%2e%2e%2f%2e%2e%2fmomentum.ipynb",
        "\x1b]0;title\x07\x1b[2J.ipynb",
        "\u202egnp.ipynb",
        "line\nend\r.ipynb",
        "x" * 249 + ".ipynb",
        "MOMENTUM.IPYNB",
        "momentum.ipynb ",
        "<img src=x onerror=window.PWNED=1>.ipynb",
        "=cmd|calc!A0.ipynb",
        "CON",
        ".momentum.ipynb",
        "~",
        "'; drop table grade; --.ipynb",
    ]
    for name in odd:
        (desk.folder / name).write_text("{}", "utf-8")
    (desk.folder / "folder.ipynb").mkdir()
    return desk.solved()


@attack(*everything())
def packed_on_a_mac(desk: Desk) -> None:
    """A renamed notebook beside the companion that a Mac packs with it."""
    desk.write(desk.solved(), desk.folder / "momentum (1).ipynb")
    desk.write(b"\x00\x05\x16\x07" + bytes(100), desk.folder / "._momentum (1).ipynb")
    (desk.folder / "__MACOSX").mkdir()
    (desk.folder / ".ipynb_checkpoints").mkdir()
    desk.write(desk.blank(), desk.folder / ".ipynb_checkpoints" / "momentum-checkpoint.ipynb")


@attack(*everything())
def kernelspec_that_is_no_text(desk: Desk) -> None:
    """Kernel, language and settings of the notebook are lists, numbers and programs."""
    tree = json.loads(json.dumps(desk.solved()))
    tree["metadata"] = {
        "kernelspec": {"name": ["r"], "display_name": 7, "language": None, "argv": ["/bin/sh"]},
        "language_info": ["R", {"pygments_lexer": {"name": "/etc/passwd"}}],
        "jupytext": {"formats": "py:percent"},
        "celltoolbar": {"x": 1e308},
    }
    tree["nbformat"], tree["nbformat_minor"] = 5.5, "x"
    desk.write(tree)


@attack()
def number_without_end(desk: Desk) -> None:
    """A whole number of a million digits, for which a reader of JSON takes quadratic time."""
    text = json.dumps(desk.solved())
    desk.write(text.replace('"nbformat": 4', '"nbformat": ' + "4" * 1_000_000, 1).encode())


@attack(*everything())
def voids_in_the_code(desk: Desk) -> NotebookNode:
    """Empty lines by the thousand, on which what colours the code spends minutes per cell."""
    nb = desk.solved()
    nb.cells += [new_code_cell("x = 1" + "\n    " * 39_000 + "\ny = 2") for _ in range(20)]
    return nb


@attack(*everything())
def megabytes_of_code(desk: Desk) -> NotebookNode:
    """Fifteen megabytes of comments in cells of the student's own."""
    nb = desk.solved()
    nb.cells += [new_code_cell(("# " + "x" * 97 + "\n") * 1_900) for _ in range(80)]
    return nb
