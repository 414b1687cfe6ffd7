"""The time left is told from the work done so far."""

from __future__ import annotations

import time

import pytest

from autograder.progress import Progress


def test_the_rest_takes_as_long_as_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    progress = Progress(10)
    monkeypatch.setattr(time, "monotonic", lambda: 108.0)
    assert progress.left(4) == "  (about 12 s left)"


def test_a_near_end_is_not_worth_telling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    progress = Progress(10)
    monkeypatch.setattr(time, "monotonic", lambda: 110.0)
    assert progress.left(7) == ""
    assert progress.left(10) == ""
