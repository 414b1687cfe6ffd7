"""The exercises of the chapters that changed, as an expression for `pytest -m`.

    python scripts/touched.py [commit]

Changed means: not as in the commit, which is the last one that was pushed unless another is
named, or else the last one.  Prints nothing where no file of a chapter changed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def changed(since: str = "") -> list[str]:
    """Paths of the files that are not as they were, new ones too.

    Raises:
        RuntimeError: where there is no such commit.
    """
    base = since or _git("rev-parse", "--verify", "--quiet", "@{upstream}") or "HEAD"
    if not _git("rev-parse", "--verify", "--quiet", f"{base}^{{commit}}"):
        raise RuntimeError(f"there is no commit {base!r}: name another, or commit once")
    listed = [_git("diff", "--name-only", base), _git("ls-files", "--others", "--exclude-standard")]
    return sorted({line for text in listed for line in text.splitlines()})


def _git(*words: str) -> str:
    command = ["git", "-C", str(ROOT), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def chapters(paths: Iterable[str], known: Sequence[str]) -> list[str]:
    """The chapters that some of the paths belong to, which have their name in them."""
    words = " ".join(re.sub(r"[-/.]", "_", f"/{path}/") for path in paths)
    return [name for name in known if f"_{name}_" in words]


def main(since: str = "") -> int:
    """Print the expression."""
    from cs231n_lib import exercises

    try:
        paths = changed(since)
    except RuntimeError as error:
        print(f"touched: {error}", file=sys.stderr)
        return 1
    names = [
        e.name
        for chapter in chapters(paths, list(exercises.CHAPTERS))
        for e in exercises.chapter(chapter)
    ]
    print(" or ".join(names))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
