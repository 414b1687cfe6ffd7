"""The wall itself: what the warm process can see of the machine, and that it can write nothing."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.paths import ROOT, course_dir
from autograder.sandbox import seen


def walled(boxes: Path) -> tuple[list[str], bool]:
    """Words to put before the warm process's command, and whether they make a wall.

    It sees the system, the Python environment and the checkout, and the folder ``boxes``, in
    which kernels have their sockets; all of it read-only, without a network, without the
    course folder.  Without bubblewrap there is no such wall, and limits alone hold: only
    who asked for ``--trusted`` grades there.
    """
    try:
        command = [seen.bubblewrap()]
    except seen.SandboxUnavailable:
        return [], False
    command += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session"]
    if os.geteuid() == 0:
        # the sockets in a box belong to the box's user
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_DAC_OVERRIDE"]
    else:
        command += ["--unshare-user"]
    command += [*seen.machine(), "--ro-bind", str(ROOT), str(ROOT)]
    for hidden in (course_dir(), ROOT / "course", ROOT / "build"):
        # elsewhere it is not shown at all; and it need not be there, or open to this user
        if hidden.is_relative_to(ROOT) and os.path.isdir(hidden):
            command += ["--size", str(1 << 16), "--tmpfs", str(hidden)]
    command += [*seen.way(boxes), "--ro-bind", str(boxes), str(boxes), "--remount-ro", "/dev"]
    command += ["--setenv", "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp", "--"]
    return command, True
