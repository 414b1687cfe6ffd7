"""nbgrader's own commands, as an instructor gives them."""

from __future__ import annotations

import subprocess
import sys

from autograder.paths import ROOT


def nbgrader(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One of them, run from the root of the repository."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
