"""Results that the judge cannot bear cost their own exercise, and never the grade."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from autograder.grading import behind
from autograder.judging import reference
from autograder.judging.judging import Evidence, draw
from autograder.judging.verdict import of_plain
from autograder.walls import cells
from autograder.walls.allowance import Allowance, Budget
from cs231n_lib import exercises
from cs231n_lib.judging.expected_values import cases_from_tree
from cs231n_lib.wire import pack, unpack

RIGHT, HOSTILE = "sgd_momentum", "nesterov"
SEED = (5, 1)


def evidence(name: str, outputs: bytes | None = None) -> Evidence:
    """What a verdict rests on: right results, unless others are given."""
    inputs = draw(name, SEED)
    cases = cases_from_tree(unpack(inputs))
    seen = [
        {"outputs": o, "problem": None, "notes": []}
        for o in reference.expected(exercises.get(name), cases)
    ]
    return Evidence(SEED, inputs, pack(seen) if outputs is None else outputs)


def tree(text: bytes, **tensors: np.ndarray) -> bytes:
    return save({"tree": np.frombuffer(text, dtype=np.uint8), **tensors})


def observations(outputs: str) -> bytes:
    """A record in which each result is the JSON ``outputs``."""
    count = len(unpack(draw(HOSTILE, SEED)))
    empty = '"problem":{"v":null},"notes":{"l":[]}'
    one = f'{{"d":{{"outputs":{outputs},{empty}}}}}'
    return f'{{"l":[{",".join([one] * count)}]}}'.encode()


MADE: dict[str, Callable[[], bytes]] = {
    "a million small parts": lambda: tree(b'{"l":[' + b'{"v":0},' * 10**6 + b'{"v":0}]}'),
    "keys without end": lambda: tree(
        observations('{"d":{"' + '":{"v":0},"'.join(f"k{i}" for i in range(20_000)) + '":{"v":1}}}')
    ),
    "arrays without a byte": lambda: tree(
        observations('{"d":{"w":{"a":"x"}}}'), x=np.zeros((2**40, 0, 3))
    ),
    "one array many times": lambda: tree(
        observations('{"d":{"w":{"l":[' + '{"a":"x"},' * 5_000 + '{"a":"x"}]}}}'),
        x=np.zeros(500_000),
    ),
    "a hundred thousand arrays": lambda: save(
        {**{str(i): np.zeros(1) for i in range(100_000)}, "tree": np.frombuffer(b"{}", np.uint8)}
    ),
    "a number of a million digits": lambda: tree(
        observations('{"d":{"w":{"v":' + "9" * 10**6 + "}}}")
    ),
    "numbers that are none": lambda: tree(observations('{"d":{"w":{"v":NaN}}}')),
    "nested by the thousand": lambda: tree(b'{"l":[' * 100_000 + b"]}" * 100_000),
}


@pytest.mark.parametrize("name", MADE)
def test_a_hostile_record_costs_its_own_exercise(name: str) -> None:
    given = {RIGHT: evidence(RIGHT), HOSTILE: evidence(HOSTILE, MADE[name]())}
    budget = Budget(60.0)
    found = behind.judged(given, {}, budget)
    assert found[RIGHT].passed and found[HOSTILE].earned == 0
    assert found[HOSTILE].problem is None or found[HOSTILE].problem["text"]
    assert budget.used["judging"] < 30


@pytest.mark.parametrize("short", ["memory", "cpu"])
def test_what_exceeds_the_judges_limits_is_told(
    short: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit that this record exceeds and an honest one does not."""
    large = tree(b'{"l":[' + b'{"v":0},' * 1_500_000 + b'{"v":0}]}')
    given = {RIGHT: evidence(RIGHT), HOSTILE: evidence(HOSTILE, large)}
    memory, cpu = (120 << 20, 20.0) if short == "memory" else (4 << 30, 1.0)
    if short == "cpu":
        monkeypatch.setattr(behind, "TASK", "tests.walls.slow_judge:judge")
    for place in ("JUDGE", "ONE"):
        monkeypatch.setattr(behind, place, Allowance(cpu, memory, 16 << 20))
    found = behind.judged(given, {})
    assert found[RIGHT].passed and found[HOSTILE].earned == 0
    assert found[HOSTILE].problem is not None
    why = {"memory": "it needed too much memory", "cpu": "it took too long"}[short]
    assert found[HOSTILE].problem["text"] == f"what it returned could not be judged: {why}"


def test_an_exception_in_the_judge_costs_its_own_exercise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from autograder.judging import judging

    real = judging.judge

    def failing(exercise: Any, *rest: Any) -> Any:
        if exercise.name == HOSTILE:
            raise ZeroDivisionError("words of a student")
        return real(exercise, *rest)

    monkeypatch.setattr(judging, "judge", failing)
    found = judging.verdicts({RIGHT: evidence(RIGHT), HOSTILE: evidence(HOSTILE)}, {})
    assert found[RIGHT].passed and found[HOSTILE].earned == 0
    assert found[HOSTILE].problem == {
        "kind": "stopped",
        "text": "what it returned could not be judged (ZeroDivisionError)",
    }


def test_an_answer_that_fails_is_no_verdict_on_a_student(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.judging import judging

    def broken(*_: Any) -> None:
        raise ValueError("of ours")

    monkeypatch.setitem(reference.answers(), RIGHT, broken)
    inputs = draw(RIGHT, SEED)
    with pytest.raises(judging.JudgeFailed, match="the answer to sgd_momentum fails"):
        judging.verdicts({RIGHT: Evidence(SEED, inputs, b"")}, {})


def verdict(**changes: Any) -> dict[str, Any]:
    found = behind.judged({RIGHT: evidence(RIGHT)}, {})[RIGHT].plain()
    return {**json.loads(json.dumps(found)), **changes}


def test_only_possible_verdicts_are_believed() -> None:
    """Should a process behind the wall be taken over, it gives no more points than there are."""
    groups = exercises.get(RIGHT).groups
    assert of_plain(RIGHT, verdict()).passed
    first = next(iter(groups))
    right = {g: [groups[g].points] * 2 for g in groups}
    wrong: list[dict[str, Any]] = [
        {"groups": {**right, first: [100, 100]}},
        {"groups": {**right, first: [groups[first].points + 1, groups[first].points]}},
        {"groups": {**right, first: [-1, groups[first].points]}},
        {"groups": {**right, first: [1.0, groups[first].points]}},
        {"groups": {**right, "more": [5, 5]}},
        {"groups": {}},
        {"groups": None},
        {"exercise": HOSTILE},
        {"html": "x" * 10**6},
        {"text": None},
        {"mistake": 3},
        {"problem": {"kind": "other", "text": ""}},
        {"unknown": 1},
    ]
    for changes in wrong:
        with pytest.raises(ValueError, match="verdict on sgd_momentum"):
            of_plain(RIGHT, verdict(**changes))
    for nothing in (None, [], "x", {}):
        with pytest.raises(ValueError, match="verdict"):
            of_plain(RIGHT, nothing)


def test_results_are_judged_although_the_cells_used_up_the_time() -> None:
    budget = Budget(10.0)
    budget.spend("cells", 11.0)
    given = {RIGHT: evidence(RIGHT), HOSTILE: evidence(HOSTILE)}
    assert all(v.passed for v in behind.judged(given, {}, budget).values())
    with behind.spending(budget):
        assert behind.rendered([("prose", "**x**")]) == behind.rendered([("prose", "**x**")])
        assert "<strong>" in behind.rendered([("prose", "**x**")])[0]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A renderer that takes its time over what says so, and needs memory for other words."""
    monkeypatch.setattr(behind, "PAGES", "tests.walls.slow_pages:pages")


def test_a_piece_that_costs_too_much_is_shown_plainly(slow: None) -> None:
    pieces = [("prose", "**a**"), ("prose", "SLOW <b>"), ("prose", "LARGE"), ("prose", "**z**")]
    found = behind.rendered(pieces)
    assert "<strong>a" in found[0] and "<strong>z" in found[3]
    assert found[1:3] == ["<pre>SLOW &lt;b&gt;</pre>", "<pre>LARGE</pre>"]


def test_after_a_few_such_pieces_all_are_shown_plainly(slow: None) -> None:
    pieces = [("prose", "LARGE")] * 50 + [("prose", "**z**")]
    begin = time.monotonic()
    found = behind.rendered(pieces)
    assert found == ["<pre>LARGE</pre>"] * 50 + ["<pre>**z**</pre>"]
    assert time.monotonic() - begin < 60


def test_what_rendering_takes_is_counted_until_nothing_is_left(slow: None) -> None:
    budget = Budget(3.0)
    with behind.spending(budget):
        behind.rendered([("prose", "SLOW")])
        assert budget.used["pages"] >= 2
        budget.spend("pages", behind.PAGE.least)
        assert behind.rendered([("prose", "**x**")]) == ["<pre>**x**</pre>"]


def test_what_is_no_text_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behind, "PAGES", "tests.walls.slow_pages:lies")
    assert behind.rendered([("prose", "x"), ("prose", "y")]) == ["<pre>x</pre>", "<pre>y</pre>"]


BOMBS: dict[str, Callable[[], bytes]] = {
    "a hundred thousand cells": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "source": "x", "metadata": {}}] * 100_000}
    ).encode(),
    "a source of a million parts": lambda: json.dumps(
        {"cells": [{"cell_type": "code", "source": ["x"] * 10**6, "metadata": {}}]}
    ).encode(),
    "a name of a million characters": lambda: json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "source": "x",
                    "metadata": {"nbgrader": {"grade_id": "n" * 10**6}},
                }
            ]
        }
    ).encode(),
    "lists by the million": lambda: b'{"cells": [], "x": [' + b"{}," * 5 * 10**6 + b"1]}",
    "an old notebook of many cells": lambda: json.dumps(
        {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
            "worksheets": [
                {
                    "cells": [
                        {"cell_type": "code", "input": "x", "outputs": [], "language": "python"}
                    ]
                    * 50_000
                }
            ],
        }
    ).encode(),
    "nested by the thousand": lambda: b"[" * 10**6,
    "a number of ten million digits": lambda: b'{"cells": [], "x": ' + b"9" * 10**7 + b"}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_notebook_that_is_a_bomb_is_read_within_limits(name: str) -> None:
    budget = Budget(60.0)
    try:
        found = behind.read_cells(BOMBS[name](), budget)
    except behind.BehindTheWall as error:
        assert str(error)
    else:
        assert len(found["cells"]) <= cells.MAX_CELLS
        assert all(len(name) <= cells.MAX_NAME for _, _, name in found["cells"])
        assert len(json.dumps(found)) < 4 << 20
    assert budget.used["reading"] <= behind.READ.cpu + 2


def test_an_old_notebook_of_many_cells_is_read_as_far_as_it_goes() -> None:
    found = behind.read_cells(BOMBS["an old notebook of many cells"]())
    assert found == {"cells": [["code", "x", ""]] * cells.MAX_CELLS, "trouble": ""}
