"""Every attack gets what its honest work deserves, in words, and changes nothing else."""

from __future__ import annotations

import csv
import json
import os
import re

import psutil
import pytest

from autograder.sandbox import leftovers
from cs231n_lib.wire import pack, unpack
from trial import sample
from trial.attacks.classroom import (
    AFTER,
    ALONE,
    HALF,
    HIDDEN,
    ODD_STUDENTS,
    SECRETS,
    TRIED,
    WHOLE,
    WORKERS,
    Class,
    beside,
    between,
)
from trial.attacks.corpus import FAMILIES
from trial.attacks.corpus.desk import RIGHT, names, points

MAX_PAGE = 3 << 20
HONEST = (WHOLE, AFTER)
BETWEEN = between(tuple(TRIED))
UNREADABLE = (
    "truncated-json",
    "empty-file",
    "no-file",
    "nested-json",
    "zip-bomb",
    "too-large",
    "utf-16",
    "link-to-the-password-file",
    "link-to-another-submission",
    "pipe-for-a-notebook",
    "sparse-file-of-a-terabyte",
    "device-for-a-notebook",
    "folder-for-a-notebook",
    "two-notebooks-of-other-names",
    "number-without-end",
)


@pytest.mark.parametrize("name", TRIED)
def test_score(name: str, classroom: Class) -> None:
    attack = TRIED[name]
    failed = {k: v for k, v in classroom.summary.failed.items() if k.startswith(f"{name} ")}
    assert not failed, f"no grade: {failed}"
    earned = classroom.earned(name)
    assert earned <= attack.deserves, f"{attack.tries}: got {earned}, deserves {attack.deserves}"
    assert earned >= attack.least, f"{attack.tries}: got {earned}, deserves {attack.deserves}"


@pytest.mark.parametrize("name", [*TRIED, *HONEST])
def test_feedback_page(name: str, classroom: Class) -> None:
    page = classroom.feedback(name)
    assert len(page) < MAX_PAGE and len(classroom.notebook(name)) < MAX_PAGE
    for exercise, score in classroom.rows[name]["cells"].items():
        if exercise in page:
            continue
        pytest.fail(f"{exercise} ({score} points) is not on the page")
    notebook = json.loads(classroom.notebook(name))
    ids = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in notebook["cells"]]
    named = [i for i in ids if i]
    assert len(named) == len(set(named)), "a name occurs twice"


@pytest.mark.parametrize("name", [name for name in UNREADABLE if name in TRIED])
def test_sentence_for_what_cannot_be_read(name: str, classroom: Class) -> None:
    assert "About this submission." in classroom.feedback(name)


@pytest.mark.parametrize(
    "name, words",
    [
        ("crash-in-the-third", "the Python process ended"),
        ("hang-in-the-third", "ran longer than 4 seconds"),
        ("deaf-hang-in-the-third", "ran longer than 4 seconds"),
        ("segmentation-fault", "the Python process ended"),
        ("two-notebooks-of-other-names", "hand in one file called momentum.ipynb"),
        ("recursion", "RecursionError"),
        ("html-in-error-messages", "ValueError"),
    ],
)
def test_reason_is_told(name: str, words: str, classroom: Class) -> None:
    assert words in classroom.feedback(name)


@pytest.mark.parametrize("name", [WHOLE, HALF])
def test_grades_from_before_the_attacks_stay(name: str, classroom: Class) -> None:
    assert classroom.before[name] == classroom.rows[name]
    assert classroom.earned(name) == (points(*names()) if name == WHOLE else points(*RIGHT))


@pytest.mark.parametrize("name", [*BETWEEN, AFTER])
def test_the_next_submission_is_graded_as_if_no_attack_had_been(
    name: str, classroom: Class
) -> None:
    assert classroom.undisturbed(name)
    shown, alone = (_told(classroom.outputs(n)) for n in (name, BETWEEN.get(name, WHOLE)))
    assert shown == alone


def _told(outputs: str) -> str:
    """Verdicts and outputs, without their numbers: inputs differ, what is said may not."""
    return re.sub(r" +", " ", re.sub(r"[-+]?\d[\d.e+-]*", "0", outputs))


@pytest.mark.parametrize("name", beside(tuple(TRIED.values())))
def test_honest_work_beside_a_busy_attack_keeps_its_points(name: str, classroom: Class) -> None:
    assert classroom.earned(name) == points(*names()), f"beside {classroom.beside[name]}"


def test_both_workers_graded_honest_submissions_among_the_attacks(classroom: Class) -> None:
    assert classroom.between == BETWEEN
    assert len(BETWEEN) >= (2 * len(FAMILIES) if sample.whole() else 12)
    met = [re.search(r"USER (\d+)", classroom.notebook(n)) for n in BETWEEN]
    assert all(met)
    if os.geteuid() == 0:  # each worker's boxes have a user of their own
        assert len({m.group(1) for m in met if m}) >= WORKERS


def test_every_submission_is_in_the_gradebook(classroom: Class) -> None:
    alone = {name for name in classroom.took if name not in classroom.beside}
    assert set(classroom.rows) == {*TRIED, *HONEST, HALF, *BETWEEN, *classroom.beside, *alone}
    # without an attack that takes time from others, nobody is graded alone to compare with
    assert len(alone) == (ALONE if classroom.beside else 0)


@pytest.mark.parametrize("name", ODD_STUDENTS)
def test_folders_that_are_no_students_are_refused(name: str, classroom: Class) -> None:
    assert f"{name!r} {classroom.assignment.name}" in classroom.summary.failed
    assert repr(name).isprintable()


def test_table_of_grades(classroom: Class) -> None:
    """Every student once, and nothing that a spreadsheet would compute."""
    with open(classroom.course / "grades.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert {r[1] for r in rows[1:]} == set(classroom.rows)
    assert not [cell for r in rows for cell in r if cell[:1] in "=+-@\t\r" and cell]


def test_all_scores_have_the_same_maximum(classroom: Class) -> None:
    found: dict[str, set[float]] = {}
    for row in classroom.rows.values():
        found.setdefault(row["assignment"], set()).add(row["max_score"])
    assert found["03-momentum"] == {22} and all(len(scores) == 1 for scores in found.values())


def test_nothing_outside_the_box_changed(classroom: Class) -> None:
    assert classroom.digests == {}
    assert (classroom.home / "canary.txt").read_text("utf-8") == SECRETS["home"]
    made = [p for p in classroom.course.rglob("*") if "submitted" not in p.parts]
    escaped = [p for p in made if p.name in ("escaped.ipynb", "x", "ran", "gradebook.db.ipynb")]
    assert not escaped


def test_no_secret_came_out(classroom: Class) -> None:
    """Neither files nor the environment of the grader, nor an answer, nor another's home."""
    for name, attack in TRIED.items():
        shown = classroom.notebook(name) + classroom.feedback(name)
        outputs = classroom.outputs(name)
        for secret in HIDDEN:
            assert secret not in outputs, f"{attack.tries}: {secret} came out"
        assert all(value not in shown for value in SECRETS.values())


def test_inputs_are_drawn_anew(classroom: Class) -> None:
    seeds = set()
    for name in TRIED:
        of = classroom.of(name)
        path = classroom.course / "records" / name / of.name / f"{of.chapter}.json"
        seeds.add(json.loads(path.read_text())["seed"])
    assert len(seeds) == len(TRIED)


def test_no_input_comes_twice(classroom: Class) -> None:
    """Inputs that someone carried out are of no use: no later grading draws one of them."""
    for name in ("sgd_momentum", "sgd_momentum_torch", "nesterov_lookahead", "nesterov"):
        seen: dict[bytes, str] = {}
        for student in (WHOLE, HALF, "inputs-carried-out", *BETWEEN, AFTER):
            place = classroom.course / "records" / student / classroom.assignment.name
            (file,) = place.glob(f"{name}-*.safetensors")
            for case in unpack(unpack(file.read_bytes())["inputs"].tobytes()):
                assert seen.setdefault(pack(case), student) == student, f"{name}: {case}"


def test_nothing_is_left_running_or_lying_about(classroom: Class, workplace) -> None:
    here, own = str(workplace / "t"), leftovers.private()  # this process is the grader
    left = [p.cmdline() for p in psutil.process_iter() if _belongs(p, here, str(own))]
    assert not left
    assert not [*own.glob("cbox-*")]
    assert not [p for p in (workplace / "t").glob("cbox-*") if p != own]


def _belongs(process: psutil.Process, folder: str, own: str) -> bool:
    """Whether it is of a box; the grader's warm processes are shown its folder, and stay."""
    try:
        return any(f"{folder}/cbox-" in word and word != own for word in process.cmdline())
    except psutil.Error:
        return False


def test_records_stay_small(classroom: Class) -> None:
    sizes = {
        path.parts[-3]: sum(f.stat().st_size for f in path.glob("*"))
        for path in (classroom.course / "records").glob("*/*")
    }
    assert max(sizes.values()) < 100 << 20
