"""Where things lie: the checkout, and the nbgrader course folder inside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENTS = ROOT / "assignments"
LIBRARY = ROOT / "cs231n_lib"
EXPECTED = LIBRARY / "expected"
COURSE = "CS231N_COURSE"  # the variable of the environment that names the course folder
EXCHANGE = "CS231N_EXCHANGE"  # the one that names the folder which students can reach
DEMO_DIR = ROOT / "build" / "demo"  # the course folder of the sample class


def course_dir() -> Path:
    """The nbgrader course folder; ``CS231N_COURSE`` overrides the default ``course/``.

    An empty value counts as none: it would make a course of the folder where one stands.
    """
    return Path(os.environ.get(COURSE) or ROOT / "course").expanduser().resolve()


def gradebook_url(configured: str) -> str:
    """Address of the gradebook: what is configured, but the sample class has one of its own.

    The course may have a database server; sample students do not belong among its students.
    """
    return f"sqlite:///{DEMO_DIR.resolve() / 'gradebook.db'}" if is_demo() else configured


def is_demo() -> bool:
    """Whether the course at hand is that of the sample class."""
    return course_dir() == DEMO_DIR.resolve()


def exchange_dir() -> Path:
    """The folder in which nbgrader's exchange hands work out and in.

    ``CS231N_EXCHANGE`` names it.  Otherwise it lies beside the folders with answers and
    grades, never inside them, because every student may enter it and write there.
    """
    if named := os.environ.get(EXCHANGE):
        return Path(named).expanduser().resolve()
    course = course_dir()
    if not course.is_relative_to(ROOT):
        return course.with_name(f"{course.name}-exchange")
    inside = "-".join(course.relative_to(ROOT).parts)
    return ROOT.with_name(f"{ROOT.name}-{inside}-exchange")


def exchange_root(configured: str) -> str:
    """The exchange: what is configured, but the sample class has one of its own."""
    return str(DEMO_DIR.resolve().with_name("demo-exchange")) if is_demo() else configured


def make_importable() -> None:
    """Let ``cs231n_lib`` and ``solutions`` be imported from the checkout."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
