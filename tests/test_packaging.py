"""What is installed where: the two distributions, one list of requirements, exact versions."""

from __future__ import annotations

import ast
import email
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

import cs231n_lib

ROOT = Path(__file__).resolve().parents[1]


def project(path: str) -> dict[str, Any]:
    """The whole of a pyproject.toml."""
    return tomllib.loads((ROOT / path / "pyproject.toml").read_text("utf-8"))


def plain(requirement: str) -> str:
    """The normalised name in a requirement such as ``nbgrader>=0.9.6,<0.10``."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def pins() -> dict[str, str]:
    """Package and version of each line of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    found = [line.split("==") for line in lines if line and not line.startswith("#")]
    assert all(len(pair) == 2 for pair in found)
    return {plain(name): version for name, version in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The students' wheel, built from a copy of the repository's files."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"
    copy.mkdir()
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    # with compiled files, as in a checkout that was used
    for name in ("cs231n_lib", "solutions", "autograder", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("*.egg-info"))
    (copy / "cs231n_lib" / "__pycache__").mkdir(exist_ok=True)
    (copy / "cs231n_lib" / "__pycache__" / "stray.cpython-311.pyc").write_bytes(b"stray")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(
        [*command, str(copy)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_the_student_library_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    inside = {n for n in names if n.startswith("cs231n_lib/")}
    assert {n.split("/")[0].partition("-")[0] for n in names - inside} == {"cs231n_lib"}
    library = ROOT / "cs231n_lib"
    wanted = {*library.rglob("*.py"), *library.glob("expected/*.safetensors")}
    wanted.add(library / "py.typed")
    assert inside == {path.relative_to(ROOT).as_posix() for path in wanted}
    assert any(n.endswith(".safetensors") for n in inside)


def test_the_wheel_says_what_it_needs(wheel: zipfile.ZipFile) -> None:
    (name,) = (n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    said = email.message_from_bytes(wheel.read(name))
    requirements = said.get_all("Requires-Dist") or []
    base = {plain(r) for r in requirements if "extra ==" not in r}
    assert base == {"numpy", "matplotlib", "safetensors", "scikit-learn", "scipy"}
    assert set(said.get_all("Provides-Extra") or []) == {"torch"}
    assert said["Version"] == cs231n_lib.__version__
    assert said["License-Expression"] == "MIT"


def test_one_version_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert project("autograder")["project"]["version"] == cs231n_lib.__version__
    assert str(citation["version"]) == cs231n_lib.__version__


def test_the_instructors_distribution_lists_its_packages() -> None:
    folder = ROOT / "autograder"
    found = {
        ".".join(("autograder", *path.parent.relative_to(folder).parts))
        for path in folder.rglob("__init__.py")
        if path.relative_to(folder).parts[0] != "build"
    }
    settings = project("autograder")["tool"]["setuptools"]
    assert set(settings["packages"]) == found
    assert settings["package-dir"] == {"autograder": "."}


def test_installed_from_any_folder_and_without_the_solutions(tmp_path: Path) -> None:
    try:
        metadata.distribution("cs231n-autograder")
    except metadata.PackageNotFoundError:
        pytest.skip("the environment was not made by `make environment`")
    program = (
        "import importlib.util as u, autograder.sandbox, cs231n_lib; "
        "print(autograder.__file__, cs231n_lib.__file__, u.find_spec('solutions'), sep='\\n')"
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    grader, library, solutions = done.stdout.split()
    assert Path(grader) == ROOT / "autograder" / "__init__.py"
    assert Path(library) == ROOT / "cs231n_lib" / "__init__.py"
    assert solutions == "None"
    # not metadata.files(name), which finds the traces of a build in the checkout first
    installed = metadata.distributions(path=[sysconfig.get_path("purelib")])
    ours = {d.name: d.files or [] for d in installed if d.name.startswith("cs231n")}
    assert ours.keys() == {"cs231n-lib", "cs231n-autograder"}
    for files in ours.values():
        folders = {file.parts[0] for file in files if len(file.parts) > 1}
        assert folders.isdisjoint({"solutions", "tests", "book"})


def test_pip_and_conda_install_the_same_list() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (pip,) = (d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    assert pip == ["-r requirements.txt"]
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    assert lines == [
        "-c constraints.txt",
        "-e .[torch]",
        "-e ./autograder[book,postgresql,test,trial,work]",
    ]
    for path, extras in ((".", "torch"), ("autograder", "book,postgresql,test,trial,work")):
        assert sorted(project(path)["project"]["optional-dependencies"]) == extras.split(",")


def test_every_requirement_has_one_exact_version() -> None:
    exact = pins()
    assert exact["torch"] == "2.13.0"
    for path in (".", "autograder"):
        tables = project(path)
        wanted = [*tables["project"]["dependencies"], *tables["build-system"]["requires"]]
        for extra in tables["project"]["optional-dependencies"].values():
            wanted += extra
        assert {plain(r) for r in wanted} - exact.keys() <= {"cs231n-lib"}


def test_requirements_and_notes_name_no_machine() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert not re.search(r"://|@|\+|--hash|^-|^/", text, re.MULTILINE)


def test_the_grader_requires_what_it_imports() -> None:
    required = {
        plain(r) for path in (".", "autograder") for r in project(path)["project"]["dependencies"]
    }
    extra = {plain(r) for r in project("autograder")["project"]["optional-dependencies"]["trial"]}
    # `calls` lies beside the file that runs first in a box, where there is no package
    here = {"autograder", "cs231n-lib", "solutions", "trial", "main", "calls"}
    # the trial also holds what tests use; its stock/inside.py runs in a container of its own
    extra |= {plain(r) for r in project("autograder")["project"]["optional-dependencies"]["test"]}
    standard = {plain(name.strip("_")) for name in sys.stdlib_module_names}
    for path in [*(ROOT / "autograder").rglob("*.py"), *(ROOT / "trial").rglob("*.py")]:
        names = []
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names += [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.append(node.module)
        used = {plain(name.partition(".")[0].strip("_")) for name in names}
        used = {"pyzmq" if name == "zmq" else name for name in used}
        ours = required | (extra if path.is_relative_to(ROOT / "trial") else set())
        assert used - standard - here <= ours, path.relative_to(ROOT)


def test_commands_are_executable() -> None:
    for name in (".ci/run", "scripts/setup.sh", "scripts/freeze.sh"):
        path = ROOT / name
        assert path.stat().st_mode & stat.S_IXUSR, f"chmod +x {name}"
        done = subprocess.run(["bash", "-n", str(path)], check=False, capture_output=True)
        assert done.returncode == 0, done.stderr


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)
    for python, reason in ((str(old), "is Python 3.9.2"), ("/no/python", "there is no")):
        done = subprocess.run(
            ["make", "environment", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert "needs Python 3.11 or newer" in done.stderr and reason in done.stderr
        assert not (tmp_path / "venv").exists()


def test_missing_programs_are_named_in_one_sentence(tmp_path: Path) -> None:
    # a PATH with the shell's own tools only, and no way to install anything
    for name in ("bash", "dirname", "id", "paste"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    env = {"PATH": str(tmp_path), "PYTHON": sys.executable}
    setup = str(ROOT / "scripts" / "setup.sh")
    command = [str(tmp_path / "bash"), setup, "system"]
    course = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert course.returncode == 0, course.stderr
    assert "Please install: bubblewrap chromium." in course.stdout
    command.append("required")
    test = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert test.returncode == 1
    assert test.stderr == "Please install, then start again: bubblewrap chromium.\n"
    (tmp_path / "bwrap").symlink_to(sys.executable)
    (tmp_path / "google-chrome").symlink_to(sys.executable)
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# stands for Python: makes an environment of itself, and writes down what pip would be told
STAND_IN = """#!/bin/sh
case "$2" in
    venv) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    pip) printf %s "$PIP_CONSTRAINT" >"$TOLD" ;;
    *) exec "$REAL" "$@" ;;
esac
"""


def checkout(folder: Path) -> Path:
    """What `make environment` reads, in a folder of another name."""
    folder.mkdir()
    for name in ("Makefile", "requirements.txt", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    (folder / "autograder").mkdir()
    shutil.copy(ROOT / "autograder" / "pyproject.toml", folder / "autograder")
    return folder


def test_the_environment_is_made_in_a_folder_with_blanks_and_brackets(tmp_path: Path) -> None:
    """pip 923: a blank in the path of the constraints ended `make course` in an error of pip's."""
    root, python, told = (
        checkout(tmp_path / "my course (1)+[a] ünï 李"),
        tmp_path / "py",
        tmp_path / "t",
    )
    python.write_text(STAND_IN, "utf-8")
    python.chmod(0o755)
    env = {**os.environ, "REAL": sys.executable, "TOLD": str(told)}
    done = subprocess.run(
        ["make", "environment", f"PYTHON={python}", "VENV=.venv"],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for constraint, works in ((told.read_text("utf-8"), True), (f"{root}/constraints.txt", False)):
        pip = subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--dry-run",
                "--no-index",
                "--no-deps",
                "numpy",
            ],
            env={**os.environ, "PIP_CONSTRAINT": constraint},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (pip.returncode == 0) is works, pip.stderr


@pytest.mark.parametrize("sign", list(':"\\`$%?'))
def test_a_folder_in_which_nothing_works_is_told_before_any_work(sign: str, tmp_path: Path) -> None:
    """`make course` went on until some program could not read the path."""
    root = checkout(tmp_path / f"my{sign}course")
    before = sorted(root.rglob("*"))
    done = subprocess.run(["make", "course"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert f"Please rename the folder {root}: " in done.stderr
    assert sorted(root.rglob("*")) == before


def test_our_modules_are_compiled_with_the_environment(tmp_path: Path) -> None:
    """Also where Python is told to write no bytecode: boxes and walls read it, and write none."""
    root, python = checkout(tmp_path / "course"), tmp_path / "py"
    python.write_text(STAND_IN, "utf-8")
    python.chmod(0o755)
    (root / "autograder" / "walls").mkdir()
    module = root / "autograder" / "walls" / "one.py"
    told = {"REAL": sys.executable, "TOLD": str(tmp_path / "t"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = ["make", "environment", f"PYTHON={python}", "VENV=.venv"]
    for when, text in enumerate(("ONE = 1\n", "ONE = 1 + 1\n")):  # made now, and there already
        module.write_text(text, "utf-8")
        os.utime(module, (1e9 + when, 1e9 + when))
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        (compiled,) = (module.parent / "__pycache__").glob("one.*.pyc")
        size = int.from_bytes(compiled.read_bytes()[12:16], "little")
        assert size == len(text)  # as the source is now
