"""Where things lie: the checkout, and the nbgrader course folder inside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENTS = ROOT / "assignments"
LIBRARY = ROOT / "cs231n_lib"
EXPECTED = LIBRARY / "expected"
DEMO_DIR = ROOT / "build" / "demo"  # the course folder of the sample class


def course_dir() -> Path:
    """The nbgrader course folder; ``CS231N_COURSE`` overrides the default ``course/``."""
    return Path(os.environ.get("CS231N_COURSE", ROOT / "course")).resolve()


def make_importable() -> None:
    """Let ``cs231n_lib`` and ``solutions`` be imported from the checkout."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
