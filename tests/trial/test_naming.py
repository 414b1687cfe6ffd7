"""Wrong functions are told what is wrong: counted, and the count can fail."""

from __future__ import annotations

import pytest

from autograder.grading import behind
from autograder.judging import judging, reference
from autograder.judging.edited import both
from autograder.judging.judging import Evidence
from cs231n_lib import exercises
from cs231n_lib.judging.expected_values import cases_from_tree
from cs231n_lib.wire import pack, unpack
from trial.mistakes import naming


@pytest.mark.parametrize("name", ["sgd_momentum", "softmax_loss", "rmsprop", "cosine_decay"])
def test_known_mistakes_and_every_two_of_them_are_named(name: str) -> None:
    found = naming.measured(name, (5,))
    for kind in ("known", "two"):
        share = found[kind]
        assert share.counts[naming.NAME] == share.wrong == share.counts.total() > 0, share.silent
    assert found["mutants"].wrong > 0


def test_a_function_that_nothing_explains_is_counted() -> None:
    def odd(w, dw, config=None):
        return w - dw**3 * w, dict(config or {})

    report = naming.Bench(exercises.get("sgd"), (1,)).report(odd)
    assert naming.told(report) == naming.NOTHING
    share = naming.Share()
    share.add(naming.told(report), "odd")
    assert (share.told, share.wrong, share.silent) == (0, 1, ["odd"])


def test_a_right_function_is_not_counted_among_the_wrong_ones() -> None:
    report = naming.Bench(exercises.get("sgd"), (1,)).report(reference.answers()["sgd"])
    share = naming.Share()
    share.add(naming.told(report), "right")
    assert share.wrong == 0


def test_too_few_names_fail_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = {kind: naming.Share() for kind in naming.KINDS}
    silent["known"].add(naming.NOTHING, "odd")
    monkeypatch.setattr(naming, "measured", lambda name: silent)
    monkeypatch.setattr(naming.mutation, "prepare", lambda: None)
    said: list[str] = []
    assert naming.run(said.append, ["sgd"]) == 1
    assert "    sgd, known: odd" in said


def test_two_mistakes_are_named_behind_the_wall() -> None:
    two = "sign of the gradient flipped", "momentum coefficient fixed at 0.9"
    function = both("sgd_momentum", *two)
    assert function is not None
    inputs = judging.draw("sgd_momentum", (3,))
    cases = cases_from_tree(unpack(inputs))
    seen = reference.run(exercises.get("sgd_momentum"), function, cases)
    evidence = {"sgd_momentum": Evidence((3,), inputs, pack(seen))}
    verdict = behind.judged(evidence, {})["sgd_momentum"]
    assert verdict.mistake is not None and all(one in verdict.mistake for one in two)
    assert "two known mistakes at once" in verdict.comment
