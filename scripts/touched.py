"""The exercises that changed, as an expression for `pytest -m`.

    python scripts/touched.py [commit]

Changed means: not as in the commit, which is the last one that was pushed unless another is
named, or else the last one.  A file that bears the name of an exercise changes this exercise
and those that rely on it; any other file of a chapter changes all of the chapter.  Prints
nothing where neither changed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
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


def touched(
    paths: Iterable[str],
    chapters: Mapping[str, Iterable[str]],
    relying: Mapping[str, Iterable[str]],
) -> list[str]:
    """The exercises that some of the paths belong to, in the order of the course.

    Args:
        chapters: the exercises of each chapter.
        relying: for an exercise, the others that call it or need what it returns.
    """
    found: set[str] = set()
    for path in paths:
        words = re.sub(r"[-/.]", "_", f"/{path}/")
        for chapter, names in chapters.items():
            if f"_{chapter}_" not in words:
                continue
            own = Path(path).stem.removeprefix("test_")
            # a chapter may have an exercise of its own name, as its notebook and page do
            one = own in names and Path(path).parent.name == chapter
            found |= {own, *relying.get(own, ())} if one else set(names)
    return [name for names in chapters.values() for name in names if name in found]


def main(since: str = "") -> int:
    """Print the expression."""
    from cs231n_lib import exercises

    try:
        paths = changed(since)
    except RuntimeError as error:
        print(f"touched: {error}", file=sys.stderr)
        return 1
    table = exercises.table()
    chapters = {c: [e.name for e in exercises.chapter(c)] for c in exercises.CHAPTERS}
    relying = {
        name: [e.name for e in table.values() if name in (*e.calls, *e.driver.companions)]
        for name in table
    }
    print(" or ".join(touched(paths, chapters, relying)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
