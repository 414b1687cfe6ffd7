"""The ``autograder`` command: build, grade, replay, regrade, demo, list, formgrader, trial.

Whatever goes wrong is said in one sentence on standard error, with exit status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.grading.work import Say
    from autograder.records.replay import Outcome

from autograder.course import trouble
from cs231n_lib import __version__


def say(text: str) -> None:
    """Progress, one line at a time."""
    print(text, flush=True)


def quiet(text: str) -> None:
    """No progress, where a program reads what is printed."""


def build_command(args: argparse.Namespace) -> int:
    from autograder.building.build import build
    from autograder.building.notebooks import find
    from autograder.course.course import is_there
    from autograder.paths import course_dir

    if not is_there():
        print(f"note: this makes a new course in {course_dir()}", file=sys.stderr)
    wanted = [find(name) for name in args.assignment] or None
    stale = build(say if not args.check else (lambda _: None), check=args.check, wanted=wanted)
    if args.check and stale:
        print("generated files are out of date, run `autograder build`:", file=sys.stderr)
        for name in stale:
            print(f"  {name}", file=sys.stderr)
        return 1
    if args.check:
        say("generated files are up to date")
    return 0


def new_command(args: argparse.Namespace) -> int:
    from autograder.building.scaffold import new_chapter, new_exercise
    from autograder.paths import ROOT

    if args.what == "exercise":
        files = new_exercise(args.chapter, args.name)
        then = f"place it in assignments/, then `autograder build {args.chapter}`"
    else:
        files = new_chapter(args.name, args.title)
        then = f"its exercises: `autograder new exercise {args.name} NAME`"
    for path in files:
        say(str(path.relative_to(ROOT)))
    say(f"Fill them in as CONTRIBUTING.md says; next, {then}")
    return 0


def grade_command(args: argparse.Namespace) -> int:
    from autograder.building.notebooks import assignments, find
    from autograder.course import gradebook
    from autograder.course.course import existing, prepare
    from autograder.course.table import write_table
    from autograder.grading.grade import grade_class
    from autograder.hooks.execute import SafeExecute
    from autograder.sandbox.box import weaknesses
    from autograder.submissions.places import unusable

    wanted = [find(name) for name in args.assignment] or assignments()
    existing()  # what is wrong with the course's place is told before anything is read from it
    limits = replace(SafeExecute.configured(), trusted=args.trusted)
    if args.cell_seconds is not None:
        limits = replace(limits, cell_seconds=args.cell_seconds)
    for sentence in [*gradebook.notes(), *([] if args.trusted else weaknesses())]:
        print(f"note: {sentence}", file=sys.stderr)
    summary = grade_class(
        wanted,
        say,
        students=args.student,
        workers=args.workers,
        limits=limits,
        force=args.force,
    )
    table = prepare() / "grades.csv"
    write_table(assignments(), table, unusable(table.parent))
    say(
        f"graded {summary.graded}, already graded {summary.kept}, failed {len(summary.failed)}; "
        f"grades in {table}, feedback in {table.parent / 'feedback'}"
    )
    _renewed(summary.renewed)
    for told in (summary.failed, summary.slow, summary.remarks, summary.stray):
        for who, why in told.items():
            print(f"{printable(who)}: {printable(why)}", file=sys.stderr)
    if not (summary.graded or summary.kept or summary.failed):
        if not summary.stray:
            print(
                f"nothing to grade: put notebooks into {table.parent / 'submitted'}"
                "/<student>/<assignment>/",
                file=sys.stderr,
            )
        return 1
    return 1 if summary.failed else 0


def printable(text: str) -> str:
    """A text that does nothing to a terminal: it may hold names that students gave."""
    return "".join(ch if ch.isprintable() else "?" for ch in text)


def replay_command(args: argparse.Namespace) -> int:
    from autograder.building.notebooks import assignments, find
    from autograder.records.replay import replay_class

    wanted = [find(name) for name in args.assignment] or assignments()
    found = replay_class(wanted, quiet if args.json else say, students=args.student)
    if args.json:
        print(json.dumps([asdict(o) for o in found], indent=1))
    return _told(found, "replayed", quiet if args.json else say, ("changed", "refused"))


def regrade_command(args: argparse.Namespace) -> int:
    from autograder.building.notebooks import assignments, find
    from autograder.course.course import prepare
    from autograder.course.table import write_table
    from autograder.records.replay import replay_class
    from autograder.submissions.places import unusable

    wanted = [find(name) for name in args.assignment] or assignments()
    found = replay_class(wanted, say, students=args.student, regrade=True, write=args.write)
    status = _told(found, "regraded" if args.write else "would regrade", say, ("refused",))
    if args.write:
        write_table(assignments(), prepare() / "grades.csv", unusable(prepare()))
        say(f"grades in {prepare() / 'grades.csv'}")
    elif any(o.changes for o in found):
        say("nothing was written; `autograder regrade --write` does it")
    return status


def _told(found: Sequence[Outcome], done: str, say: Say, bad: Sequence[str]) -> int:
    """Say what changed and how many came out how; 1 if any has a status in ``bad``."""
    count = {s: sum(o.status == s for o in found) for s in ("same", "changed", "refused")}
    for outcome in found:
        for change in outcome.changes:
            say(f"  {outcome.who}, {change.text()}")
        if outcome.status == "refused":
            print(f"autograder: {outcome.who}: {outcome.why}", file=sys.stderr)
    say(f"{done} {len(found)} submissions: " + ", ".join(f"{n} {s}" for s, n in count.items()))
    return 1 if any(count[s] for s in bad) else 0


def demo_command(args: argparse.Namespace) -> int:
    from autograder.demo import demo

    return demo(say, workers=args.workers, trusted=args.trusted)


def list_command(args: argparse.Namespace) -> int:
    from autograder.building.listing import listing

    rows = listing()
    if args.json:
        print(json.dumps(rows, indent=1))
        return 0
    chapter = ""
    for row in rows:
        if row["chapter"] != chapter:
            chapter = str(row["chapter"])
            print(f"\n{chapter}")
        groups = ", ".join(f"{n} {p}" for n, p in row["groups"].items())  # type: ignore[attr-defined]
        needs = f"  needs {', '.join(row['needs'])}" if row["needs"] else ""  # type: ignore[arg-type]
        print(f"  {row['name']}: {row['points']} points ({groups}){needs}")
        if row["mistakes"] is not None:
            print(f"      mistakes: {'; '.join(row['mistakes'])}")  # type: ignore[arg-type]
    if any(row["mistakes"] is None for row in rows):
        print("\nnote: this copy has no solutions/, where the mistakes stand", file=sys.stderr)
    return 0


def formgrader_command(args: argparse.Namespace) -> int:
    from autograder.formgrader import serve
    from autograder.paths import DEMO_DIR

    if args.demo:
        os.environ["CS231N_COURSE"] = str(DEMO_DIR)
    try:
        status = serve(args.port, say)
    except KeyboardInterrupt:  # which is how it is ended
        _bring_up_to_date()
        raise
    _bring_up_to_date()
    return status


def _bring_up_to_date() -> None:
    """What was given by hand reaches pages and table without another command."""
    from autograder.building.notebooks import assignments
    from autograder.course.course import CourseError, prepare
    from autograder.course.table import write_table
    from autograder.grading.work import renew_class
    from autograder.submissions.places import unusable

    try:
        _renewed(renew_class(assignments()))
        write_table(assignments(), prepare() / "grades.csv", unusable(prepare()))
    except CourseError as error:
        print(f"autograder: the pages are as they were: {error}", file=sys.stderr)


def _renewed(count: int) -> None:
    if count:
        pages = "page or late penalty" if count == 1 else "pages or late penalties"
        say(f"{count} feedback {pages} brought up to date")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="autograder", description=__doc__.partition("\n")[0])
    top.add_argument("--version", action="version", version=f"autograder {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    cores = os.cpu_count() or 2

    one = commands.add_parser("build", help="write notebooks, expected values and tables")
    one.add_argument(
        "--check", action="store_true", help="only say what is out of date; default: write it"
    )
    one.add_argument("assignment", nargs="*", help="number, chapter or name; default: all")
    one.set_defaults(run=build_command)

    one = commands.add_parser("new", help="write the files of a new exercise or chapter")
    kinds = one.add_subparsers(dest="what", required=True, metavar="kind")
    kind = kinds.add_parser("exercise", help="declaration, answer and test, to be filled in")
    kind.add_argument("chapter", help="its chapter, as `autograder list` writes it")
    kind.add_argument("name", help="its name, which is that of the function")
    kind = kinds.add_parser("chapter", help="page, assignment and folders, to be filled in")
    kind.add_argument("name", help="its name, with _ for spaces")
    kind.add_argument("title", help="the title of its page")
    one.set_defaults(run=new_command)

    one = commands.add_parser("grade", help="grade a class in the sandbox")
    one.add_argument("assignment", nargs="*", help="number, chapter or name; default: all")
    one.add_argument(
        "--student",
        action="append",
        default=[],
        help="only this student, may be repeated; default: everyone",
    )
    one.add_argument(
        "--cell-seconds",
        type=float,
        help="how long one cell may run; default: what nbgrader_config.py says, else 20",
    )
    one.add_argument(
        "--force",
        action="store_true",
        help="grade again what is graded; default: only what is new or changed",
    )
    one.set_defaults(run=grade_command)
    _running(one, cores)

    one = commands.add_parser(
        "replay",
        help="judge the records again, without student code, and compare with the scores",
        description="Verify the record of each graded submission and judge it again, without "
        "running any student code. Exit status 1 when a record is refused or a score differs.",
    )
    _recorded(one)
    one.add_argument("--json", action="store_true", help="for programs; default: for people")
    one.set_defaults(run=replay_command)

    one = commands.add_parser(
        "regrade",
        help="put the scores of corrected answers into the gradebook, without student code",
        description="Judge the records again with the answers of today and show what would "
        "change. Points and comments given by hand stay.",
    )
    _recorded(one)
    one.add_argument(
        "--write",
        action="store_true",
        help="write gradebook, pages and records; default: only show what would change",
    )
    one.set_defaults(run=regrade_command)

    one = commands.add_parser("demo", help="make and grade a sample class")
    one.set_defaults(run=demo_command)
    _running(one, cores)

    one = commands.add_parser("list", help="all exercises with points and known mistakes")
    one.add_argument("--json", action="store_true", help="for programs; default: for people")
    one.set_defaults(run=list_command)

    one = commands.add_parser("formgrader", help="open nbgrader's page for grading by hand")
    one.add_argument(
        "--port", type=int, default=8890, help="where it listens; default: %(default)s"
    )
    one.add_argument(
        "--demo", action="store_true", help="for the sample class; default: for the course"
    )
    one.set_defaults(run=formgrader_command)
    return top


def _recorded(one: argparse.ArgumentParser) -> None:
    one.add_argument("assignment", nargs="*", help="number, chapter or name; default: all")
    one.add_argument(
        "--student",
        action="append",
        default=[],
        help="only this student, may be repeated; default: everyone",
    )


def _running(one: argparse.ArgumentParser, cores: int) -> None:
    one.add_argument(
        "--workers",
        type=int,
        default=cores,
        help="processes that grade; default: %(default)s, one for each core",
    )
    one.add_argument(
        "--trusted",
        action="store_true",
        help="run student code WITHOUT the sandbox: it can do whatever you can; "
        "default: in the sandbox",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    args = parser().parse_args(argv)
    if getattr(args, "workers", 1) < 1:
        return fail("--workers must be at least 1")
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        return fail("stopped; what was graded stays graded")
    except OSError as error:
        return fail(trouble.sentence(error) or f"{error.strerror or error}: {error.filename or ''}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "solutions":
            return fail("this copy of the course has no solutions/, and only `list` works without")
        return fail(str(error))
    except (RuntimeError, ValueError, KeyError, ImportError) as error:
        return fail(str(error.args[0] if error.args else error))


def fail(text: str) -> int:
    """Say what is wrong, in one sentence, and return the exit status."""
    print(f"autograder: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
