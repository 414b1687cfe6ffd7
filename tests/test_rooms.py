"""Who may import whom: the table of docs/architecture.md, held by reading the imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STANDARD = set(sys.stdlib_module_names)
MAY_IMPORT = {
    "cs231n_lib": {"numpy", "matplotlib", "safetensors", "cs231n_lib"},
    "solutions": {"numpy", "cs231n_lib", "solutions"},
    "book/claims": {"numpy", "scipy", "torch", "cs231n_lib", "claims"},
    "book/trial_records": {"scipy", "cs231n_lib"},
    "book/figures": {"matplotlib", "matplotlib_inline"},
    "book/front": {"yaml", "claims", "cs231n_lib"},
    "book/explorables": {"numpy", "matplotlib", "claims", "explorables", "figures"},
}
INSIDE_FUNCTIONS = {"cs231n_lib": {"torch", "scipy"}}


def imports(path: Path) -> tuple[set[str], set[str]]:
    """Names of the packages imported at the top of a file, and inside its functions."""
    tree = ast.parse(path.read_text("utf-8"))
    top, inner = set(), set()
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    within = {id(x) for f in functions for x in ast.walk(f)}
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        (inner if id(node) in within else top).update(n.split(".")[0] for n in names)
    return top - STANDARD, inner - STANDARD - {"__main__"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        top, inner = imports(path)
        allowed = MAY_IMPORT[room]
        assert top <= allowed, f"{path.relative_to(ROOT)} imports {sorted(top - allowed)}"
        lazily = allowed | INSIDE_FUNCTIONS.get(room, set())
        assert inner <= lazily, f"{path.relative_to(ROOT)} imports {sorted(inner - lazily)}"


def test_nothing_but_the_grader_and_the_tests_knows_the_solutions() -> None:
    for path in ROOT.rglob("*.py"):
        room = path.relative_to(ROOT).parts[0]
        if room in ("autograder", "solutions", "tests", "trial") or room.startswith((".", "build")):
            continue
        top, inner = imports(path)
        assert "solutions" not in top | inner, path


# inside the student library: each room knows those before it
ORDER = (
    ("wire",),
    ("exercise",),
    ("chapters",),
    ("exercises",),
    ("judging",),
)


def modules() -> dict[str, Path]:
    """The project's own modules, by the names by which they are imported."""
    found = {}
    for room in ("cs231n_lib", "solutions", "autograder", "trial"):
        for path in (ROOT / room).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def known_to(path: Path, there: Collection[str]) -> set[str]:
    """The project's own modules that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{a.name}" for a in node.names}
            found |= {name if name in there else node.module for name in inner}
    return found & set(there)


def test_no_import_leads_back() -> None:
    """Command line, faults and their sufferer knew one another, each inside a function."""
    files = modules()
    left = {name: known_to(path, files) - {name} for name, path in files.items()}
    while free := [name for name, known in left.items() if not known & left.keys()]:
        for name in free:
            del left[name]
    assert sorted(left) == [], "each of these imports another one of them"


def test_the_rooms_of_the_student_library_are_in_order() -> None:
    files = modules()
    place = {name: i for i, names in enumerate(ORDER) for name in names}
    for name, path in files.items():
        top, _, inner = name.partition(".")
        room = inner.partition(".")[0]
        if top != "cs231n_lib" or room not in place:
            continue
        for other in known_to(path, files):
            above = other.removeprefix("cs231n_lib.").partition(".")[0]
            assert place.get(above, len(ORDER)) <= place[room], f"{name} imports {other}"


def test_importing_the_student_library_is_light() -> None:
    program = "import sys, cs231n_lib; print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    loaded = {name.split(".")[0] for name in out.split()}
    assert "numpy" in loaded
    assert loaded.isdisjoint({"torch", "sklearn", "matplotlib", "IPython", "nbgrader", "solutions"})
