"""`autograder build` when work was handed in already: advice, and nothing that was is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder import cli
from autograder.building import build, notebooks
from autograder.building.notebooks import assignments
from autograder.course import course, gradebook

FIGURE = "\n```{code-cell} ipython3\n:tags: [figure]\nprint('one more')\n```\n"
PLAIN = "\n```{code-cell} ipython3\nprint('one more')\n```\n"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture
def edited(mine: Path, tmp_path: Path, monkeypatch):
    """A function that adds a cell to chapter 3, in a copy of the texts, and builds."""
    import shutil

    texts = tmp_path / "assignments"
    shutil.copytree(notebooks.ASSIGNMENTS, texts)
    monkeypatch.setattr(notebooks, "ASSIGNMENTS", texts)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "TABLE", tmp_path / "exercises.md")
    monkeypatch.setattr(build.expected, "write", lambda chapters: [])
    with Gradebook(gradebook.url()) as book:
        book.add_student("ada")
        book.add_submission("03-momentum", "ada")

    def run(cell: str) -> int:
        text = texts / "03-momentum" / "momentum.md"
        text.write_text(text.read_text("utf-8") + cell, "utf-8")
        return cli.main(["build"])

    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for step in ("source", "release")
        for p in sorted((folder / step).rglob("*"))
        if p.is_file()
    }


def test_a_figure_added_after_submissions_gets_advice(mine: Path, edited, capsys) -> None:
    """nbgrader 1646, 1699: a raw RuntimeError, the release deleted, chapters 4 to 6 not built."""
    before = contents(mine)
    for later in assignments()[3:]:
        (mine / "release" / later.name / f"{later.chapter}.ipynb").unlink()
    assert edited(FIGURE) == 1
    captured = capsys.readouterr()
    assert len(captured.err.splitlines()) == 1 and "RuntimeError" not in captured.err
    assert "03-momentum keeps its old release" in captured.err
    assert "added figure-" in captured.err and "without the tag `figure`" in captured.err
    assert contents(mine) == before
    for later in assignments()[3:]:
        assert f"{later.chapter}.ipynb" in captured.out


def test_the_advice_works(mine: Path, edited, capsys) -> None:
    """A cell without the tag is built although work was handed in."""
    assert edited(PLAIN) == 0
    path = mine / "release" / "03-momentum" / "momentum.ipynb"
    assert "one more" in path.read_text("utf-8")
    assert not list(mine.glob("*/.*.before"))


def test_a_text_that_is_wrong_keeps_the_old_release(mine: Path, edited, capsys) -> None:
    """Neighbour: a slip in one text ended the build of all that follow."""
    before = contents(mine)
    assert edited("\n```{code-cell} ipython3\n:tags: [exercise]\nsgd_momentun\n```\n") == 1
    err = capsys.readouterr().err
    assert "did you mean sgd_momentum" in err and "all others were built" in err
    assert contents(mine) == before


def test_whatever_fails_in_nbgrader_the_old_release_stays(mine: Path, monkeypatch) -> None:
    """Neighbour: the release was gone after any failure."""
    before = contents(mine)
    monkeypatch.setattr(course, "convert", fails)
    with pytest.raises(course.CourseError, match="03-momentum: no room"):
        course.generate(notebooks.find("3"))
    assert contents(mine) == before


def fails(*_: object, **__: object) -> None:
    raise course.CourseError("no room")
