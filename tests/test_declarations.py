"""Every exercise is declared completely: the contract that the rest relies on."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

from autograder.building.listing import needs
from autograder.building.notebooks import assignments, source
from autograder.judging import reference
from autograder.paths import ROOT
from autograder.records import records
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.exercise.drivers import Backward, Loss
from cs231n_lib.judging.expected_values import cases_to_tree
from cs231n_lib.wire import pack, unpack


def test_it_has_an_answer_with_the_stubs_signature(exercise: Exercise) -> None:
    answer = reference.answers()[exercise.name]
    wanted = inspect.signature(exercise.stub).parameters
    given = inspect.signature(answer).parameters
    assert list(given) == list(wanted)
    assert [p.default for p in given.values()] == [p.default for p in wanted.values()]


def test_it_has_three_known_mistakes_with_names_of_their_own(exercise: Exercise) -> None:
    found = reference.mistakes(exercise)
    assert len(found) >= 3
    assert len({m.name for m in found}) == len(found)
    short = [m.name for m in found if len(m.hint) <= 20]
    assert not short, f"a hint of more than 20 characters helps better: {short}"


def test_its_docstring_says_what_a_student_needs(exercise: Exercise) -> None:
    text = inspect.getdoc(exercise.stub) or ""
    assert len(exercise.summary) < 90 and exercise.summary.endswith(".")
    assert "Returns:" in text or "Yields:" in text
    assert "Source:" in text


def test_every_group_has_points_and_cases(exercise: Exercise) -> None:
    cases = reference.draw(exercise, 0)
    drawn = {group for case in cases for group in case.groups}
    assert drawn == set(exercise.groups)
    assert all(group.points > 0 for group in exercise.groups.values())


def test_the_seed_decides_values_and_not_what_is_tested(exercise: Exercise) -> None:
    """In which order it is tested may be drawn, so that no place stands for an answer."""
    shapes = [
        sorted((c.groups, sorted(c.args)) for c in reference.draw(exercise, seed))
        for seed in range(3)
    ]
    assert shapes[0] == shapes[1] == shapes[2]


def test_cases_travel_unchanged(exercise: Exercise) -> None:
    tree = cases_to_tree(reference.draw(exercise, 1))
    back = unpack(pack(tree))
    again = unpack(pack(back))
    np.testing.assert_equal(_plain(again), _plain(tree))


def _plain(tree: object) -> object:
    if isinstance(tree, dict):
        return {k: _plain(v) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        return [_plain(v) for v in tree]
    return vars(tree) if hasattr(tree, "__dataclass_fields__") else tree


def test_a_gradient_that_may_fit_a_wrong_forward_is_worth_no_more_than_the_forward(
    exercise: Exercise,
) -> None:
    """Else a forged forward could pay: see docs/architecture.md, "one mistake costs once"."""
    own = sum(g.points for g in exercise.groups.values() if g.own)
    if not own:
        return
    if isinstance(exercise.driver, Backward):
        forward = exercises.get(exercise.driver.forward).points
    else:
        assert isinstance(exercise.driver, Loss)
        forward = sum(g.points for g in exercise.groups.values() if not g.own)
    assert own <= forward


def test_what_it_needs_comes_before_it(exercise: Exercise) -> None:
    order = list(exercises.table())
    for name in needs(exercise):
        assert order.index(name) < order.index(exercise.name)


@pytest.mark.parametrize("assignment", assignments(), ids=lambda a: a.name)
def test_it_is_placed_once_in_its_notebook_followed_by_a_figure(assignment) -> None:
    nb = source(assignment)  # raises for an exercise that is missing or placed twice
    names = [c.metadata["nbgrader"]["grade_id"] for c in nb.cells if "nbgrader" in c.metadata]
    for e in exercises.chapter(assignment.chapter):
        at = names.index(e.name)
        assert names[at - 1] == f"{e.name}-code"
        assert names[at + 1].startswith(f"figure-{e.name}"), f"no figure uses {e.name}"
    questions = set(reference.rubrics(assignment.chapter))
    assert questions and questions <= set(names)


def test_no_exercise_is_an_orphan() -> None:
    """A file of an exercise that the chapter's list does not name would never be run."""
    for room in ("cs231n_lib/chapters", "solutions"):
        for chapter in exercises.CHAPTERS:
            listed = {e.name for e in exercises.chapter(chapter)}
            files = {p.stem for p in (ROOT / room / chapter).glob("*.py")}
            assert files - {"__init__", "_cases", "_shared", "rubric"} == listed, room
    assert {name: f.__name__ for name, f in reference.answers().items()} == {
        name: name for name in exercises.table()
    }


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("sgd_momentum", "sgd_momentum.py"),
        ("adam", "adam.py"),
        ("adam", "_cases.py"),
        ("minibatches", "minibatches.py"),
        ("minibatches", "laws/minibatches.py"),
    ],
)
def test_a_record_notices_that_cases_or_law_have_changed(
    name: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = records.declaration_digest(name), Path.read_bytes
    monkeypatch.setattr(
        Path,
        "read_bytes",
        lambda path: read(path) + (b"#" if str(path).endswith(f"/{file}") else b""),
    )
    assert records.declaration_digest(name) != before
