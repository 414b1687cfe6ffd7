"""What a sample of a trial holds."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from trial import sample

NAMES = [f"n{i}" for i in range(50)]


def test_a_commit_draws_the_same_part_each_time_and_another_commit_another() -> None:
    first, second = (sample.drawn(NAMES, 8, by) for by in ("a", "b"))
    assert first == sample.drawn(NAMES, 8, "a") != second
    assert len(first) == len(second) == 7  # 50 / 8, rounded up
    assert first == [n for n in NAMES if n in first]


def test_every_name_has_its_turn() -> None:
    """In 400 draws of 7 from 50, each comes about 56 times, give or take 7."""
    found = Counter(n for i in range(400) for n in sample.drawn(NAMES, 8, str(i)))
    far = 6 * math.sqrt(400 * 0.14 * 0.86)
    assert all(abs(found[n] - 56) < far for n in NAMES)


def test_the_whole_is_tried_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sample.WHOLE, "1")
    assert sample.drawn(NAMES, 8) == NAMES
    monkeypatch.delenv(sample.WHOLE)
    assert sample.drawn(["one"], 8) == ["one"]


def test_the_commit_is_that_of_this_checkout() -> None:
    assert sample.commit() == "" or len(sample.commit()) == 40
