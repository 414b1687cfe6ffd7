"""Attacks on the record: the one file by which a box answers, written by the student's own hand.

Each comes with two right functions, whose points the forged records must not cost.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.desk import RIGHT, Desk, attack, first

# a `check` that lets honest functions through, and writes `forged(count)` for the others
FORGER = """
import json, pathlib
import numpy as np
from cs231n_lib import check as honest_check
from cs231n_lib.wire import pack, unpack
from safetensors.numpy import save
import cs231n_lib
BOX = pathlib.Path("/box")
def raw(skeleton, **tensors):
    tensors["tree"] = np.frombuffer(json.dumps(skeleton).encode(), dtype=np.uint8)
    return save(tensors)
def seen(outputs=None, problem=None, notes=()):
    return {"outputs": outputs, "problem": problem, "notes": list(notes)}
def forger(name, function):
    if name in %r:
        return honest_check(name, function)
    count = len(unpack((BOX / "in" / f"{name}.safetensors").read_bytes()))
    (BOX / "out" / f"{name}.safetensors").write_bytes(forged(count))
cs231n_lib.check = forger
""".replace("%r", repr(RIGHT))


def forged(desk: Desk, source: str) -> NotebookNode:
    """Two right functions, and records that ``forged(count)`` of ``source`` writes."""
    return first(desk.solved(*RIGHT), FORGER + source)


@attack(*RIGHT)
def record_of_nan(desk: Desk) -> NotebookNode:
    """NaN and infinity wherever a number is expected, hoping that a comparison is skipped."""
    return forged(
        desk,
        """
def forged(n):
    w = np.full((4, 4, 2), np.nan); w[0] = np.inf
    return pack([seen({"w": w, "rho": np.array(np.nan)}) for _ in range(n)])
""",
    )


@attack(*RIGHT)
def record_of_wrong_shapes(desk: Desk) -> NotebookNode:
    """Empty and broadcastable arrays, texts and lists in the place of results."""
    return forged(
        desk,
        """
odd = [np.zeros((0,)), np.zeros(()), np.zeros((1, 1, 1)), "right", [], {}, None, True, [[1.0]],
       np.zeros((5, 0, 3)), np.ones(3, bool)]
def forged(n):
    return pack([seen({"w": odd[i % len(odd)], "rho": odd[-1 - i % len(odd)]}) for i in range(n)])
""",
    )


@attack(*RIGHT)
def record_of_objects(desk: Desk) -> NotebookNode:
    """A pickle in the place of the record, which runs a command where it is loaded."""
    return forged(
        desk,
        """
import os, pickle
class Run:
    def __reduce__(self):
        return os.system, ("touch /tmp/pickle-ran",)
def forged(n):
    return pickle.dumps([Run()] * n)
""",
    )


@attack(*RIGHT)
def record_with_arrays_for_texts(desk: Desk) -> NotebookNode:
    """Arrays in the place of a problem's kind and text, whose comparison has no truth value."""
    return forged(
        desk,
        """
def forged(n):
    a = np.arange(3)
    return pack([seen(None, {"kind": a, "text": a}, [a, a]) for _ in range(n)])
""",
    )


@attack(*RIGHT)
def record_with_infinite_seed(desk: Desk) -> NotebookNode:
    """A random generator whose seed is infinite: no integer can be made of it."""
    return forged(
        desk,
        """
def forged(n):
    return raw({"r": float("inf")})
""",
    )


@attack(*RIGHT)
def record_nested_too_deeply(desk: Desk) -> NotebookNode:
    """Lists nested a hundred thousand deep."""
    return forged(
        desk,
        """
def forged(n):
    text = b'{"l":[' * 100_000 + b"]}" * 100_000
    return save({"tree": np.frombuffer(text, dtype=np.uint8)})
""",
    )


@attack(*RIGHT)
def record_of_repeated_arrays(desk: Desk) -> NotebookNode:
    """One array of megabytes, named a hundred thousand times: small in the file, huge when used."""
    return forged(
        desk,
        """
def forged(n):
    many = {"l": [{"a": "0"}] * 100_000}
    one = {"d": {"outputs": {"d": {"w": many, "rho": many}}, "problem": {"v": None},
                 "notes": {"l": []}}}
    return raw({"l": [one] * n}, **{"0": np.zeros(1_000_000)})
""",
    )


@attack(*RIGHT)
def record_with_many_dimensions(desk: Desk) -> NotebookNode:
    """Arrays of twenty-two sides of length two: NumPy prints all four million numbers."""
    return forged(
        desk,
        """
def forged(n):
    return pack([seen({"w": np.zeros((2,) * 22, bool), "rho": np.zeros((2,) * 22, bool)})]
                + [seen({"w": np.zeros(1), "rho": np.zeros(1)}) for _ in range(n - 1)])
""",
    )


@attack(*RIGHT)
def record_with_endless_text(desk: Desk) -> NotebookNode:
    """Ten million characters as a result, to be quoted in the feedback."""
    return forged(
        desk,
        """
def forged(n):
    talk = seen(None, {"kind": "error", "text": "y" * 10_000}, ["z" * 10_000] * 20)
    return pack([seen({"w": "long" * 2_500_000, "rho": "x"})] + [talk] * (n - 1))
""",
    )


@attack(*RIGHT)
def record_larger_than_its_limit(desk: Desk) -> NotebookNode:
    """A record of more bytes than a file may have."""
    return forged(
        desk,
        """
def forged(n):
    return bytes(64 << 20)
""",
    )


@attack(*RIGHT)
def record_of_half_a_surrogate(desk: Desk) -> NotebookNode:
    """Half a surrogate pair in every text: no file and no database takes it."""
    return forged(
        desk,
        """
def forged(n):
    bad = "\\ud800 \\x00 \\x1b[2J \\x1b]0;title\\x07"
    return pack([seen({"w": bad, "rho": bad}, None, [bad]), *[
        seen(None, {"kind": "error", "text": bad}, [bad]) for _ in range(n - 1)]])
""",
    )


@attack(*RIGHT)
def record_made_unreadable(desk: Desk) -> NotebookNode:
    """Takes the grader's right to read the record, and tries to replace it by a link or a pipe."""
    return forged(
        desk,
        """
import os
def forged(n):
    for path in (BOX / "out").glob("*"):
        for act in (lambda: os.unlink(path), lambda: os.symlink("/etc/passwd", path),
                    lambda: os.mkfifo(path), lambda: os.rename(path, "/box/home/x")):
            try:
                act()
            except OSError:
                pass
        if not any(right in path.name.split(".") for right in %r):
            os.chmod(path, 0)
    return b""
""".replace("%r", repr(RIGHT)),
    )
