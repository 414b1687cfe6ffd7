"""Markers per exercise, and a private course folder with the release in it."""

from __future__ import annotations

import functools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

# one thread: tests run side by side, and NumPy's threads would fight over the cores
for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{name}_NUM_THREADS", "1")
# a make that a test starts is no part of the make that started the tests
for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
    os.environ.pop(name, None)


HERE = Path(__file__).resolve().parent
WITH_EXERCISES = ("chapters", "trial")  # rooms with tests that run once per exercise
# files of tests/grading that look at one class
SHARED = dict.fromkeys(("test_formgrader", "test_round"), "the sample class") | dict.fromkeys(
    ("test_replay", "test_tampering"), "records"
)


def pytest_configure(config: pytest.Config) -> None:
    """Let ``pytest -m <exercise>`` run everything about one exercise."""
    from cs231n_lib import exercises

    for name in exercises.table():
        config.addinivalue_line("markers", f"{name}: everything about this exercise")


def asked_for(config: pytest.Config) -> set[str]:
    """The exercises that ``-m`` asks for and nothing else; empty where it asks for more."""
    from cs231n_lib import exercises

    words = set(re.findall(r"\w+", config.option.markexpr)) - {"or"}
    return words if words <= set(exercises.table()) else set()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read what cannot be about the exercises that were asked for."""
    names = asked_for(config)
    room, *inner = collection_path.relative_to(HERE).parts or ("",)
    if not names or not room:
        return None
    if room != "chapters":
        return True if collection_path.is_dir() and room not in WITH_EXERCISES else None
    from cs231n_lib import exercises

    if len(inner) == 1 and inner[0] in exercises.CHAPTERS:
        return True if names.isdisjoint(e.name for e in exercises.chapter(inner[0])) else None
    other = collection_path.stem.removeprefix("test_") in set(exercises.table()) - names
    return True if len(inner) == 2 and other else None


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a graded class run in one process, and have the time to grade it."""
    for item in items:
        room, *inner = item.path.relative_to(Path(__file__).parent).parts
        if room == "chapters":
            mark_by_file(item, inner[-1])
        if room in ("attacks", "grading", "sandbox", "showing", "walls"):
            alone = room != "grading"  # whose files share little: several processes take them
            group = room if alone else f"grading {SHARED.get(item.path.stem, item.path.stem)}"
            item.add_marker(pytest.mark.xdist_group(group))
            # the first test of a class waits for the grading of all of it
            item.add_marker(pytest.mark.timeout(3000 if room == "attacks" else 1500))
        elif room == "trial":  # the first test of the mutants waits for all of them
            item.add_marker(pytest.mark.timeout(1500))


def mark_by_file(item: pytest.Item, file: str) -> None:
    """``chapters/<chapter>/test_<exercise>.py`` is about the exercise that it names."""
    from cs231n_lib import exercises

    name = Path(file).stem.removeprefix("test_")
    if name in exercises.table():
        item.add_marker(name)


@pytest.fixture(scope="session", autouse=True)
def _one_version_of_the_gradebook() -> None:
    """nbgrader asks a process of its own for every new gradebook: two seconds, the same answer."""
    from nbgrader import api

    api.get_alembic_version = functools.cache(api.get_alembic_version)


@pytest.fixture
def group_of_tests(request: pytest.FixtureRequest) -> str:
    """The group that xdist sees this test in; empty where tests are not spread by groups."""
    spread = getattr(request.config, "workerinput", None) and request.config.option.loadgroup
    return request.node.nodeid.rpartition("@")[2] if spread else ""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once per exercise, or once per known mistake, marked with the exercise's name."""
    from cs231n_lib import exercises

    wanted = asked_for(metafunc.config) or set(exercises.table())
    table = [e for e in exercises.table().values() if e.name in wanted]
    if "exercise" in metafunc.fixturenames:
        each = [pytest.param(e, id=e.name, marks=getattr(pytest.mark, e.name)) for e in table]
        metafunc.parametrize("exercise", each)
    if "mistake" in metafunc.fixturenames:
        from autograder.judging import reference

        metafunc.parametrize(
            "mistake",
            [
                pytest.param(m, id=f"{e.name}: {m.name}", marks=getattr(pytest.mark, e.name))
                for e in table
                for m in reference.mistakes(e)
            ],
        )


@pytest.fixture(scope="session")
def released_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Source and release of every assignment, which nobody grades in: to be copied."""
    from autograder.building.notebooks import assignments
    from autograder.course.course import generate

    folder = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS231N_COURSE", str(folder))
        for assignment in assignments():
            generate(assignment)
    return folder


@pytest.fixture(scope="session")
def course(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A private course folder with source and release of every assignment."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(released_course, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS231N_COURSE", str(folder))
        yield folder


def _squeezed(text: str) -> str:
    """Text without white space and quotes' kinds: how an answer is formatted must not hide it."""
    return "".join(text.split()).replace("'", '"')


@pytest.fixture(scope="session")
def answer_lines() -> dict[str, str]:
    """Lines that occur in an answer and in nothing that students may see, squeezed.

    Short lines are left out (``return loss, dx`` tells nothing), and those that stand in
    the public library anyway.
    """
    from autograder.judging import reference
    from autograder.paths import LIBRARY
    from solutions.declare import body

    public = _squeezed("".join(p.read_text("utf-8") for p in sorted(LIBRARY.rglob("*.py"))))
    found: dict[str, str] = {}
    for name, answer in reference.answers().items():
        for line in body(answer).splitlines():
            squeezed = _squeezed(line)
            if len(squeezed) >= 22 and squeezed not in public:
                found[squeezed] = name
    return found


@pytest.fixture(scope="session")
def leaks(answer_lines: dict[str, str]):
    """A function that names the exercises whose answers stand in some bytes."""
    import html
    import re
    from collections import Counter

    total = Counter(answer_lines.values())

    def scan(data: bytes) -> set[str]:
        text = data.decode("utf-8", "ignore")
        # pages colour code with tags; notebooks and search indexes escape it
        plain = re.sub(r"<[^>]+>", "", text)
        forms = (text, html.unescape(plain), text.replace('\\"', '"').replace("\\n", "\n"))
        squeezed = [_squeezed(form) for form in forms]
        seen = Counter(
            name for line, name in answer_lines.items() if any(line in s for s in squeezed)
        )
        # a loop that a figure shares with an answer is no leak; more than half of the answer is
        return {name for name, count in seen.items() if 2 * count > total[name]}

    return scan
