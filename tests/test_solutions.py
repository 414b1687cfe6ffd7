"""Known mistakes as changes of the answers: each is one function, whole, with a name."""

from __future__ import annotations

import ast

import pytest

from autograder.judging import reference
from cs231n_lib.exercise.declare import Exercise
from solutions.declare import BadChange, Solution, undecorated
from trial.mistakes import whole


def add(a, b):
    total = a + b
    return total + 0


def declared() -> Solution:
    solution = Solution()
    solution.answer(add)
    return solution


def test_a_change_is_the_whole_answer_with_a_piece_exchanged() -> None:
    solution = declared()
    solution.change("subtracts", "Add 1 and 1.", ("a + b", "a - b"), ("total + 0", "total"))
    (mistake,) = solution.mistakes
    assert mistake.source == "def add(a, b):\n    total = a - b\n    return total\n"
    assert mistake.function(5, 3) == 2 and add(5, 3) == 8
    assert (mistake.exercise, mistake.name, mistake.hint) == ("add", "subtracts", "Add 1 and 1.")


@pytest.mark.parametrize(
    ("was", "times"), [("total", 2), ("+", 2), ("a * b", 0), ("", len(undecorated(add)) + 1)]
)
def test_what_was_must_occur_once(was: str, times: int) -> None:
    with pytest.raises(BadChange, match=f"occurs {times} times, not once"):
        declared().change("a mistake", "a hint", (was, "a"))


def test_a_mistake_that_is_another_algorithm_has_its_own_name() -> None:
    solution = declared()

    @solution.mistake("multiplies", "Add 1 and 1.")
    def product(a, b):
        return a * b

    (mistake,) = solution.mistakes
    assert mistake.source == "def product(a, b):\n    return a * b\n"
    assert mistake.function is product and mistake.changes == ()


def test_every_mistake_is_one_whole_function_unlike_the_answer(exercise: Exercise) -> None:
    answer = undecorated(reference.answers()[exercise.name])
    sources = [m.source for m in reference.mistakes(exercise)]
    assert len({*sources, answer}) == len(sources) + 1
    for mistake in reference.mistakes(exercise):
        (function,) = ast.parse(mistake.source).body
        assert isinstance(function, ast.FunctionDef)
        assert (function.name == exercise.name) == bool(mistake.changes)
        assert function.name.strip("_"), "a traceback would name nothing"
        for was, now in mistake.changes:
            assert now in mistake.source and was != now


def test_every_style_has_a_name(exercise: Exercise) -> None:
    names = [v.function.__name__ for v in reference.solution(exercise.name).styles]
    assert len(set(names)) == len(names) and all(name.strip("_") for name in names)


def test_mistakes_are_printed_whole() -> None:
    lines: list[str] = []
    assert whole.run(lines.append, ["sgd"]) == 0
    text = "\n".join(lines)
    assert "# sgd: ascent for descent\n# " in text
    assert "\ndef sgd(w, dw, config=None):\n" in text and "return w + rate * dw" in text
