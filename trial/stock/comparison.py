"""Every attack of the corpus on this course's grader, and on nbgrader as it is by default.

    python -m trial stock [--only ours|stock] [--resume] [--attack NAME ...]

Writes ``book/trial_records/attacks.json``; ``--only`` renews one half of it, ``--resume`` goes on
with what a stopped run left, ``--attack`` prints and writes nothing. Needs Linux with
bubblewrap, setpriv and prlimit, and Chromium for the pages; about twenty minutes on two
quiet cores. Stock nbgrader runs in throw-away containers (``box.py``).
"""

from __future__ import annotations

import base64
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from autograder.building.notebooks import find
from trial import record
from trial.attacks import classroom, pages
from trial.attacks.corpus import ATTACKS, FAMILIES, Attack
from trial.attacks.corpus.desk import Desk, Targets
from trial.stock import box, course, words

ASSIGNMENT = find("momentum")
WORKERS = 2
NOT_APPLICABLE = "not applicable"
Half = dict[str, dict[str, Any]]
Keep = Callable[[str, dict[str, Any]], None]


def ours(attacks: list[Attack], keep: Keep) -> None:
    """Points and outcome of each attack in a class graded by this course's grader."""
    with classroom.workplace() as place, pages.chromium() as browser:
        graded = classroom.grade_corpus(place, attacks)
        judge_class(graded, attacks, browser, keep)


def judge_class(graded: classroom.Class, attacks: list[Attack], browser: Any, keep: Keep) -> None:
    """What came of each attack of a graded class."""
    harmed = [s for s in (*graded.between, classroom.AFTER) if not graded.undisturbed(s)]
    changed = ["files outside changed"] * bool(graded.digests)
    changed += ["next submission harmed"] * bool(harmed)
    for one in attacks:
        earned = graded.earned(one.name) if one.name in graded.rows else None
        faults = words.points_faults(one, earned)
        if earned is not None:
            told = graded.outputs(one.name)
            faults += ["secret read"] * any(word in told for word in classroom.HIDDEN)
            faults += runs(browser, graded.page(one.name)) if one.family == "readers" else []
        keep(one.name, words.told(earned, faults + changed))


def stock(attacks: list[Attack], keep: Keep) -> None:
    """Points and outcome of each attack under nbgrader's default configuration."""
    work = Path(tempfile.mkdtemp(prefix="stock-"))
    work.chmod(0o755)
    template = work / "template"
    template.mkdir()
    os.environ["CS231N_COURSE"] = str(template)
    course.build(template, ASSIGNMENT)
    hand_in(template / "submitted", "aaa-honest", None)
    course.run(template, "autograde", ASSIGNMENT.name, "--student=aaa-honest")
    slots: queue.Queue[int] = queue.Queue()
    for slot in range(WORKERS):
        slots.put(slot)

    def one(attack: Attack) -> dict[str, Any]:
        submitted, slot = work / attack.name, slots.get()
        try:
            hand_in(submitted, attack.name, attack)
            hand_in(submitted, "zzz-honest", None)
            shutil.copytree(template / "submitted" / "aaa-honest", submitted / "aaa-honest")
            page = "page" if attack.family == "readers" else ""
            words = [ASSIGNMENT.name, ASSIGNMENT.chapter, attack.name, page]
            return box.run(template, submitted, slot, words)
        finally:
            shutil.rmtree(submitted, ignore_errors=True)
            slots.put(slot)

    todo = []
    for attack in attacks:
        reason = words.not_applicable(attack)
        if reason:
            keep(attack.name, {"earned": None, "outcome": NOT_APPLICABLE, "reason": reason})
        else:
            todo.append(attack)
    with ThreadPoolExecutor(WORKERS) as threads, pages.chromium() as browser:
        futures = {threads.submit(one, a): a for a in todo}
        for future in as_completed(futures):
            attack, seen = futures[future], future.result()
            faults = words.faults(attack, seen)
            if seen.get("page"):
                page = work / f"{attack.name}.html"
                page.write_bytes(base64.b64decode(seen["page"]))
                faults += runs(browser, page)
            elif attack.family == "readers" and "lost" not in seen:
                faults.append("no feedback page")
            keep(attack.name, words.told(words.earned(seen), faults))
    shutil.rmtree(work, ignore_errors=True)


def hand_in(submitted: Path, student: str, attack: Attack | None) -> None:
    """Write an attack, or an honest solution, where stock nbgrader expects it."""
    folder = submitted / student / ASSIGNMENT.name
    folder.mkdir(parents=True)
    course = Path(box.HOME) / "course"
    desk = Desk(ASSIGNMENT, folder, Targets(course, Path(box.HOME), Path("/opt/lib")))
    nb = attack.build(desk) if attack else desk.solved()
    if nb is not None:
        desk.write(nb)


def runs(browser: Any, path: Path) -> list[str]:
    """The fault of a page on which something of the student's runs."""
    with pages.visit(browser, own=pages.STOCK) as seen:
        try:
            seen.page.goto(path.as_uri(), wait_until="load", timeout=60_000)
            seen.use()
            return ["page runs script"] if seen.ran() else []
        except Exception as error:  # a page that sends the browser elsewhere ends the script
            told = str(error).splitlines()[0]
            return ["page runs script"] if "navigation" in told else ["page cannot be opened"]


def report(mine: Half, theirs: Half) -> dict[str, Any]:
    """The record: a row per attack, and totals per family."""
    rows: list[dict[str, Any]] = [
        {
            "name": a.name,
            "family": FAMILIES[a.family],
            "tries": a.tries,
            "deserved": a.deserves,
            "ours": mine.get(a.name),
            "stock": theirs.get(a.name),
        }
        for a in ATTACKS.values()
    ]
    totals = []
    for family in dict.fromkeys(FAMILIES.values()):
        group = [r for r in rows if r["family"] == family]
        tried = [r for r in group if r["stock"] and r["stock"]["outcome"] != NOT_APPLICABLE]
        totals.append(
            {
                "family": family,
                "attacks": len(group),
                "ours_held": sum((r["ours"] or {}).get("outcome") == "held" for r in group),
                "stock_tried": len(tried),
                "stock_held": sum(r["stock"]["outcome"] == "held" for r in tried),
            }
        )
    return {"attacks": rows, "totals": totals}


def version() -> str:
    """Of the nbgrader that is on trial."""
    words = [sys.executable, "-m", "nbgrader", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


def run(only: str | None = None, resume: bool = False, names: Sequence[str] = ()) -> int:
    """Try attacks on both graders.

    Args:
        only: "ours" or "stock", to renew one half of the record.
        resume: keep the rows that are there.
        names: these attacks, kept nowhere; none means all of them.

    Raises:
        KeyError: for an attack that does not exist.
    """
    unknown = sorted(set(names) - set(ATTACKS))
    if unknown:
        raise KeyError(f"there is no attack {unknown[0]!r}")
    wanted = [ATTACKS[n] for n in names] or list(ATTACKS.values())
    rows = record.read("attacks").get("attacks", [])
    halves = {h: {r["name"]: r[h] for r in rows if r[h]} for h in ("ours", "stock")}
    told, begin = version(), time.monotonic()
    for half, tried in (("ours", ours), ("stock", stock)):
        if only not in (None, half):
            continue
        todo = [a for a in wanted if not (resume and a.name in halves[half])]
        done: list[str] = []

        def keep(name: str, row: dict[str, Any], half: str = half, n: int = len(todo)) -> None:
            done.append(name)  # noqa: B023 (called in this turn only)
            at, passed = len(done), time.monotonic() - begin  # noqa: B023
            print(f"{half} [{at}/{n}, {passed:.0f} s] {name}: {row}", flush=True)
            halves[half][name] = row
            if not names:
                record.write("attacks", nbgrader=told, **report(halves["ours"], halves["stock"]))

        if todo:
            tried(todo, keep)
    return 0
