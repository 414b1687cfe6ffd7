"""What writes a new exercise or chapter refuses in one sentence, and then writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import cli
from autograder.building import scaffold

LISTS = ("EXERCISES = ()", 'EXERCISES = ("a", "b")', 'EXERCISES = (\n    "a",\n    "b",\n)')


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with the two lists that a scaffold makes longer, and nothing else."""
    monkeypatch.setattr(scaffold, "ROOT", tmp_path)
    for path in ("book/_toc.yml", "cs231n_lib/chapters/__init__.py"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes((Path(cli.__file__).parents[1] / path).read_bytes())
    listed = tmp_path / "cs231n_lib" / "chapters" / "momentum" / "__init__.py"
    listed.parent.mkdir()
    listed.write_text(f'"""Chapter 3."""\n\n{LISTS[0]}\n', "utf-8")
    yield tmp_path


def files(root: Path) -> dict[Path, str]:
    return {p: p.read_text("utf-8") for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("written", LISTS)
def test_a_name_comes_last_however_the_list_is_written(root: Path, written: str) -> None:
    listed = root / "cs231n_lib" / "chapters" / "momentum" / "__init__.py"
    listed.write_text(f'"""Chapter 3."""\n\n{written}\n', "utf-8")
    before: dict[str, tuple[str, ...]] = {}
    exec(written, before)  # type: ignore[arg-type]
    scaffold.new_exercise("momentum", "halve")
    after: dict[str, tuple[str, ...]] = {}
    exec(listed.read_text("utf-8"), after)  # type: ignore[arg-type]
    assert after["EXERCISES"] == (*before["EXERCISES"], "halve")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["exercise", "momentum", "sgd"], "there is an exercise 'sgd' already"),
        (["exercise", "momentun", "halve"], "there is no chapter 'momentun'; there are "),
        (["exercise", "momentum", "two words"], "'two words' cannot be the name of a function"),
        (["exercise", "momentum", "class"], "'class' cannot be the name of a function"),
        (["chapter", "momentum", "Again"], "there is a chapter 'momentum' already"),
        (["chapter", "a/b", "A path"], "'a/b' cannot be the name of a function"),
    ],
)
def test_a_name_that_cannot_be_is_told(root: Path, capsys, words: list[str], said: str) -> None:
    before = files(root)
    assert cli.main(["new", *words]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"autograder: {said}") and err.count("\n") == 1
    assert files(root) == before


@pytest.mark.parametrize("damage", ["a file is there", "no contents", "no list"])
def test_nothing_is_written_where_something_is_in_the_way(root: Path, capsys, damage: str) -> None:
    if damage == "a file is there":
        page = root / "book" / "bib" / "curvature.bib"
        page.parent.mkdir()
        page.write_text("mine", "utf-8")
    elif damage == "no contents":
        (root / "book" / "_toc.yml").write_text("format: jb-book\n", "utf-8")
    else:
        (root / "cs231n_lib" / "chapters" / "__init__.py").write_text("", "utf-8")
    before = files(root)
    assert cli.main(["new", "chapter", "curvature", "Curvature"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert files(root) == before
