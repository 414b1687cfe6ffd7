"""A gradebook on a real PostgreSQL server, which the test starts and stops."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import create_engine, text

from autograder import cli, demo, paths
from autograder.building.notebooks import find
from autograder.course import booked, course, gradebook, servers
from autograder.course.export import CsvExport
from autograder.grading import grade
from cs231n_lib import exercises
from tests.grading.totals import FUNCTIONS, WITH_TEXT

NAME = "03-momentum"
NOBODY = 65534  # the server refuses to run as root


class Server:
    """PostgreSQL in a temporary folder; it listens on this machine only."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.data = programs, folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._run("initdb", "--auth=trust", "--username=course", "--encoding=UTF8", "--no-sync")

    def _run(self, program: str, *options: str) -> None:
        own = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        done = subprocess.run(
            [
                *(own if os.geteuid() == 0 else []),
                str(self.programs / program),
                f"--pgdata={self.data}",
                *options,
            ],
            cwd=self.data.parent,
            capture_output=program != "pg_ctl",  # the server would hold the pipe open
            stdout=subprocess.DEVNULL if program == "pg_ctl" else None,
            env={**os.environ, "LC_ALL": "C"},
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "start", "--wait", f"--options={settings}", "--log=/dev/null")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait")

    def new(self, name: str) -> str:
        """Make a database; returns its address, as an instructor writes it."""
        address = f"postgresql://course@127.0.0.1:{self.port}"
        engine = create_engine(servers.spelled_out(f"{address}/postgres"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"create database {name}"))
        engine.dispose()
        return f"{address}/{name}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found += [Path(p).resolve() for p in [shutil.which("initdb")] if p]
    if not found:
        pytest.skip("there is no PostgreSQL server here: apt-get install postgresql")
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("PostgreSQL refuses to run as root, and there is no setpriv")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        running = Server(found[-1].parent, folder)
        running.start()
        yield running
        running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def on_server(server: Server, tmp_path: Path, monkeypatch) -> str:
    """A course whose gradebook is a new database on the server; returns the address.

    The configuration is that of a checkout of its own, which has a course of its own.
    """
    address = server.new(f"grades_{uuid4().hex}")
    root = tmp_path / "checkout"
    root.mkdir()
    config = (paths.ROOT / "nbgrader_config.py").read_text("utf-8")
    (line,) = [x for x in config.splitlines() if x.startswith("c.CourseDirectory.db_url = f")]
    config = config.replace(line, f"c.CourseDirectory.db_url = {address!r}")
    (root / "nbgrader_config.py").write_text(config, "utf-8")
    monkeypatch.setenv(paths.COURSE, str(root / "course"))
    monkeypatch.setattr(course, "ROOT", root)
    course.generate(find("3"))
    return address


def hand_in(student: str, text: str | None = None) -> None:
    """The solved notebook, or another one."""
    here = paths.course_dir()
    place = here / "submitted" / student / NAME
    place.mkdir(parents=True)
    solved = (here / "source" / NAME / "momentum.ipynb").read_text("utf-8")
    (place / "momentum.ipynb").write_text(text or solved, "utf-8")
    (place / "timestamp.txt").write_text("2026-03-01 12:30:00 UTC", "utf-8")


def half() -> str:
    """A notebook with one function that raises an error with a zero byte in its words."""
    nb = demo.solved(find("3"))
    demo.cell_of(
        nb, "nesterov-code"
    ).source = "def nesterov(w, dw, config=None):\n    raise ValueError('zero \\0 byte')"
    return str(nbformat.writes(nb))


def test_scores_are_those_of_sqlite(on_server: str, mine: Path, monkeypatch, capsys) -> None:
    found = {}
    for where, root, folder in (
        ("server", course.ROOT, course.ROOT / "course"),
        ("file", paths.ROOT, mine),
    ):
        monkeypatch.setattr(course, "ROOT", root)
        monkeypatch.setenv(paths.COURSE, str(folder))
        hand_in("ada")
        hand_in("ben", half())
        assert cli.main(["grade", "3", "--workers", "1"]) == 0
        found[where] = gradebook.scores(find("3"))
        told = capsys.readouterr().err
        assert ("no copy of it is made before grading" in told) == (where == "server")
        assert "pg_dump" in told or where == "file"
        # the second run finds that there is nothing to do, and the records agree
        assert cli.main(["grade", "3", "--workers", "1"]) == 0
        assert "graded 0, already graded 2, failed 0" in capsys.readouterr().out
        assert cli.main(["replay", "3"]) == 0
    assert [row["score"] for row in found["server"]] == [
        FUNCTIONS,
        FUNCTIONS - exercises.get("nesterov").points,
    ]
    assert found["server"] == found["file"]
    assert gradebook.file() is not None


def test_no_file_of_sqlite_is_made_beside_the_server(on_server: str) -> None:
    assert gradebook.url() == on_server.replace("postgresql:", "postgresql+psycopg:")
    assert gradebook.file() is None
    assert not list(paths.course_dir().glob("*.db"))


def test_an_outage_ends_the_run_and_nothing_graded_is_lost(
    on_server: str, server: Server, monkeypatch, capsys
) -> None:
    """The server stops after the first of three submissions is booked."""
    for student in ("ada", "ben", "cleo"):
        hand_in(student)
    book, booked = grade.write_graded, []

    def stop_after_one(folder, submission, *rest) -> None:
        if len(booked) == 1:
            server.stop()
        booked.append(submission.student)
        book(folder, submission, *rest)

    monkeypatch.setattr(grade, "write_graded", stop_after_one)
    try:
        assert cli.main(["grade", "3", "--workers", "1"]) == 1
        err = capsys.readouterr().err.strip().splitlines()
        assert len(booked) == 2  # not the third
        assert err[-1].startswith("autograder: the database server of the gradebook failed (")
        assert err[-1].endswith("run the command again; what was graded stays graded")
        assert "Traceback" not in "".join(err)
        # before any work: nobody is graded, and it is said again
        assert cli.main(["grade", "3", "--workers", "1"]) == 1
        assert "the database server of the gradebook failed (" in capsys.readouterr().err
        assert len(booked) == 2
    finally:
        server.start()
    monkeypatch.setattr(grade, "write_graded", book)
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert "graded 2, already graded 1, failed 0" in capsys.readouterr().out
    assert [row["score"] for row in gradebook.scores(find("3"))] == [FUNCTIONS] * 3


def test_an_outage_while_pages_are_renewed_is_told(
    on_server: str, server: Server, monkeypatch, capsys
) -> None:
    """A new stamp asks for the penalty and the page once more; here the error was a traceback."""
    hand_in("ada")
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    place = paths.course_dir() / "submitted" / "ada" / NAME / "timestamp.txt"
    place.write_text("2026-03-02 12:30:00 UTC", "utf-8")
    reckon = booked.AssignLatePenalties.preprocess

    def stopped(*arguments: object) -> object:
        server.stop()
        return reckon(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(booked.AssignLatePenalties, "preprocess", stopped)
        try:
            assert cli.main(["grade", "3"]) == 1
        finally:
            server.start()
    assert "autograder: the database server of the gradebook failed (" in capsys.readouterr().err
    assert cli.main(["grade", "3"]) == 0
    assert "1 feedback page or late penalty brought up to date" in capsys.readouterr().out


def test_a_gradebook_of_another_version_is_refused(on_server: str, capsys) -> None:
    hand_in("ada")
    engine = create_engine(servers.spelled_out(on_server))
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = 'old'"))
    engine.dispose()
    assert cli.main(["grade", "3", "--workers", "1"]) == 1
    assert "belongs to another version of nbgrader (schema old" in capsys.readouterr().err


def test_without_the_driver_one_sentence_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RuntimeError, match="psycopg, which speaks to it, is not installed: pip"):
        servers.version(servers.spelled_out("postgresql://course@127.0.0.1/grades"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("postgresql://ann:p@host/db", "postgresql+psycopg://ann:p@host/db"),
        ("postgres://host/db", "postgresql+psycopg://host/db"),
        ("postgresql+psycopg2://host/db", "postgresql+psycopg2://host/db"),
        ("sqlite:////course/gradebook.db", "sqlite:////course/gradebook.db"),
    ],
)
def test_an_address_without_a_driver_gets_the_one_that_is_installed(written, meant) -> None:
    """SQLAlchemy looks for another one, and ends in `No module named 'psycopg2'`."""
    assert servers.spelled_out(written) == meant
    assert servers.is_server(written) is not written.startswith("sqlite")


def test_the_password_is_in_no_sentence() -> None:
    said = servers.no_copy("postgresql+psycopg://ann:secret@host/grades")
    assert "secret" not in said and "grades" in said


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_nbgraders_own_pages_and_export_work_with_the_server(on_server: str, tmp_path) -> None:
    """Their questions are written for any database, and tried by nbgrader with SQLite alone."""
    hand_in("ada")
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    api = NbGraderAPI(config=course.config())
    (sent,) = api.get_submissions(NAME)
    assert (sent["student"], sent["score"], sent["timestamp"]) == (
        "ada",
        FUNCTIONS,
        "2026-03-01T12:30:00",
    )
    (notebook,) = api.get_notebook_submissions(NAME, "momentum")
    assert notebook["score"] == FUNCTIONS and notebook["needs_manual_grade"]
    assert [row["id"] for row in api.get_students()] == ["ada"]
    assert api.get_assignment(NAME)["average_score"] == FUNCTIONS
    table = tmp_path / "grades.csv"
    plugin = CsvExport(to=str(table), student=[], assignment=[])
    with gradebook.opened() as book:
        plugin.export(book)
    scores = (
        f"03-momentum,,2026-03-01 12:30:00,ada,,,,{FUNCTIONS}.0,0.0,{FUNCTIONS}.0,{WITH_TEXT}.0"
    )
    assert scores in table.read_text("utf-8")
