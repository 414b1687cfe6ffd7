"""Attacks on the verdict: make wrong or empty functions look right."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from trial.attacks.corpus.desk import Desk, attack, before, cell_of, first, last, names, wrong


@attack()
def skip_execution_tags(desk: Desk) -> NotebookNode:
    """Tags graded cells `skip-execution`: in stock nbgrader no output means full marks."""
    nb = desk.blank()
    for cell in nb.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "hide_input"]
    return nb


@attack()
def points_in_the_metadata(desk: Desk) -> NotebookNode:
    """Rewrites points, schema and checksums in the metadata, and marks graded cells as tasks."""
    nb = wrong(desk.blank())
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader")
        if meta:
            meta.update(points=1000, checksum="0" * 32, schema_version=99, task=True, score=1000)
    return nb


@attack()
def score_printed_by_a_hook(desk: Desk) -> NotebookNode:
    """Publishes a forged `execute_result` of 100 points before and after every cell."""
    source = """
def forge(*_):
    shell = get_ipython()
    shell.display_pub.session.send(
        shell.display_pub.pub_socket, "execute_result",
        {"data": {"text/plain": "100.0"}, "metadata": {}, "execution_count": 1},
        parent=shell.parent_header, ident=b"execute_result")
    print("100.0")
for event in ("pre_execute", "pre_run_cell", "post_run_cell", "post_execute"):
    get_ipython().events.register(event, forge)
"""
    return first(desk.blank(), source)


@attack()
def own_equality_and_patched_numpy(desk: Desk) -> NotebookNode:
    """Returns objects that equal everything, and patches NumPy's comparisons."""
    nb = first(
        wrong(desk.blank()),
        """
import numpy as np
class Yes(np.ndarray):
    __eq__ = __le__ = __lt__ = __ge__ = lambda *a: np.True_
    __ne__ = lambda *a: np.False_
    __sub__ = __rsub__ = lambda self, other: np.zeros(self.shape)
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_function__(self, *a, **k): return True
for name in ("allclose", "array_equal", "isclose", "all"):
    setattr(np, name, lambda *a, **k: True)
np.testing.assert_allclose = lambda *a, **k: None
""",
    )
    for name in names():
        shape = "w.shape" if name != "anneal_momentum" else "()"
        result = "out" if name == "anneal_momentum" else "out, {}"
        cell_of(nb, f"{name}-code").source = (
            f"def {name}(w, *args, **kwargs):\n"
            f"    out = np.zeros({shape}).view(Yes)\n    return {result}"
        )
    return nb


@attack()
def syntax_tree_transformer(desk: Desk) -> NotebookNode:
    """An AST transformer empties every later cell, so that no check can fail."""
    source = """
import ast
class Empty(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.Module(body=[], type_ignores=[])
get_ipython().ast_transformers.append(Empty())
"""
    return first(desk.blank(), source)


@attack()
def input_transformer(desk: Desk) -> NotebookNode:
    """An input transformer turns every later cell into `100.0`, an execute_result."""
    source = """
get_ipython().input_transformers_cleanup.append(lambda lines: ["100.0"])
"""
    return first(desk.blank(), source)


@attack()
def patched_kernel(desk: Desk) -> NotebookNode:
    """Replaces the kernel's `do_execute` and the shell's `showtraceback`: no error shows."""
    source = """
shell = get_ipython()
shell.showtraceback = lambda *a, **k: None
async def do_execute(*a, **k):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
shell.kernel.do_execute = do_execute
"""
    return first(desk.blank(), source)


@attack()
def thread_that_rewrites_functions(desk: Desk) -> NotebookNode:
    """A background thread keeps replacing the functions and `check` in the notebook's namespace."""
    source = f"""
import threading, time, __main__
def spin():
    while True:
        for name in {names()!r}:
            setattr(__main__, name, lambda *a, **k: (a[0], {{}}))
        __main__.check = lambda *a, **k: 100.0
        time.sleep(0.001)
threading.Thread(target=spin, daemon=True).start()
"""
    return first(desk.blank(), source)


@attack()
def check_replaced(desk: Desk) -> NotebookNode:
    """Replaces the course's `check`, in the notebook and in the library, by one that is content."""
    source = """
import sys, cs231n_lib, cs231n_lib.checking, cs231n_lib.judging.verdict
check = cs231n_lib.check = cs231n_lib.checking.check = lambda *a, **k: 100.0
cs231n_lib.judging.verdict.judge = None
sys.modules["cs231n_lib.judging.verdict"] = None
"""
    nb = last(desk.blank(), source)
    for name in names():  # the import cell of the notebook would undo it
        before(nb, name, source)
    return nb


@attack()
def shadowing_numpy_folder(desk: Desk) -> NotebookNode:
    """Submits folders and files that would shadow NumPy, the course library and its answers."""
    for name in ("numpy", "cs231n_lib", "solutions", "autograder", "ipykernel", "json"):
        (desk.folder / name).mkdir()
        (desk.folder / name / "__init__.py").write_text(
            "allclose = check = judge = lambda *a, **k: True\n", "utf-8"
        )
    for name in ("sitecustomize.py", "usercustomize.py", "nbgrader_config.py", "ipython_config.py"):
        (desk.folder / name).write_text("raise SystemExit(0)\n", "utf-8")
    return desk.blank()


@attack()
def written_sitecustomize(desk: Desk) -> NotebookNode:
    """Writes sitecustomize, a NumPy folder and a course library into every folder on the path."""
    source = """
import os, pathlib, site, sys
for folder in [*sys.path, ".", "/box/lib", site.getusersitepackages(), "/box"]:
    for name in ("sitecustomize.py", "usercustomize.py", "numpy/__init__.py",
                 "cs231n_lib/__init__.py"):
        try:
            path = pathlib.Path(folder or ".") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("check = lambda *a, **k: 100.0\\n")
        except OSError:
            pass
os._exit(0)
"""
    return first(desk.blank(), source)


@attack()
def answers_of_the_public_cases(desk: Desk) -> NotebookNode:
    """Looks its answers up in the library's file of public expected values: right at home only."""
    nb = first(
        wrong(desk.blank()),
        """
import inspect, numpy as np, cs231n_lib
from cs231n_lib import exercises
from cs231n_lib.judging.expected_values import public_cases
def looked_up(name, w, dw):
    public = public_cases(exercises.get(name))
    for case, expected in zip(public.cases, public.expected):
        if np.shape(case.args["w"]) == w.shape and np.allclose(case.args["w"], w):
            return expected["w"][0], {}
    return public.expected[0]["w"][0], {}
""",
    )
    for name in ("sgd_momentum", "sgd_momentum_torch", "nesterov"):
        cell_of(
            nb, f"{name}-code"
        ).source = f"def {name}(w, dw, config=None):\n    return looked_up('{name}', w, dw)"
    return nb


@attack()
def second_graded_cell(desk: Desk) -> NotebookNode:
    """Hands in each graded cell twice, the second time as `100.0` with all points."""
    nb = desk.blank()
    for name in names():
        twin = new_code_cell("100.0")
        twin.metadata["nbgrader"] = dict(cell_of(nb, name).metadata["nbgrader"], points=100)
        nb.cells.append(twin)
    return nb


@attack()
def edited_check_cells(desk: Desk) -> NotebookNode:
    """Edits the locked graded cells, unlocks them, and turns stubs into graded cells."""
    nb = desk.blank()
    for name in names():
        cell = cell_of(nb, name)
        cell.source = "100.0"
        cell.metadata["nbgrader"].update(locked=False, solution=True, grade=True)
        stub = cell_of(nb, f"{name}-code").metadata["nbgrader"]
        stub.update(grade=True, solution=False, points=50)
    return nb


@attack("sgd_momentum")
def one_function_for_all(desk: Desk) -> NotebookNode:
    """Answers every exercise with the one function that it has; only one of them is that."""
    nb = desk.solved("sgd_momentum")
    for name in ("nesterov", "nesterov_lookahead", "anneal_momentum"):
        cell_of(nb, f"{name}-code").source = f"{name} = sgd_momentum"
    return nb


@attack()
def random_generator_seeded(desk: Desk) -> NotebookNode:
    """Seeds and patches every random generator it can reach, hoping that inputs are drawn there."""
    source = """
import numpy as np, os, random, secrets
np.random.seed(0); random.seed(0)
np.random.default_rng = lambda *a: np.random.Generator(np.random.PCG64(0))
secrets.randbits = lambda k: 231
os.urandom = lambda n: b"0" * n
"""
    return first(wrong(desk.blank()), source)
