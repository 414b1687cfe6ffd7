"""What stands around right functions costs them nothing, and what is wrong is told by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder import cli, demo
from autograder.building.notebooks import ANSWER_HERE, find
from autograder.course import course as course_module
from autograder.course import gradebook
from autograder.grading.about import ABOUT
from autograder.grading.graded import Graded, grade_notebook
from autograder.grading.released import released
from autograder.hooks.execute import SafeExecute
from autograder.paths import ROOT
from autograder.sandbox.box import Limits
from autograder.submissions.restore import restore
from cs231n_lib import exercises

THIRD = find("momentum")
FULL = sum(e.points for e in exercises.chapter("momentum"))
FIRST = "sgd_momentum"
Change = Callable[[NotebookNode], None]


def restored(nb: NotebookNode) -> NotebookNode:
    texts = released(THIRD.name, THIRD.chapter).texts
    assert texts
    return restore(nb, gradebook.released(THIRD), texts)


def run(change: Change, **limits: float) -> tuple[NotebookNode, Graded]:
    """The solved third notebook, changed, as it comes out of a grading, with the verdict."""
    solved = demo.solved(THIRD)
    change(solved)
    nb = restored(solved)
    return nb, grade_notebook(nb, Limits(**{"cell_seconds": 20.0, **limits}))


def graded(change: Change, **limits: float) -> Graded:
    """The verdict on the solved third notebook, changed."""
    return run(change, **limits)[1]


def points(found: Graded) -> int:
    return sum(v.earned for v in found.verdicts.values())


def code_of(nb: NotebookNode, name: str = FIRST) -> NotebookNode:
    return demo.cell_of(nb, f"{name}-code")


def imports(nb: NotebookNode) -> NotebookNode:
    return next(c for c in nb.cells if c.cell_type == "code" and "import numpy" in c.source)


def first_line(line: str) -> Change:
    def change(nb: NotebookNode) -> None:
        imports(nb).source = f"{line}\n{imports(nb).source}"

    return change


def without_imports(nb: NotebookNode) -> None:
    nb.cells.remove(imports(nb))


def imports_below(nb: NotebookNode) -> None:
    cell = imports(nb)
    nb.cells.remove(cell)
    nb.cells.append(cell)


def own_cell(source: str, place: int = 0) -> Change:
    return lambda nb: nb.cells.insert(place, new_code_cell(source))


def in_one_import_cell_with_a_syntax_error(nb: NotebookNode) -> None:
    imports(nb).source += "\nimport numpy as\n"


def check_is_overwritten(nb: NotebookNode) -> None:
    imports(nb).source += "\n\ndef check(*_):\n    return 'fine'\n"


def copy_below(nb: NotebookNode) -> None:
    cell = new_code_cell(f"def {FIRST}(w, dw, config=None):\n    return w, config")
    cell.metadata = code_of(nb).metadata.copy()
    nb.cells.append(cell)


def copy_above(nb: NotebookNode) -> None:
    cell = new_code_cell(f"def {FIRST}(w, dw, config=None):\n    return w, config")
    cell.metadata = code_of(nb).metadata.copy()
    nb.cells.insert(1, cell)


def copy_without_metadata_below(nb: NotebookNode) -> None:
    nb.cells.append(new_code_cell(f"def {FIRST}(w, dw, config=None):\n    return w, config"))


def helper_in_the_check(nb: NotebookNode) -> None:
    code_of(nb).source = code_of(nb).source.replace("def ", "def written_", 1)
    check = demo.cell_of(nb, FIRST)
    check.source = f"{FIRST} = written_{FIRST}\n{check.source}"


def helper_in_a_figure(nb: NotebookNode) -> None:
    """The second function calls a helper that stands in a locked cell above it."""
    figure = next(
        c
        for c in nb.cells
        if c.metadata.get("nbgrader", {}).get("grade_id", "").startswith("figure")
    )
    figure.source = "def half_a_step():\n    return 0\n\n" + figure.source
    nb.cells.insert(nb.cells.index(figure) + 1, new_code_cell("AFTER = half_a_step()"))
    name = [e.name for e in exercises.chapter("momentum")][-1]
    body = code_of(nb, name).source
    head, _, rest = body.partition('"""\n')
    doc, _, rest = rest.partition('"""\n')
    code_of(nb, name).source = f'{head}"""\n{doc}"""\n    assert AFTER == half_a_step()\n{rest}'


def left_below(nb: NotebookNode) -> None:
    code_of(nb).source += "\n    raise NotImplementedError"


HARMLESS: dict[str, tuple[str, Change]] = {
    "a package that the grader lacks": (
        "public report: `import seaborn` as the first line, 0 of 22",
        first_line("import seaborn as sns"),
    ),
    "a mount in Colab": (
        "public report: a notebook written in Colab",
        first_line("from google.colab import drive; drive.mount('/content/drive')"),
    ),
    "a window for figures": ("`%matplotlib tk` on a laptop", first_line("%matplotlib tk")),
    "a magic that does not exist": ("`%load_ext autotime`", first_line("%load_ext autotime")),
    "an old style": (
        "a style's name from matplotlib 3.5",
        first_line("import matplotlib.pyplot as plt; plt.style.use('seaborn')"),
    ),
    "data that is not there": (
        "a file of the student's own",
        first_line("import numpy; numpy.load('/home/me/data.npy')"),
    ),
    "a shell command": ("`!pip install`", first_line("!pip install seaborn")),
    "imports deleted": ("the import cell was deleted", without_imports),
    "imports moved below": ("the import cell was dragged to the end", imports_below),
    "no Python among the imports": (
        "half a line at the end of the import cell",
        in_one_import_cell_with_a_syntax_error,
    ),
    "check overwritten": ("a function called check in the notebook", check_is_overwritten),
    "a copy below": ("a copied cell with another attempt below the check", copy_below),
    "a copy above": ("the first attempt was kept above", copy_above),
    "a helper in the check's cell": ("a line written into the locked cell", helper_in_the_check),
    "a helper in a figure's cell": ("a helper written into a locked cell", helper_in_a_figure),
    "NotImplementedError below": ("the stub's last line was left below the body", left_below),
    "a name used above its cell": (
        "a cell that calls what comes later",
        own_cell(f"{FIRST}(1, 2)"),
    ),
    "an own cell that is no Python": ("notes in a code cell", own_cell("my notes: ask the TA")),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_right_functions_keep_their_points(name: str, course: Path) -> None:
    """Each case names where it was seen."""
    found = graded(HARMLESS[name][1])
    assert {n: v.earned for n, v in found.verdicts.items() if v.problem} == {}
    assert points(found) == FULL


def test_the_first_cell_is_told_with_what_is_missing(course: Path) -> None:
    """Public report: 0 of 22, and nobody knew of the import."""
    nb, _ = run(first_line("import seaborn as sns"))
    about = next(c for c in nb.cells if c.get("id") == ABOUT)
    assert "The first cell stopped at `import seaborn`: the grader has no seaborn." in about.source


def function(source: str) -> Change:
    def change(nb: NotebookNode) -> None:
        code_of(nb).source = source

    return change


RIGHT = "\n    v = config['velocity'] = 0 * w\n    return w, config\n"
TOLD: dict[str, tuple[Change, str]] = {
    "indentation": (
        function(f"def {FIRST}(w, dw, config=None):\n    a = 1\n   b = 2\n    return w, config"),
        f"`{FIRST}` is not defined: its cell stopped with IndentationError in line 3",
    ),
    "numba": (
        function(f"import numba\n\n@numba.njit\ndef {FIRST}(w, dw, config=None):{RIGHT}"),
        f"`{FIRST}` is not defined: its cell stopped with ModuleNotFoundError: the grader has no "
        "numba",
    ),
    "a newer Python": (
        function(f"type Array = list\n\ndef {FIRST}(w, dw, config=None) -> Array:{RIGHT}"),
        "SyntaxError in line 1",
    ),
    "another name": (
        function(f"def my_{FIRST}(w, dw, config=None):{RIGHT}"),
        f"`{FIRST}` is not defined: no cell above its check defines it under this name",
    ),
    "a decorator that fails": (
        function(f"@unknown\ndef {FIRST}(w, dw, config=None):{RIGHT}"),
        f"`{FIRST}` is not defined: its cell stopped with NameError in line 1",
    ),
    "a debugger": (
        function(f"def {FIRST}(w, dw, config=None):\n    import pdb; pdb.set_trace(){RIGHT}"),
        "it waits for somebody to type",
    ),
    "input": (
        function(f"def {FIRST}(w, dw, config=None):\n    input('go on?'){RIGHT}"),
        "it waits for somebody to type",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_wrong_is_told(name: str, course: Path) -> None:
    """Reported as "its check cell wrote nothing", whatever had happened."""
    change, words = TOLD[name]
    found = graded(change)
    assert words in (found.verdicts[FIRST].problem or {}).get("text", "")
    assert found.verdicts[FIRST].earned == 0
    others = [v for n, v in found.verdicts.items() if n != FIRST and not v.problem]
    assert others and all(v.earned for v in others)


SLOW = "import time\ntime.sleep(1.2)"


def test_slow_cells_of_ones_own_take_no_points_from_functions(course: Path) -> None:
    """Reported: sixteen one-minute cells before the first function, and 12 of 19 by chance."""

    def change(nb: NotebookNode) -> None:
        for _ in range(8):
            nb.cells.insert(0, new_code_cell(SLOW))
        nb.cells.insert(8, new_code_cell("HELPER = 3"))
        name = exercises.chapter("momentum")[-1].name
        source = code_of(nb, name).source
        code_of(nb, name).source = source.replace('"""\n    ', '"""\n    assert HELPER == 3\n    ')

    nb, found = run(change, cell_seconds=2.0, total_seconds=21.0)
    assert points(found) == FULL
    stopped = [o.evalue for c in nb.cells for o in c.get("outputs", []) if "evalue" in o]
    assert any("your own cells ran longer than 7 seconds together" in text for text in stopped)


def test_limits_come_from_the_configuration_by_either_command(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`autograder grade` had limits of its own, whatever the instructor had configured."""
    text = (ROOT / "nbgrader_config.py").read_text("utf-8")
    (tmp_path / "nbgrader_config.py").write_text(text + "\nc.SafeExecute.cell_seconds = 7\n")
    monkeypatch.setattr(course_module, "ROOT", tmp_path)
    seen: list[Limits] = []
    monkeypatch.setattr(
        "autograder.grading.grade.grade_class", lambda *_, limits, **__: seen.append(limits)
    )
    for words, seconds in ((["grade", "3"], 7), (["grade", "3", "--cell-seconds", "3"], 3)):
        with pytest.raises(AttributeError):  # the summary that this grader does not give
            cli.main(words)
        assert seen[-1].cell_seconds == seconds
    assert SafeExecute.configured().cell_seconds == 7


# --- written answers ----------------------------------------------------------------

QUESTION = "momentum"


def question(nb: NotebookNode) -> NotebookNode:
    return next(
        c
        for c in nb.cells
        if c.cell_type == "markdown" and c.metadata.get("nbgrader", {}).get("grade")
    )


def unanswered() -> NotebookNode:
    nb = demo.unsolved(THIRD)
    assert question(nb).source == ANSWER_HERE
    return nb


def test_an_answer_below_its_place_reaches_the_grader(course: Path) -> None:
    """Reported: an answer in a new cell below the placeholder got 0 of 3, "No response"."""
    nb = unanswered()
    nb.cells.insert(nb.cells.index(question(nb)) + 1, new_markdown_cell("Because $v$ remembers."))
    name = question(nb).metadata["nbgrader"]["grade_id"]
    found = restored(nb)
    assert demo.cell_of(found, name).source.endswith("Because $v$ remembers.")
    assert sum("Because $v$ remembers." in c.source for c in found.cells) == 2


def test_an_answer_in_the_question_reaches_the_grader(course: Path) -> None:
    """Reported: an answer typed into the question's own cell was lost."""
    nb = unanswered()
    asked = nb.cells[nb.cells.index(question(nb)) - 1]
    asked.source += "\n\nMy answer: it averages."
    name = question(nb).metadata["nbgrader"]["grade_id"]
    found = demo.cell_of(restored(nb), name).source
    assert found.endswith("My answer: it averages.") and asked.source[:30] not in found


def test_the_courses_own_text_is_no_answer(course: Path) -> None:
    nb = unanswered()
    name = question(nb).metadata["nbgrader"]["grade_id"]
    assert demo.cell_of(restored(nb), name).source == ANSWER_HERE


def test_of_two_copies_of_an_answer_the_written_one_counts(course: Path) -> None:
    nb = unanswered()
    name = question(nb).metadata["nbgrader"]["grade_id"]
    copy = new_markdown_cell("Written.")
    copy.metadata = question(nb).metadata.copy()
    nb.cells.insert(nb.cells.index(question(nb)), copy)
    assert demo.cell_of(restored(nb), name).source == "Written."
