"""Markers per exercise, and a private course folder with the release in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# one thread: tests run side by side, and NumPy's threads would fight over the cores
for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{name}_NUM_THREADS", "1")


def pytest_configure(config: pytest.Config) -> None:
    """Let ``pytest -m <exercise>`` run everything about one exercise."""
    from cs231n_lib import exercises

    for name in exercises.table():
        config.addinivalue_line("markers", f"{name}: everything about this exercise")


def each_exercise() -> list[object]:
    """Parameters for a test that runs once per exercise, marked with its name."""
    from cs231n_lib import exercises

    return [
        pytest.param(e, id=name, marks=getattr(pytest.mark, name))
        for name, e in exercises.table().items()
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "exercise" in metafunc.fixturenames:
        metafunc.parametrize("exercise", each_exercise())
    if "mistake" in metafunc.fixturenames:
        from autograder import reference
        from cs231n_lib import exercises

        metafunc.parametrize(
            "mistake",
            [
                pytest.param(m, id=f"{e.name}: {m.name}", marks=getattr(pytest.mark, e.name))
                for e in exercises.table().values()
                for m in reference.mistakes(e)
            ],
        )


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A private course folder with source and release of every assignment."""
    from autograder.course import generate
    from autograder.notebooks import assignments

    folder = tmp_path_factory.mktemp("course")
    before = os.environ.get("CS231N_COURSE")
    os.environ["CS231N_COURSE"] = str(folder)
    for assignment in assignments():
        generate(assignment)
    yield folder
    if before is None:
        del os.environ["CS231N_COURSE"]
    else:
        os.environ["CS231N_COURSE"] = before
