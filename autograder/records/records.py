"""Records: what each score rests on, kept so that it can be judged again without any student code.

A record lies in ``records/<student>/<assignment>/`` of the course folder: the sealed
``<notebook>.json``, and for each exercise ``<exercise>-<digest>.safetensors`` with the
packed ``inputs`` that the box was given and the ``outputs`` that it wrote, as bytes.

The JSON of format 1:

- ``format``, ``student``, ``assignment``, ``notebook``;
- ``submission``: SHA-256 of the file that was handed in, empty if there was none; where several
  may be meant, of the names and digests of all of them;
- ``graded``: when, in UTC; ``regraded``: seal of the record that was judged again, or empty;
- ``versions`` of course (library and autograder are released together), numpy and python;
- ``seed`` of all inputs; ``trouble``: what stopped an exercise, or ("") the notebook;
- ``exercises``: for each its ``file``, the seed its cases were ``drawn`` from, SHA-256 of
  ``inputs``, ``outputs``, ``answer`` and ``declaration`` (the files that hold them), ``earned``,
  ``points``, ``groups``, the ``mistake`` recognised, the ``problem``, and a ``seal``;
- ``key``: which key sealed it; ``seal``: HMAC-SHA-256 of all the rest as canonical JSON.

The seal of an exercise also covers whose it is, so that a change can be named (see
:mod:`autograder.records.seal`).  Files are replaced whole, the JSON last: a grader that is killed
leaves the old record or the new one.
"""

from __future__ import annotations

import inspect
import json
import platform
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import cs231n_lib
from autograder import nofollow
from autograder.grading.graded import Graded
from autograder.judging import reference
from autograder.judging.judging import Evidence
from autograder.nofollow import Folder, Linked
from autograder.paths import course_dir
from autograder.records.seal import KEY, fits, key, seal, sha256
from cs231n_lib import exercises
from cs231n_lib.wire import pack, unpack

FORMAT = 1
MAX_JSON = 8 << 20  # bytes; the longest honest one has about 20,000
MAX_ARRAYS = 256 << 20
Opened = AbstractContextManager[Folder]
AGAIN = "grade it again (`autograder grade --force`)"


class Refused(ValueError):
    """A record does not fit; ``exercise`` is empty where it is about the whole record."""

    def __init__(self, exercise: str, text: str) -> None:
        super().__init__(text)
        self.exercise = exercise


@dataclass(frozen=True)
class Record:
    """A verified record: its JSON, and what each verdict rests on."""

    told: dict[str, Any]
    evidence: dict[str, Evidence]

    def summary(self, name: str) -> dict[str, Any]:
        """What the record says of one exercise, in the form of ``Verdict.summary``."""
        entry = self.told["exercises"][name]
        return {k: entry[k] for k in ("earned", "points", "groups", "mistake", "problem")}


def record_folder(*, student: str, assignment: str, make: bool = False) -> Opened:
    """The folder of the records of one submission, opened without following a link.

    Raises:
        FileNotFoundError: when there is none; with ``make`` it is made.
        Linked: when a link stands there, or above it.
    """
    return nofollow.folder(course_dir(), "records", student, assignment, make=make)


def exists(*, student: str, assignment: str, notebook: str) -> bool:
    """Whether there is something to verify, be it sound or not."""
    try:
        with record_folder(student=student, assignment=assignment) as folder:
            return f"{notebook}.json" in folder.names()
    except FileNotFoundError:
        return False
    except (OSError, Linked):
        return True  # reading it says what is wrong


def write(*, student: str, assignment: str, notebook: str, graded: Graded) -> None:
    """Keep the record of a graded notebook in the place of an earlier one.

    Raises:
        KeyTrouble: when the key is damaged.
        Linked: when a link stands where the record belongs.
    """
    secret = key(make=True)
    told: dict[str, Any] = {
        "format": FORMAT,
        "student": student,
        "assignment": assignment,
        "notebook": notebook,
        "submission": graded.submission or "",
        "graded": datetime.now(UTC).isoformat(timespec="seconds"),
        "regraded": graded.regraded,
        "versions": versions(),
        "seed": graded.seed,
        "trouble": graded.trouble,
        "exercises": {},
    }
    files = dict[str, bytes]()
    for name, evidence in graded.evidence.items():
        data = pack({"inputs": _bytes(evidence.inputs), "outputs": _bytes(evidence.outputs)})
        entry = {
            "file": f"{name}-{sha256(data)[:16]}.safetensors",
            "drawn": list(evidence.drawn),
            "inputs": sha256(evidence.inputs),
            "outputs": sha256(evidence.outputs),
            "answer": answer_digest(name),
            "declaration": declaration_digest(name),
            **graded.verdicts[name].summary(),
        }
        entry["seal"] = seal(secret, entry, _owner(told, name))
        told["exercises"][name] = entry
        files[str(entry["file"])] = data
    told["key"] = sha256(secret)[:8]
    told["seal"] = seal(secret, told)
    with record_folder(student=student, assignment=assignment, make=True) as folder:
        for file, data in files.items():
            folder.put(file, data)
        folder.put(f"{notebook}.json", (json.dumps(told, indent=1) + "\n").encode())
        for file in folder.names():
            stale = file.endswith(".safetensors") and file not in files
            if stale or (file.startswith(".") and file.endswith(".part")):
                folder.remove(file)


def read(*, student: str, assignment: str, notebook: str, submission: str) -> Record:
    """The record of one graded notebook, verified in every part.

    Args:
        submission: digest of the file that is handed in now.

    Raises:
        Refused: when anything does not fit; its text says what.
        KeyTrouble: when there is no key to verify it with.
    """
    owner = (student, assignment, notebook)
    try:
        with record_folder(student=student, assignment=assignment) as folder:
            return _read(folder, owner, submission)
    except FileNotFoundError:
        raise Refused("", f"there is no record: {AGAIN}") from None
    except Linked as error:
        raise Refused("", str(error)) from error


def _read(folder: Folder, owner: tuple[str, str, str], submission: str) -> Record:
    told = _sealed(folder, owner)
    found = (told["student"], told["assignment"], told["notebook"])
    if found != owner:
        raise Refused("", f"the record belongs to {' '.join(found[:2])}: {AGAIN}")
    if told["submission"] != submission:
        raise Refused(
            "", f"the record belongs to another submission than the one handed in: {AGAIN}"
        )
    evidence = {n: _evidence(folder, n, entry) for n, entry in told["exercises"].items()}
    return Record(told, evidence)


def _sealed(folder: Folder, owner: tuple[str, str, str]) -> dict[str, Any]:
    secret = key()
    try:
        told = json.loads(folder.read(f"{owner[2]}.json", MAX_JSON))
    except (ValueError, RecursionError):
        raise Refused("", f"the record is damaged (no valid JSON): {AGAIN}") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        form = told.get("format", 0) if isinstance(told, dict) else 0
        raise Refused("", f"the record has format {form!r:.20}, not {FORMAT}: {AGAIN}")
    if fits(secret, told):
        return told
    if told.get("key") != sha256(secret)[:8]:
        raise Refused("", f"the record was sealed with another key than {KEY}: {AGAIN}")
    entries = told.get("exercises")
    entries = entries if isinstance(entries, dict) else {}
    place = dict(zip(("student", "assignment", "notebook"), owner, strict=True))
    place["submission"] = str(told.get("submission"))
    wrong = [n for n, entry in entries.items() if not fits(secret, entry, _owner(place, n))]
    if wrong and len(wrong) < len(entries) and set(wrong) <= set(exercises.table()):
        raise Refused(", ".join(wrong), f"its part of the record does not fit its seal: {AGAIN}")
    raise Refused("", f"the record as a whole does not fit its seal: {AGAIN}")


def _evidence(folder: Folder, name: str, entry: dict[str, Any]) -> Evidence:
    file = str(entry["file"])
    try:
        data = folder.read(file, MAX_ARRAYS)
    except (FileNotFoundError, Linked):
        raise Refused(name, f"its inputs and outputs ({file}) are missing: {AGAIN}") from None
    # before anything is made of it: only what the grader itself wrote is unpacked here
    if sha256(data)[:16] not in file:
        raise Refused(name, f"its inputs and outputs are not those that were recorded: {AGAIN}")
    try:
        tree = unpack(data)
        inputs, outputs = tree["inputs"].tobytes(), tree["outputs"].tobytes()
    except Exception:  # whatever lies there in the place of the file
        raise Refused(name, f"its inputs and outputs cannot be read: {AGAIN}") from None
    for part, data in (("inputs", inputs), ("outputs", outputs)):
        if sha256(data) != entry[part]:
            raise Refused(name, f"its {part} do not fit the digest in the record: {AGAIN}")
    return Evidence(tuple(entry["drawn"]), inputs, outputs)


def versions() -> dict[str, str]:
    """What a verdict is made with."""
    return {
        "course": cs231n_lib.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def answer_digest(name: str) -> str:
    """Of the file that holds the answer to an exercise, and its helpers and mistakes."""
    return _file_digest(reference.answers()[name])


def declaration_digest(name: str) -> str:
    """Of the files that hold the declaration of an exercise, its cases and its law."""
    return sha256(b"".join(path.read_bytes() for path in declaration_files(name)))


def declaration_files(name: str) -> list[Path]:
    """The files that hold the declaration of an exercise, its cases and its law."""
    exercise = exercises.get(name)
    home = _file(exercise.stub)
    files = {home, home.with_name("_cases.py")}
    files |= {_file(f) for f in (exercise.cases, exercise.law) if f is not None}
    return [path for path in sorted(files) if path.exists()]


def _file_digest(function: Callable[..., Any]) -> str:
    return sha256(_file(function).read_bytes())


def _file(function: Callable[..., Any]) -> Path:
    return Path(inspect.getsourcefile(function) or "")


def _owner(head: Mapping[str, str], name: str) -> list[str]:
    return [*(head[k] for k in ("student", "assignment", "notebook", "submission")), name]


def _bytes(data: bytes) -> Any:
    return np.frombuffer(data, dtype=np.uint8)
