"""The sample class has a database of its own, whatever the course's configuration says."""

from __future__ import annotations

from pathlib import Path

import pytest
from traitlets.config.loader import PyFileConfigLoader

from autograder import cli, demo, paths
from autograder.course import course, gradebook, servers

REAL = "postgresql://course@localhost/grades"
OWN = f"sqlite:///{paths.DEMO_DIR.resolve() / 'gradebook.db'}"


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration of a course whose gradebook lies on a server."""
    text = (paths.ROOT / "nbgrader_config.py").read_text("utf-8")
    (line,) = [x for x in text.splitlines() if x.startswith("c.CourseDirectory.db_url = f")]
    path = tmp_path / "nbgrader_config.py"
    path.write_text(text.replace(line, f'c.CourseDirectory.db_url = "{REAL}"'), "utf-8")
    monkeypatch.setattr(course, "ROOT", tmp_path)
    return path


def configured(path: Path) -> str:
    """The address as nbgrader's own programs read it."""
    loaded = PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
    return str(loaded.CourseDirectory.db_url)


def test_the_course_uses_the_server(edited: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CS231N_COURSE", str(tmp_path / "course"))
    assert gradebook.url() == servers.spelled_out(REAL) == configured(edited)


@pytest.mark.parametrize("spelled", ["{}", "{}/", "{}/../demo"])
def test_the_demo_never_does(edited: Path, monkeypatch, spelled: str) -> None:
    """With db_url on PostgreSQL, `autograder demo` wrote its students into the real gradebook."""
    monkeypatch.setenv("CS231N_COURSE", spelled.format(paths.DEMO_DIR))
    assert gradebook.url() == OWN == configured(edited)
    edited.write_text(f'get_config().CourseDirectory.db_url = "{REAL}"\n', "utf-8")
    assert gradebook.url() == OWN  # also where somebody wrote a configuration anew


def test_demo_and_its_formgrader_run_in_the_demos_folder(edited, tmp_path, monkeypatch) -> None:
    """The commands themselves, stopped before they do anything."""
    monkeypatch.setenv("CS231N_COURSE", str(tmp_path / "course"))
    seen = []

    def stop(*_: object) -> None:
        seen.append(gradebook.url())
        raise RuntimeError("seen")

    monkeypatch.setattr(demo, "DEMO_DIR", paths.DEMO_DIR)
    monkeypatch.setattr(demo.shutil, "rmtree", lambda *_, **__: None)
    monkeypatch.setattr(demo, "generate", stop)
    monkeypatch.setattr("autograder.formgrader.serve", stop)
    assert cli.main(["demo"]) == 1
    monkeypatch.setenv("CS231N_COURSE", str(tmp_path / "course"))
    assert cli.main(["formgrader", "--demo"]) == 1
    assert seen == [OWN, OWN]
