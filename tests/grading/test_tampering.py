"""Records that someone changed: refused, with a sentence that says whose, where and what."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import cli
from autograder.building.notebooks import find
from autograder.course import gradebook
from autograder.grading import behind
from autograder.grading.done import is_done
from autograder.grading.grade import grade_class
from autograder.grading.graded import Graded
from autograder.nofollow import Folder
from autograder.records import records
from autograder.records.replay import replay_class
from autograder.records.seal import KEY, seal, sha256
from autograder.submissions.submissions import Submission
from cs231n_lib.wire import pack, unpack
from tests.grading.totals import EXERCISES, FUNCTIONS

WHO, NAME = "perfect", "nesterov"


def read(student: str, submission: str) -> records.Record:
    """A record of chapter 3, verified."""
    return records.read(
        student=student, assignment="03-momentum", notebook="momentum", submission=submission
    )


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


def save(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told), "utf-8")


def arrays(course, name: str = NAME) -> Path:
    path = course.record(WHO)
    return path.parent / load(path)["exercises"][name]["file"]


def change(course, part: str, name: str = NAME) -> bytes:
    """Change one byte at the end of the inputs or outputs; returns them."""
    path = arrays(course, name)
    tree = unpack(path.read_bytes())
    data = tree[part].copy()
    data[-1] ^= 1
    path.write_bytes(pack({**tree, part: data}))
    return data.tobytes()


def outputs(course) -> None:
    change(course, "outputs")


def inputs(course) -> None:
    change(course, "inputs")


def score(course) -> None:
    told = load(course.record(WHO))
    told["exercises"][NAME]["earned"] = 3
    save(course.record(WHO), told)


def digest_as_well(course) -> None:
    path = course.record(WHO)
    told, data = load(path), change(course, "outputs")
    told["exercises"][NAME]["outputs"] = sha256(data)
    save(path, told)


def seals_of_another_key(course) -> None:
    """Whoever cannot read the key makes one up."""
    path = course.record(WHO)
    told, data = load(path), change(course, "outputs")
    entry, key = told["exercises"][NAME], bytes(32)
    entry["outputs"] = sha256(data)
    entry["seal"] = seal(key, entry, [WHO, "03-momentum", "momentum", told["submission"], NAME])
    save(path, {**told, "seal": seal(key, told)})


def trouble(course) -> None:
    told = load(course.record(WHO))
    told["trouble"] = {"": "killed"}
    save(course.record(WHO), told)


def exercise_left_out(course) -> None:
    told = load(course.record(WHO))
    del told["exercises"][NAME]
    save(course.record(WHO), told)


def of_another_student(course) -> None:
    folder = course.record(WHO).parent
    shutil.rmtree(folder)
    shutil.copytree(course.record("slip-0").parent, folder)


def of_another_student_renamed(course) -> None:
    of_another_student(course)
    told = load(course.record(WHO))
    save(course.record(WHO), {**told, "student": WHO})


def entries_exchanged(course) -> None:
    told = load(course.record(WHO))
    mine = told["exercises"]
    mine[NAME], mine["sgd_momentum"] = mine["sgd_momentum"], mine[NAME]
    save(course.record(WHO), told)


def arrays_exchanged(course) -> None:
    one, two = arrays(course), arrays(course, "sgd_momentum")
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)


def handed_in_since(course) -> None:
    path = course.folder / "submitted" / WHO / "03-momentum" / "momentum.ipynb"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")


def arrays_cut_short(course) -> None:
    path = arrays(course)
    path.write_bytes(path.read_bytes()[:-1])


def arrays_missing(course) -> None:
    arrays(course).unlink()


def arrays_of_objects(course) -> None:
    with arrays(course).open("wb") as file:
        np.save(file, np.array([{}], dtype=object), allow_pickle=True)


def record_cut_short(course) -> None:
    path = course.record(WHO)
    path.write_bytes(path.read_bytes()[:-9])


def record_missing(course) -> None:
    course.record(WHO).unlink()


def record_nested(course) -> None:
    course.record(WHO).write_text("[" * 10**6, "utf-8")


def record_is_a_list(course) -> None:
    course.record(WHO).write_text("[1]", "utf-8")


def record_without_format(course) -> None:
    save(course.record(WHO), {"seed": 1, "trouble": {}, "exercises": {}})


def key_replaced(course) -> None:
    (course.folder / KEY).write_text("ab" * 32, "ascii")


def gradebook_changed(course) -> None:
    with sqlite3.connect(course.folder / "gradebook.db") as db:
        db.execute("update grade set auto_score = 3 where auto_score = 4")


TAMPERED: list[tuple[Callable[..., None], str, str]] = [
    (outputs, NAME, "are not those that were recorded"),
    (inputs, NAME, "are not those that were recorded"),
    (score, NAME, "does not fit its seal"),
    (digest_as_well, NAME, "does not fit its seal"),
    (seals_of_another_key, NAME, "does not fit its seal"),
    (trouble, "", "the record as a whole does not fit its seal"),
    (exercise_left_out, "", "the record as a whole does not fit its seal"),
    (of_another_student, "", "the record belongs to slip-0 03-momentum"),
    (of_another_student_renamed, "", "the record as a whole does not fit its seal"),
    (entries_exchanged, NAME, "does not fit its seal"),
    (arrays_exchanged, "sgd_momentum", "are not those that were recorded"),
    (handed_in_since, "", "belongs to another submission than the one handed in"),
    (arrays_cut_short, NAME, "are not those that were recorded"),
    (arrays_missing, NAME, "are missing"),
    (arrays_of_objects, NAME, "are not those that were recorded"),
    (record_cut_short, "", "the record is damaged (no valid JSON)"),
    (record_missing, "", "there is no record"),
    (record_nested, "", "the record is damaged (no valid JSON)"),
    (record_is_a_list, "", "the record has format 0, not 1"),
    (record_without_format, "", "the record has format 0, not 1"),
    (key_replaced, "", "sealed with another key than records.key"),
    (gradebook_changed, "sgd_momentum", "the gradebook has 3 points, the record 4"),
]


@pytest.mark.parametrize(
    ("tamper", "named", "words"), TAMPERED, ids=lambda x: getattr(x, "__name__", "")
)
def test_refused(replayable, capsys, tamper, named: str, words: str) -> None:
    tamper(replayable)
    assert cli.main(["replay", "3", "--student", WHO]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "replayed 1 submissions: 0 same, 0 changed, 1 refused"
    (line,) = told.err.splitlines()
    assert line.startswith(f"autograder: {WHO} 03-momentum: ")
    assert named in line and words in line and line.count("grade it again") == 1


@pytest.mark.parametrize("tamper", [outputs, score, of_another_student, handed_in_since])
def test_nothing_is_regraded_from_a_refused_record(replayable, tamper) -> None:
    tamper(replayable)
    before = (replayable.folder / "gradebook.db").read_bytes()
    (found,) = replay_class([find("3")], print, students=[WHO], regrade=True, write=True)
    assert found.status == "refused"
    assert (replayable.folder / "gradebook.db").read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "words"), [(Path.unlink, "is missing"), (lambda p: p.write_text("x"), "is damaged")]
)
def test_without_its_key_nothing_is_verified(replayable, capsys, spoil, words: str) -> None:
    spoil(replayable.folder / KEY)
    assert cli.main(["replay", "3"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{KEY} {words}" in line


def test_a_record_from_before_is_refused_after_the_next_submission(
    recorded, tmp_path, monkeypatch
) -> None:
    """Handed in twice and graded twice; then the better record is put back."""
    folder = tmp_path / "course"
    shutil.copytree(recorded.folder, folder)
    monkeypatch.setenv("CS231N_COURSE", str(folder))
    place, kept = folder / "records" / WHO / "03-momentum", tmp_path / "kept"
    shutil.copytree(place, kept)
    path = folder / "submitted" / WHO / "03-momentum" / "momentum.ipynb"
    shutil.copy(folder / "submitted" / "slip-0" / "03-momentum" / "momentum.ipynb", path)
    work = Submission(WHO, find("3"), path.parent)
    assert not is_done(work, gradebook.written(work.assignment))
    summary = grade_class([find("3")], print, students=[WHO], workers=1)
    assert summary.graded == 1 and is_done(work, gradebook.written(work.assignment))
    (found,) = replay_class([find("3")], print, students=[WHO])
    assert found.status == "same" and found.earned < FUNCTIONS
    shutil.rmtree(place)
    shutil.copytree(kept, place)
    (found,) = replay_class([find("3")], print, students=[WHO])
    assert found.status == "refused" and "another submission" in found.why


@pytest.mark.parametrize("allowed", range(6))
def test_a_grader_that_is_killed_leaves_the_old_record_or_the_new(
    replayable, monkeypatch, allowed: int
) -> None:
    """Five files of arrays and the JSON: killed before any of them the old record is whole."""
    work = Submission(WHO, find("3"), replayable.folder / "submitted" / WHO / "03-momentum")
    other = json.loads(replayable.record("slip-0").read_text("utf-8"))
    old = read(WHO, work.digest())
    new = read("slip-0", other["submission"])
    written, put = list[str](), Folder.put

    def killed(self: Folder, name: str, data: bytes) -> None:
        if len(written) == allowed:
            raise KeyboardInterrupt
        written.append(name)
        put(self, name, data)

    verdicts = behind.judged(new.evidence, {})
    graded = Graded(1, verdicts, new.evidence, submission=work.digest())
    monkeypatch.setattr(Folder, "put", killed)
    with pytest.raises(KeyboardInterrupt):
        records.write(student=WHO, assignment="03-momentum", notebook="momentum", graded=graded)
    assert read(WHO, work.digest()) == old
    monkeypatch.setattr(Folder, "put", put)
    records.write(student=WHO, assignment="03-momentum", notebook="momentum", graded=graded)
    found = read(WHO, work.digest())
    assert found.evidence == new.evidence
    files = {p.suffix: p for p in replayable.record(WHO).parent.iterdir()}
    assert set(files) == {".json", ".safetensors"}
    assert len(list(replayable.record(WHO).parent.glob("*.safetensors"))) == len(EXERCISES)
