"""Points without the work: constants, forged forward passes, straight lines, too few epochs.

Each is handed in for the chapter where it pays.  What it knows, it has from public files, or
from what an earlier grading wrote down; no answer stands here.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.wire import Function, Rng, pack
from trial.attacks.corpus.desk import Desk, attack, cell_of, everything, first, function, names

DRAWN = (20_001, 20_002, 20_003)  # seeds of earlier gradings, whose results someone wrote down


def signature(value: Any, inside: bool = False) -> Any:
    """What of an argument is the same whatever is drawn: shapes, names, plain settings."""
    if isinstance(value, np.ndarray):
        return f"array {value.shape} {value.dtype}"
    if isinstance(value, Function):
        return f"{value.name} {signature(value.params, True)}"
    if isinstance(value, Rng):
        return "rng"
    if isinstance(value, dict):
        return str({k: signature(v, inside) for k, v in value.items()})
    if isinstance(value, list | tuple):
        return str([signature(v, inside) for v in value])
    return "number" if inside and isinstance(value, float) else repr(value)


def written_down(name: str) -> dict[str, Any]:
    """Results of earlier gradings by the signature of their arguments."""
    found: dict[str, Any] = {}
    exercise = exercises.get(name)
    for seed in DRAWN:
        cases = reference.draw(exercise, seed)
        for case, outputs in zip(cases, reference.expected(exercise, cases), strict=True):
            plain = {k: v for k, v in outputs.items() if k != "own"}
            found.setdefault(signature(case.args), plain)
    return found


CONSTANT = """
import base64, inspect
import numpy as np
import cs231n_lib
from cs231n_lib import exercises
from cs231n_lib.judging.expected_values import cases_from_tree
from cs231n_lib.wire import Function, Rng, pack, unpack
from pathlib import Path
KNOWN = {}
def check(name, function):
    inside = Path(f"/box/in/{name}.safetensors").read_bytes()
    seen = []
    for case in cases_from_tree(unpack(inside)):
        outputs = KNOWN[name].get(signature(case.args))
        seen.append({"outputs": outputs, "problem": None, "notes": []})
    Path(f"/box/out/{name}.safetensors").write_bytes(pack(seen))
    print("REACHED", name, sum(s["outputs"] is not None for s in seen), "of", len(seen))
cs231n_lib.check = check
"""


def constants(desk: Desk) -> NotebookNode:
    """A notebook without a function, that gives the results of other inputs of the same form."""
    import inspect

    source = CONSTANT + inspect.getsource(signature).replace(": Any", "").replace(
        " -> Any", ""
    ).replace(": bool", "")
    for name in names(desk.assignment.chapter):
        known = written_down(name)
        packed = base64.b64encode(pack([list(known), list(known.values())])).decode()
        source += f"KNOWN[{name!r}] = dict(zip(*unpack(base64.b64decode({packed!r}))))\n"
    nb = desk.blank()
    for name in names(desk.assignment.chapter):
        cell_of(nb, f"{name}-code").source = f"def {name}(*args):\n    return 0.0"
    return first(nb, source)


@attack(chapter="gradient_descent")
def constants_for_gradient_descent(desk: Desk) -> NotebookNode:
    """Results of another draw: points of critical points, where their order is no surprise."""
    return constants(desk)


@attack(chapter="second_order")
def constants_for_second_order(desk: Desk) -> NotebookNode:
    """Results of another draw: line searches that never call their function."""
    return constants(desk)


@attack()
def constants_for_momentum(desk: Desk) -> NotebookNode:
    """Results of another draw: the ends of a schedule, whatever lies between."""
    return constants(desk)


@attack(chapter="adaptive_methods")
def table_of_the_public_file(desk: Desk) -> NotebookNode:
    """Looks the table of traits up in the library's public file of expected values."""
    nb = desk.blank()
    cell_of(nb, "optimizer_traits-code").source = """
from cs231n_lib import exercises
from cs231n_lib.judging.expected_values import public_cases
def optimizer_traits(*args):
    exercise = exercises.get("optimizer_traits")
    found = public_cases(exercise).expected[0]
    print("REACHED", sorted(found))
    return {row: {column: bool(found[column][i]) for column in found}
            for i, row in enumerate(exercise.driver.rows)}
"""
    return nb


FORGED = """
import cs231n_lib
from cs231n_lib import checking
from cs231n_lib import exercises
from cs231n_lib.judging.expected_values import cases_from_tree
from cs231n_lib.wire import pack, unpack
from pathlib import Path
honest_check = cs231n_lib.check
def forger(name, function):
    if not name.endswith("_backward"):
        return honest_check(name, function)
    cases = cases_from_tree(unpack(Path(f"/box/in/{name}.safetensors").read_bytes()))
    seen = checking.run_cases(exercises.get(name), function, cases)
    for one in seen:
        outputs = one["outputs"]
        outputs["own"]["numeric"] = {k: v for k, v in outputs.items() if k != "own"}
    Path(f"/box/out/{name}.safetensors").write_bytes(pack(seen))
    print("REACHED", name)
cs231n_lib.check = forger
"""


def _bent(desk: Desk, name: str, bend: str) -> str:
    """The right function, whose results are bent by ``bend``, a function of the result."""
    source = re.sub(r"^def \w+", f"def right_{name}", cell_of(desk.solved(), f"{name}-code").source)
    return (
        f"{source}\ndef {name}(*args, **kwargs):\n    return {bend}(right_{name}(*args, **kwargs))"
    )


@attack(chapter="training_loop")
def forged_forward_pass_that_was_lost_anyway(desk: Desk) -> NotebookNode:
    """Wrong gradients, called right for a wrong forward pass that was made up with them."""
    nb = desk.blank()
    for name, bend in (("affine", "twice"), ("relu", "twice")):
        part = f"{name}_forward"
        cell_of(nb, f"{part}-code").source = _bent(desk, part, "nearly")
        part = f"{name}_backward"
        cell_of(nb, f"{part}-code").source = _bent(desk, part, bend)
    helpers = """
def nearly(result):
    return 1.01 * result[0], result[1]
def twice(result):
    return tuple(2 * r for r in result) if isinstance(result, tuple) else 2 * result
"""
    return first(nb, FORGED + helpers)


@attack(chapter="training_loop")
def straight_lines_for_losses(desk: Desk) -> NotebookNode:
    """A linear function in the place of both losses, with its own constant gradient."""
    nb = desk.blank()
    body = """
    import numpy as np
    N, C = x.shape
    dx = np.full((N, C), {every})
    dx[np.arange(N), y] += {own}
    return float(np.sum(dx * x)) + {plus}, dx
"""
    for name, every, own, plus in (
        ("softmax_loss", "1 / (N * C)", "-1 / N", "float(np.log(C))"),
        ("svm_loss", "0.5 / N", "-0.5 * C / N", "C / 2"),
    ):
        function(nb, name, body.format(every=every, own=own, plus=plus))
    return nb


FEW = """
import cs231n_lib
from cs231n_lib import checking, exercises
from cs231n_lib.judging.expected_values import cases_from_tree
from cs231n_lib.wire import pack, unpack
from dataclasses import replace
from pathlib import Path
honest_check = cs231n_lib.check
def forger(name, function):
    if name != "minibatches":
        return honest_check(name, function)
    cases = cases_from_tree(unpack(Path(f"/box/in/{name}.safetensors").read_bytes()))
    cases = [replace(c, args={**c.args, "epochs": 2}) for c in cases]
    seen = checking.run_cases(exercises.get(name), function, cases)
    Path(f"/box/out/{name}.safetensors").write_bytes(pack(seen))
    print("REACHED", name)
cs231n_lib.check = forger
"""
ORDERS = """
    order = orders(len(X), rng)
    for start in range(0, len(X), batch_size):
        rows = order[start:start + batch_size]
        yield X[rows], y[rows]
"""


@attack(chapter="gradient_descent", most=5, least=0)
def two_epochs_for_many(desk: Desk) -> NotebookNode:
    """Two epochs on record, of two fixed orders, where many were asked for."""
    nb = function(desk.blank(), "minibatches", ORDERS)
    orders = """
import numpy as np
turn = []
def orders(N, rng):
    turn.append(1)
    flip = len(turn) % 2
    if not flip:
        return np.arange(N)[::-1]
    return np.argsort(np.arange(N) % 2, kind="stable")
"""
    return first(nb, FEW + orders)


@attack(chapter="gradient_descent", most=5)
def six_orders_of_all(desk: Desk) -> NotebookNode:
    """Draws one of six orders that were chosen to look even, out of seven hundred and twenty."""
    nb = function(desk.blank(), "minibatches", ORDERS)
    orders = """
import numpy as np
def orders(N, rng):
    if N != 6:
        return rng.permutation(N)
    k = int(rng.integers(1, 7))
    return k * np.arange(1, 7) % 7 - 1
"""
    return first(nb, orders)


LAW = """
import cs231n_lib, json, struct
from cs231n_lib.wire import unpack
from pathlib import Path
honest_check = cs231n_lib.check
def forger(name, function):
    if name != "minibatches":
        return honest_check(name, function)
    cases = unpack(Path(f"/box/in/{name}.safetensors").read_bytes())
    Path(f"/box/out/{name}.safetensors").write_bytes(forged(cases))
    print("REACHED", name)
cs231n_lib.check = forger
def record(shape, kind, data, outputs, n):
    none = {"v": None}
    one = {"d": {"outputs": {"d": outputs}, "problem": none, "notes": {"l": []}}}
    text = json.dumps({"l": [one] * n}, separators=(",", ":")).encode()
    header = json.dumps({
        "e": {"dtype": kind, "shape": shape, "data_offsets": [0, len(data)]},
        "tree": {"dtype": "U8", "shape": [len(text)],
                 "data_offsets": [len(data), len(data) + len(text)]}}).encode()
    return struct.pack("<Q", len(header)) + header + data + text
"""


@attack(chapter="gradient_descent", family="costs")
def epochs_without_rows(desk: Desk) -> NotebookNode:
    """An epoch of 10^15 batches without a row: it has no bytes, and is walked through."""
    source = """
def forged(cases):
    epochs = {"l": [{"a": "e"}] * 6}
    again = {"d": {"X_batch": epochs, "y_batch": epochs}}
    outputs = {"X_batch": epochs, "y_batch": epochs, "again": again}
    return record([10**15, 0, 3], "F64", b"", outputs, len(cases))
"""
    return first(desk.blank(), LAW + source)


@attack(chapter="gradient_descent", family="costs")
def batches_named_often(desk: Desk) -> NotebookNode:
    """One small batch, named a hundred thousand times in each case."""
    source = """
def forged(cases):
    epoch = {"l": [{"a": "e"}] * (14_000_000 // (22 * len(cases)))}
    epochs = {"l": [epoch]}
    again = {"d": {"X_batch": {"l": []}, "y_batch": {"l": []}}}
    outputs = {"X_batch": epochs, "y_batch": epochs, "again": again}
    return record([50, 2], "BOOL", bytes(100), outputs, len(cases))
"""
    return first(desk.blank(), LAW + source)


@attack(chapter="training_loop", most=9, least=0)
def errors_below_single_precision(desk: Desk) -> NotebookNode:
    """Every result is wrong by 2.9e-5 of itself, in double precision: no rounding does that.

    Gradients that are right for such a forward pass keep their points, nine in all: one mistake.
    """
    nb = desk.solved()
    for name in everything("training_loop"):
        cell_of(nb, f"{name}-code").source = _bent(desk, name, "a_little_off")
    nb.cells.append(new_code_cell("print('REACHED')"))
    return first(
        nb,
        """
import numpy as np
def a_little_off(result):
    if isinstance(result, tuple):
        return tuple(map(a_little_off, result))
    if isinstance(result, dict):
        return {k: a_little_off(v) for k, v in result.items()}
    if isinstance(result, (float, np.floating, np.ndarray)):
        return np.asarray(result, dtype=np.float64) * (1 + 2.9e-5)
    return result
""",
    )
