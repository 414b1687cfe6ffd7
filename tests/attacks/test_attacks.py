"""Every attack gets what its honest work deserves, in words, and changes nothing else."""

from __future__ import annotations

import json

import psutil
import pytest
from conftest import SECRETS, Class
from corpus import ATTACKS

MAX_PAGE = 3 << 20
HONEST = ("aaa-honest-before", "zzz-honest-after")


@pytest.mark.parametrize("name", ATTACKS)
def test_score(name: str, classroom: Class) -> None:
    attack = ATTACKS[name]
    failed = {k: v for k, v in classroom.summary.failed.items() if k.startswith(f"{name} ")}
    assert not failed, f"no grade: {failed}"
    earned = classroom.earned(name)
    assert earned <= attack.deserves, f"{attack.tries}: got {earned}, deserves {attack.deserves}"
    assert earned >= attack.least, f"{attack.tries}: got {earned}, deserves {attack.deserves}"


@pytest.mark.parametrize("name", [*ATTACKS, *HONEST])
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


@pytest.mark.parametrize(
    "name",
    [
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
    ],
)
def test_sentence_for_what_cannot_be_read(name: str, classroom: Class) -> None:
    assert "About this submission." in classroom.feedback(name)


@pytest.mark.parametrize(
    "name, words",
    [
        ("crash-in-the-third", "the Python process ended"),
        ("hang-in-the-third", "ran longer than 4 seconds"),
        ("deaf-hang-in-the-third", "ran longer than 4 seconds"),
        ("segmentation-fault", "the Python process ended"),
        ("recursion", "RecursionError"),
        ("html-in-error-messages", "ValueError"),
    ],
)
def test_reason_is_told(name: str, words: str, classroom: Class) -> None:
    assert words in classroom.feedback(name)


@pytest.mark.parametrize("name", HONEST)
def test_honest_students_keep_full_marks(name: str, classroom: Class) -> None:
    assert classroom.earned(name) == 19
    if name in classroom.before:
        assert classroom.before[name] == classroom.rows[name]


def test_every_submission_is_in_the_gradebook(classroom: Class) -> None:
    assert set(classroom.rows) == {*ATTACKS, *HONEST}
    assert all(row["max_score"] == 22 for row in classroom.rows.values())


def test_nothing_outside_the_box_changed(classroom: Class) -> None:
    assert classroom.digests == {}
    assert (classroom.home / "canary.txt").read_text("utf-8") == SECRETS["home"]
    escaped = [p for p in classroom.course.rglob("*") if p.name in ("escaped.ipynb", "x", "ran")]
    assert not escaped


def test_no_secret_came_out(classroom: Class) -> None:
    """Neither files nor the environment of the grader, nor an answer, nor another's home."""
    hidden = [
        *SECRETS.values(),
        "root:x:0:0",
        "CONNECTED",
        "KNOWS-THAT-IT-IS-GRADED",
        "READ /",
        "LEFT-BY-ANOTHER",
    ]
    for name, attack in ATTACKS.items():
        shown = classroom.notebook(name) + classroom.feedback(name)
        for secret in hidden:
            outputs = _outputs(classroom.notebook(name))
            assert secret not in outputs, f"{attack.tries}: {secret} came out"
        assert all(value not in shown for value in SECRETS.values())


def _outputs(notebook: str) -> str:
    cells = json.loads(notebook)["cells"]
    return json.dumps([c.get("outputs") for c in cells])


def test_inputs_are_drawn_anew(classroom: Class) -> None:
    seeds = set()
    for name in ATTACKS:
        path = classroom.course / "records" / name / classroom.assignment.name
        seeds.add(json.loads((path / f"{classroom.assignment.chapter}.json").read_text())["seed"])
    assert len(seeds) == len(ATTACKS)


def test_nothing_is_left_running_or_lying_about(classroom: Class, workplace) -> None:
    here = str(workplace / "t")
    left = [p.cmdline() for p in psutil.process_iter() if _belongs(p, here)]
    assert not left
    assert not [p.name for p in (workplace / "t").iterdir() if p.name.startswith("cbox-")]


def _belongs(process: psutil.Process, folder: str) -> bool:
    try:
        return any(f"{folder}/cbox-" in word for word in process.cmdline())
    except psutil.Error:
        return False


def test_records_stay_small(classroom: Class) -> None:
    sizes = {
        path.parts[-3]: sum(f.stat().st_size for f in path.glob("*"))
        for path in (classroom.course / "records").glob("*/*")
    }
    assert max(sizes.values()) < 100 << 20
