"""Records: what each score rests on, kept so that it can be judged again without any student code.

A record lies in ``records/<student>/<assignment>/`` of the course folder: the sealed
``<notebook>.json``, and for each exercise ``<exercise>-<digest>.safetensors`` with the
packed ``inputs`` that the box was given and the ``outputs`` that it wrote, as bytes.

The JSON of format 1:

- ``format``, ``student``, ``assignment``, ``notebook``;
- ``submission``: SHA-256 of the file that was handed in, empty if there was none;
- ``graded``: when, in UTC; ``regraded``: seal of the record that was judged again, or empty;
- ``versions`` of course (library and autograder are released together), numpy and python;
- ``seed`` of all inputs; ``trouble``: what stopped an exercise, or ("") the notebook;
- ``exercises``: for each its ``file``, the seed its cases were ``drawn`` from, SHA-256 of
  ``inputs``, ``outputs``, ``answer`` and ``declaration`` (the files that hold them), ``earned``,
  ``points``, ``groups``, the ``mistake`` recognised, the ``problem``, and a ``seal``;
- ``key``: which key sealed it; ``seal``: HMAC-SHA-256 of all the rest as canonical JSON.

The seal of an exercise also covers whose it is, so that a change can be named (see
:mod:`autograder.seal`).  Files are replaced whole, the JSON last: a grader that is killed
leaves the old record or the new one.
"""

from __future__ import annotations

import inspect
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import cs231n_lib
from autograder import reference
from autograder.judging import Evidence, Graded
from autograder.paths import course_dir
from autograder.seal import KEY, fits, key, put, seal, sha256
from cs231n_lib import exercises
from cs231n_lib.verdict import Report
from cs231n_lib.wire import pack, unpack

FORMAT = 1
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
        """What the record says of one exercise, in the form of :func:`summary`."""
        entry = self.told["exercises"][name]
        return {k: entry[k] for k in ("earned", "points", "groups", "mistake", "problem")}


def summary(report: Report) -> dict[str, Any]:
    """A report as plain data, without its arrays."""
    return {
        "earned": report.earned,
        "points": report.points,
        "groups": {g.name: [g.earned, g.points] for g in report.groups},
        "mistake": report.mistake.name if report.mistake else None,
        "problem": report.problem,
    }


def record_folder(assignment: str, student: str) -> Path:
    """Where the records of one submission lie."""
    return course_dir() / "records" / student / assignment


def write(student: str, assignment: str, notebook: str, graded: Graded) -> None:
    """Keep the record of a graded notebook in the place of an earlier one.

    Raises:
        KeyTrouble: when the key is damaged.
    """
    secret = key(make=True)
    folder = record_folder(assignment, student)
    folder.mkdir(parents=True, exist_ok=True)
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
    for name, evidence in graded.evidence.items():
        data = pack({"inputs": _bytes(evidence.inputs), "outputs": _bytes(evidence.outputs)})
        entry = {
            "file": f"{name}-{sha256(data)[:16]}.safetensors",
            "drawn": list(evidence.drawn),
            "inputs": sha256(evidence.inputs),
            "outputs": sha256(evidence.outputs),
            "answer": answer_digest(name),
            "declaration": declaration_digest(name),
            **summary(graded.reports[name]),
        }
        entry["seal"] = seal(secret, entry, _owner(told, name))
        told["exercises"][name] = entry
        put(folder / entry["file"], data)
    told["key"] = sha256(secret)[:8]
    told["seal"] = seal(secret, told)
    put(folder / f"{notebook}.json", (json.dumps(told, indent=1) + "\n").encode())
    kept = {entry["file"] for entry in told["exercises"].values()}
    for path in (*folder.glob("*.safetensors"), *folder.glob(".*.part")):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def read(student: str, assignment: str, notebook: str, submission: str) -> Record:
    """The record of one graded notebook, verified in every part.

    Args:
        submission: digest of the file that is handed in now.

    Raises:
        Refused: when anything does not fit; its text says what.
        KeyTrouble: when there is no key to verify it with.
    """
    folder = record_folder(assignment, student)
    told = _sealed(folder / f"{notebook}.json", (student, assignment, notebook))
    found = (told["student"], told["assignment"], told["notebook"])
    if found != (student, assignment, notebook):
        raise Refused("", f"the record belongs to {' '.join(found[:2])}: {AGAIN}")
    if told["submission"] != submission:
        raise Refused(
            "", f"the record belongs to another submission than the one handed in: {AGAIN}"
        )
    evidence = {n: _evidence(folder, n, entry) for n, entry in told["exercises"].items()}
    return Record(told, evidence)


def _sealed(path: Path, owner: tuple[str, str, str]) -> dict[str, Any]:
    secret = key()
    if not path.is_file():
        raise Refused("", f"there is no record: {AGAIN}")
    try:
        told = json.loads(path.read_bytes())
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


def _evidence(folder: Path, name: str, entry: dict[str, Any]) -> Evidence:
    path = folder / entry["file"]
    if not path.is_file():
        raise Refused(name, f"its inputs and outputs ({path.name}) are missing: {AGAIN}")
    try:
        tree = unpack(path.read_bytes())
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
    exercise = exercises.get(name)
    home = _file(exercise.stub)
    files = {home, home.with_name(f"{home.stem}_cases.py")}
    files |= {_file(f) for f in (exercise.cases, exercise.law) if f is not None}
    found = [p.read_bytes() for p in sorted(files) if p.exists()]
    return sha256(b"".join(found))


def _file_digest(function: Callable[..., Any]) -> str:
    return sha256(_file(function).read_bytes())


def _file(function: Callable[..., Any]) -> Path:
    return Path(inspect.getsourcefile(function) or "")


def _owner(head: Mapping[str, str], name: str) -> list[str]:
    return [*(head[k] for k in ("student", "assignment", "notebook", "submission")), name]


def _bytes(data: bytes) -> Any:
    return np.frombuffer(data, dtype=np.uint8)
