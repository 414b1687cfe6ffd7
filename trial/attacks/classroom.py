"""One class for all attacks: honest students, the whole corpus, and canaries around it.

The class is graded once, through ``grade_class``, in a course folder of its own.  It holds an
eighth of the corpus, drawn anew with every commit, and what single tests look at; `make trial`
grades all of it.  Among the attacks stand honest submissions, a whole one and a half one after
every few attacks, so that both workers meet them in every state in which an attack may have
left them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing.util
import os
import re
import shutil
import stat
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cs231n_lib import exercises
from trial import sample
from trial.attacks.corpus import ATTACKS, Attack
from trial.attacks.corpus.desk import CHAPTER, RIGHT, Desk, Targets, first
from trial.attacks.corpus.processor import working
from trial.attacks.watch import Cost, Watch

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    place: f"CANARY-{place}-{hashlib.sha256(place.encode()).hexdigest()[:16]}"
    for place in ("home", "env", "course")
}
# what no output may hold: canaries, and words that attacks print when they succeed
HIDDEN = (
    *SECRETS.values(),
    "root:x:0:0",
    "BEGIN SOLUTION",
    "CONNECTED",
    "KNOWS-THAT-IT-IS-GRADED",
    "READ /",
    "LEFT-BY-ANOTHER",
)
WORKERS = 2
EVERY = 8 if sample.whole() else 4  # attacks, then two honest submissions
LARGE = 1 << 26  # files of more bytes are compared by their size
ALONE = 3  # honest submissions that are graded alone, for the time that they take then
CROWDED = "processor"  # family of attacks that each have honest work graded right beside them
WHOLE, HALF, AFTER = "aaa-honest-before", "aab-half-before", "zzz-honest-after"

# single tests look at these
NAMED = (
    "crash-in-the-third", "deaf-hang-in-the-third", "half-a-surrogate", "hang-in-the-third",
    "html-in-error-messages", "html-in-markdown", "html-in-outputs", "inputs-carried-out",
    "mathematics-that-acts", "names-of-every-kind", "odd-grade-ids", "recursion",
    "segmentation-fault", "truncated-json", "two-notebooks-of-other-names",
)  # fmt: skip
ONE_IN = 8
TRIED = {n: a for n, a in ATTACKS.items() if n in {*NAMED, *sample.drawn(ATTACKS, ONE_IN)}}

# folders that are no student's: the grader refuses them, whoever lists them shows text
ODD_STUDENTS = (
    "<img src=x onerror=window.PWNED=1>",
    "\x1b]0;title\x07\x1b[2J",
    "=cmd|' calc'!A0",
    "\u202enimda",
    "line\nend",
    "*",
    "~root",
    "a" * 200,
)


@dataclass
class Class:
    """The graded class and what lay around it before."""

    course: Path
    home: Path
    assignment: Any
    summary: Any
    rows: dict[str, dict[str, Any]]
    before: dict[str, dict[str, Any]]
    digests: dict[str, str]
    seconds: float
    said: list[str] = field(default_factory=list)
    between: dict[str, str] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    took: dict[str, float] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)

    def of(self, student: str) -> Any:
        """The assignment that a student handed in."""
        from autograder.building.notebooks import find

        return find(ATTACKS[student].chapter) if student in ATTACKS else self.assignment

    def notebook(self, student: str) -> str:
        """Text of the autograded notebook."""
        return self._read("autograded", student, ".ipynb")

    def feedback(self, student: str) -> str:
        """The feedback page."""
        return self._read("feedback", student, ".html")

    def outputs(self, student: str) -> str:
        """The outputs of all cells of the autograded notebook, as JSON."""
        cells = json.loads(self.notebook(student))["cells"]
        return json.dumps([c.get("outputs") for c in cells])

    def undisturbed(self, student: str) -> bool:
        """Whether an honest student's grade is what it was before there were attacks."""
        alone = self.before[self.between.get(student, WHOLE)]
        return bool(self.rows.get(student) == {**alone, "student": student})

    def page(self, student: str) -> Path:
        of = self.of(student)
        return self.course / "feedback" / student / of.name / f"{of.chapter}.html"

    def _read(self, folder: str, student: str, ending: str) -> str:
        of = self.of(student)
        path = self.course / folder / student / of.name
        return (path / f"{of.chapter}{ending}").read_text("utf-8")

    def earned(self, student: str) -> float:
        """Automatic points, without the free-text answer."""
        graded = {e.name for e in exercises.chapter(self.of(student).chapter)}
        return sum(s for n, s in self.rows[student]["cells"].items() if n in graded)


def digests(*folders: Path) -> dict[str, str]:
    """Content, type, rights and targets of everything below some folders."""
    found = {}
    for folder in folders:
        for path in [folder, *sorted(folder.rglob("*"))]:
            info = path.lstat()
            what = f"{info.st_mode:o}"
            if stat.S_ISLNK(info.st_mode):
                what += os.readlink(path)
            elif stat.S_ISREG(info.st_mode) and info.st_size > LARGE:
                what += f" {info.st_size}"
            elif stat.S_ISREG(info.st_mode):
                what += hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path)] = what
    return found


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A short private folder for temporary files, course and home (socket paths are short)."""
    multiprocessing.util.get_temp_dir()  # made now, since it outlives this folder
    folder = Path(tempfile.mkdtemp(prefix="atk-"))
    changed = {
        "TMPDIR": str(folder / "t"),
        "HOME": str(folder / "home"),
        "CS231N_COURSE": str(folder / "course"),
        "CANARY": SECRETS["env"],
        "OMP_NUM_THREADS": "1",
    }
    old = {name: os.environ.get(name) for name in changed}
    for name in ("t", "home", "course"):
        (folder / name).mkdir()
    (folder / "home" / "canary.txt").write_text(SECRETS["home"], "utf-8")
    (folder / "course" / "canary.txt").write_text(SECRETS["course"], "utf-8")
    (folder / "t").chmod(0o1777)
    folder.chmod(0o755)  # so that only the box keeps its user out
    os.environ.update(changed)
    tempfile.tempdir = None
    try:
        yield folder
    finally:
        for name, value in old.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)


def signed(desk: Desk, *only: str) -> Any:
    """Honest work that prints the user of its box, by which the workers are told apart."""
    return first(desk.solved(*only), "import os\nprint('USER', os.getuid())")


def between(attacks: Sequence[str]) -> dict[str, str]:
    """Honest students by the attack after which each is graded; folders go by their names."""
    found = dict[str, str]()
    for name in sorted(attacks)[EVERY - 1 :: EVERY]:
        found |= {f"{name}-then-honest": WHOLE, f"{name}-then-honest-half": HALF}
    return found


def beside(attacks: Sequence[Attack]) -> dict[str, str]:
    """Honest students by the attack beside which each is graded."""
    return {f"{a.name}-beside": a.name for a in attacks if a.family == CROWDED}


def took(nb: str, ended: float) -> float:
    """Seconds from the first cell of a notebook, which printed when it ran, to its grade."""
    found = re.search(r"BEGUN (\d+\.\d+)", nb)
    return ended - float(found.group(1)) if found else float("inf")


def grade_corpus(
    place: Path, attacks: Sequence[Attack] = (), tell: Callable[[str], None] = print
) -> Class:
    """Honest students before, among and after the attacks, graded: ``TRIED`` unless named."""
    from autograder.building.notebooks import find
    from autograder.course import gradebook
    from autograder.course.course import generate
    from autograder.course.table import write_table
    from autograder.grading.grade import grade_class
    from autograder.sandbox.box import Limits

    attacks = attacks or tuple(TRIED.values())
    assignment, course, home = find("momentum"), place / "course", place / "home"
    chapters = [assignment, *map(find, sorted({a.chapter for a in attacks} - {CHAPTER}))]
    said: list[str] = []
    ended: dict[str, float] = {}

    def say(text: str) -> None:
        now = time.monotonic()
        ended[text.partition("] ")[2].partition(" ")[0]] = now
        said.append(f"{now - begin:6.1f} s  {text}")
        tell(said[-1])

    limits = Limits(cell_seconds=4, total_seconds=30, memory=1536 << 20)

    def hand_in(student: str, build: Any, chapter: str = CHAPTER) -> None:
        of = find(chapter)
        folder = course / "submitted" / student / of.name
        folder.mkdir(parents=True)
        desk = Desk(of, folder, Targets(course, home, ROOT))
        nb = build(desk)
        if nb is not None:
            desk.write(nb)

    def grade(*students: str, workers: int = WORKERS) -> Any:
        return grade_class(chapters, say, students=students, workers=workers, limits=limits)

    def rows() -> dict[str, dict[str, Any]]:
        return {r["student"]: r for of in chapters for r in gradebook.scores(of)}

    begin = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nbgrader and its database
        for of in chapters:
            generate(of)
        hand_in(WHOLE, signed)
        hand_in(HALF, lambda desk: signed(desk, *RIGHT))
        grade(WHOLE, HALF)
        neighbours = beside(attacks)
        alone = [f"aac-alone-{i}" for i in range(ALONE if neighbours else 0)]
        for student in alone:
            hand_in(student, working)
            grade(student)
        honest = between([one.name for one in attacks])
        for one in attacks:
            hand_in(one.name, one.build, one.chapter)
        for student in neighbours:
            hand_in(student, working)
        for student, like in honest.items():
            hand_in(student, lambda desk, like=like: signed(desk, *(RIGHT if like == HALF else ())))
        for student in ODD_STUDENTS:
            hand_in(student, lambda desk: desk.solved())
        before, kept = rows(), (course / "source", course / "release", course / "submitted", home)
        seen = digests(*kept)
        with Watch(os.getpid()) as watch:
            # where time is compared, each has a processor; the others mostly wait
            busy = [one.name for one in attacks if one.family == CROWDED]
            summary = grade(*busy, *neighbours)
            others = [one.name for one in attacks if one.family != CROWDED]
            summary.failed.update(grade(*others, *honest, workers=2 * WORKERS).failed)
        hand_in(AFTER, signed)
        unchanged = digests(*kept)
        for path in [p for p in unchanged if AFTER in p]:
            del unchanged[path]
        last = grade()  # everybody who is not graded yet: it, and folders that are no student's
        table = write_table(chapters, course / "grades.csv")
    assert len(table) == len(rows())
    summary.failed.update(last.failed)
    changed = {
        p: "changed" for p in seen.keys() | unchanged.keys() if seen.get(p) != unchanged.get(p)
    }
    seconds = time.monotonic() - begin
    found = Class(course, home, assignment, summary, rows(), before, changed, seconds, said, honest)
    found.cost, found.beside = watch.cost, neighbours
    found.took = {s: took(found.notebook(s), ended[s]) for s in (*alone, *neighbours)}
    return found
