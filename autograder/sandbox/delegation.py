"""Where on this machine the grader may make control groups.

Version 1 has a tree of groups for each controller, version 2 one for all.  A group lies
inside the one that the grader itself is in, or beside it, so that no limit of the
grader's is left.
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil

LEAF = "cs231n-grader"  # where a grader steps aside, since a group with members has no parts
NEEDED = ("memory", "pids")
USED = (*NEEDED, "cpu", "cpuacct")


def candidates(mounts: Path, groups: Path) -> list[dict[str, Path]]:
    """Where groups might be made: version 1 of the controllers, then version 2."""
    try:
        lines = [line.split(" ") for line in mounts.read_text("utf-8").splitlines()]
        own = [line.split(":", 2) for line in groups.read_text("utf-8").splitlines()]
    except OSError:
        return []
    at = {name: path for _, names, path in own for name in names.split(",")}
    first, second = dict[str, Path](), list[Path]()
    for words in lines:
        dash = words.index("-")
        root, point, kind, options = words[3], words[4], words[dash + 1], words[dash + 3]
        if kind == "cgroup2" and "" in at:
            if (folder := _below(point, root, at[""])) is not None:
                second += [folder.parent] if folder.name == LEAF else [folder, folder.parent]
        elif kind == "cgroup":
            for name in set(options.split(",")) & set(USED) & at.keys():
                if (folder := _below(point, root, at[name])) is not None:
                    first.setdefault(name, folder)
    found = [first] if set(NEEDED) <= first.keys() else []
    for folder in second:
        if _has_controllers(folder) or (_step_aside(folder) and _has_controllers(folder)):
            found.append({name: folder for name in (*NEEDED, "cpu")})
    return found


def roots(mounts: Path) -> list[Path]:
    """Where the trees of groups of all versions and controllers are mounted."""
    try:
        lines = [line.split(" ") for line in mounts.read_text("utf-8").splitlines()]
    except OSError:
        return []
    return [Path(w[4]) for w in lines if w[w.index("-") + 1] in ("cgroup", "cgroup2")]


def _below(point: str, root: str, path: str) -> Path | None:
    """The folder of group ``path`` under a mount that shows the groups from ``root`` on."""
    if not (path + "/").startswith(root.rstrip("/") + "/"):
        return None
    folder = Path(point, path[len(root.rstrip("/")) :].lstrip("/"))
    return folder if folder.is_dir() else None


def _has_controllers(folder: Path) -> bool:
    """Whether parts of a group of version 2 can have limits; asked for where they have none."""
    control = folder / "cgroup.subtree_control"
    try:
        if not os.access(folder, os.W_OK):
            return False
        for name in (*NEEDED, "cpu"):
            if name not in control.read_text("ascii").split():
                write(control, f"+{name}")
        return set(NEEDED) <= set(control.read_text("ascii").split())
    except OSError:
        return False


def _step_aside(folder: Path) -> bool:
    """Move this grader into a part of its group, if all members of the group are its own.

    So it is after ``systemd-run --user --scope -p Delegate=yes autograder grade``.
    """
    try:
        members = {int(line) for line in (folder / "cgroup.procs").read_text("ascii").split()}
        own = {os.getpid(), *(p.pid for p in psutil.Process().children(recursive=True))}
        if not members or not members <= own or not os.access(folder, os.W_OK):
            return False
        (folder / LEAF).mkdir(exist_ok=True)
        return all(write(folder / LEAF / "cgroup.procs", process) for process in members)
    except (OSError, psutil.Error):
        return False


def write(path: Path, value: object) -> bool:
    """Write a value to a file of a group, if there is such a file and it takes the value."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
        try:
            os.write(handle, str(value).encode("ascii"))
        finally:
            os.close(handle)
        return True
    except OSError:
        return False
