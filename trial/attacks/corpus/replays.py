"""Attacks that bring something back: records, outputs and pages of an earlier grading."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from cs231n_lib.wire import unpack
from trial.attacks.corpus.desk import RIGHT, Desk, attack, cell_of, first, names, wrong
from trial.attacks.corpus.records import FORGER, forged

EARLIER = "aaa-honest-before"  # who was graded, with full marks, before the attacks were written


def earlier_records(desk: Desk) -> dict[str, str]:
    """What the box wrote for the earlier submission, by exercise; empty where nothing was."""
    folder: Path = desk.targets.course / "records" / EARLIER / desk.assignment.name
    found = {}
    for name in names():
        path = folder / f"{name}.safetensors"
        if path.exists():
            record = unpack(path.read_bytes())["outputs"].tobytes()
            found[name] = base64.b64encode(record).decode()
    return found


@attack(*RIGHT)
def records_of_an_earlier_submission(desk: Desk) -> NotebookNode:
    """Writes the records with which an earlier submission got full marks."""
    source = f"""
import base64
kept = {earlier_records(desk)!r}
def forger(name, function):
    if name in {RIGHT!r}:
        return honest_check(name, function)
    (BOX / "out" / f"{{name}}.safetensors").write_bytes(base64.b64decode(kept.get(name, "")))
cs231n_lib.check = forger
"""
    return forged(desk, source)


@attack(*RIGHT)
def record_of_another_exercise(desk: Desk) -> NotebookNode:
    """Copies the record of a right function over those of the others, again and again."""
    source = f"""
import threading, time
def copy():
    right = (BOX / "out" / "sgd_momentum.safetensors").read_bytes()
    for path in (BOX / "out").glob("*.safetensors"):
        if path.name.split(".")[0] not in {RIGHT!r}:
            path.write_bytes(right)
def spin():
    while True:
        copy()
        time.sleep(0.001)
def forger(name, function):
    return honest_check(name, function) if name in {RIGHT!r} else copy()
cs231n_lib.check = forger
threading.Thread(target=spin, daemon=True).start()
"""
    return forged(desk, source)


@attack(*RIGHT)
def record_written_by_a_process_that_stays(desk: Desk) -> NotebookNode:
    """A process that outlives its cell puts back a right record whenever another was taken."""
    source = f"""
import base64, os, time
kept = {earlier_records(desk)!r}
if os.fork() == 0:
    os.setsid()
    while True:
        for name, data in kept.items():
            if name not in {RIGHT!r}:
                (BOX / "out" / f"{{name}}.safetensors").write_bytes(base64.b64decode(data))
        time.sleep(0.001)
"""
    return first(desk.solved(*RIGHT), FORGER.partition("def raw")[0] + source)


@attack()
def outputs_of_full_marks(desk: Desk) -> NotebookNode:
    """Hands in empty functions with the verdicts of full marks already below the graded cells."""
    nb = desk.blank()
    for name in names():
        cell = cell_of(nb, name)
        cell.execution_count = 1
        cell.outputs = [
            new_output("execute_result", data={"text/plain": "100.0"}, execution_count=1)
        ]
        cell.metadata["tags"] = ["skip-execution"]
    return nb


@attack()
def autograded_notebook_handed_in(desk: Desk) -> None:
    """Hands in the autograded notebook of an earlier submission, its functions emptied again."""
    place = desk.targets.course / "autograded" / EARLIER / desk.assignment.name / desk.path.name
    nb = desk.solved()
    if place.exists():
        nb = NotebookNode(json.loads(place.read_text("utf-8")))
        nb.cells = [NotebookNode(c) for c in nb.cells]
        for cell in nb.cells:
            cell.metadata = NotebookNode(cell.metadata)
    desk.write(json.loads(json.dumps(wrong(nb))))
