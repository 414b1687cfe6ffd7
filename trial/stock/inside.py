"""Runs inside the throw-away container: stock nbgrader on one hostile submission.

Mounted alone, imports nothing of ours.  Arguments: assignment, chapter, the attack's name,
"page" if the feedback page is wanted.  Prints one line of JSON at the end.
"""

import base64
import glob
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

HOME = os.environ["HOME"]
COURSE = f"{HOME}/course"
SECONDS = {"autograde": 90, "page": 30}  # the first for the attack and the honest one after it
MAX_PAGE = 8 << 20


def nbgrader(seconds, *words):
    """Exit status of one of nbgrader's commands; "hung" when it did not end in time."""
    with open(f"{HOME}/said", "wb") as said:
        process = subprocess.Popen(
            ["prlimit", "--fsize=268435456", sys.executable, "-m", "nbgrader", *words],
            cwd=COURSE,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return "hung"
        finally:  # as an instructor would, with Ctrl-C and a second one
            for number in (signal.SIGINT, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                except ProcessLookupError:
                    break
                time.sleep(0.3)


def scores(student):
    """Points per graded cell, None for a cell without a score; {} if there is no grade."""
    question = """
        select b.name, g.auto_score, g.manual_score, s.id from grade g
        join base_cell b on b.id = g.cell_id
        join submitted_notebook n on n.id = g.notebook_id
        join submitted_assignment s on s.id = n.assignment_id
        where s.student_id = ?"""
    try:
        with sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=ro", uri=True) as db:
            rows = db.execute(question, (student,)).fetchall()
    except sqlite3.Error:
        return {}
    return {name: auto if manual is None else manual for name, auto, manual, _ in rows}


def digests():
    """Files that grading one student has no business to change."""
    found = {}
    for top in ("source", "release", "submitted", "canary.txt"):
        for path in [f"{COURSE}/{top}", *glob.glob(f"{COURSE}/{top}/**", recursive=True)]:
            small = os.path.isfile(path) and os.path.getsize(path) < 1 << 26
            if small and not os.path.islink(path):
                with open(path, "rb") as file:
                    found[path] = hashlib.sha256(file.read()).hexdigest()
    for path in (".ipython/profile_default/startup/00.py", ".bashrc", "canary.txt"):
        found[path] = os.path.exists(f"{HOME}/{path}")
    return found


def text_of(path):
    """A file's text, empty for one that is missing or larger than anyone would open."""
    try:
        if os.path.getsize(path) > 1 << 26:
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def copied(folder):
    """What nbgrader copied because the submission linked to it."""
    files = [p for p in glob.glob(f"{folder}/*") if os.path.isfile(p)]
    marks = ("root:x:0:0", "SQLite format 3")
    return [mark for mark in marks if any(mark in text_of(p)[:1000] for p in files)]


def outputs(notebook):
    try:
        return json.dumps([c.get("outputs") for c in json.loads(notebook)["cells"]])
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def main(assignment, chapter, name, wanted):
    print("BEGUN", flush=True)
    shutil.copytree("/stage/course", COURSE, symlinks=True)
    if subprocess.run(["cp", "-a", "--sparse=always", "/stage/submitted", COURSE]).returncode:
        raise SystemExit("the submission cannot be laid out here")
    secrets = {place: f"CANARY-{place}" for place in ("home", "course")}
    for place, folder in (("home", HOME), ("course", COURSE)):
        with open(f"{folder}/canary.txt", "w") as file:
            file.write(secrets[place])
    before, seen = scores("aaa-honest"), digests()
    # as an instructor does it, all at once: what was graded before is left alone
    status = nbgrader(SECONDS["autograde"], "autograde", assignment)
    unchanged = digests()
    found = {
        "status": status,
        "scores": scores(name),
        "others": scores("aaa-honest") == before,
        "changed": sorted(
            os.path.relpath(p, COURSE)
            for p in seen.keys() | unchanged.keys()
            if seen.get(p) != unchanged.get(p)
        )[:3],
        "page": "",
    }
    place = f"{COURSE}/autograded/{name}/{assignment}"
    notebook = text_of(f"{place}/{chapter}.ipynb")
    told = outputs(notebook)
    words = (*secrets.values(), "CANARY-env", "### BEGIN SOLUTION")
    found["secrets"] = [word for word in words if word in told] + copied(place)
    found["graded"] = "KNOWS-THAT-IT-IS-GRADED" in told
    found["size"] = len(notebook)
    if wanted == "page":
        nbgrader(SECONDS["page"], "generate_feedback", assignment, f"--student={name}")
        page = text_of(f"{COURSE}/feedback/{name}/{assignment}/{chapter}.html")[:MAX_PAGE]
        found["page"] = base64.b64encode(page.encode()).decode()
    found["next"] = {"scores": scores("zzz-honest")}
    path = f"{COURSE}/autograded/zzz-honest/{assignment}/{chapter}.ipynb"
    found["next"]["left"] = "LEFT-BY-ANOTHER" in text_of(path)
    print("FOUND " + json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:5])
