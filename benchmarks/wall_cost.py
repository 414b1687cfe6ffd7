"""What grading a submission costs, in processor seconds of all processes, kernels included.

    python benchmarks/wall_cost.py [--tree FOLDER ...] [--runs N] [ASSIGNMENT ...]

Grades a small and a larger class of solved notebooks, feedback included; the difference is
the cost of one submission more. With several checkouts (`--tree`, for example one from before
a change) their runs alternate, so that a machine that gets busier slows both. The seconds are
those of a control group around the whole run: kernels in a process namespace are reaped by
nobody whose account could be asked. Needs root and the `cpuacct` controller, or version 2.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FEW, MANY = 2, 8
PLACES = (Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup"))

PREPARE = """
import sys
from autograder import demo
from autograder.course.course import generate
from autograder.building.notebooks import find
for name in sys.argv[2:]:
    assignment = find(name)
    generate(assignment)
    for i in range(int(sys.argv[1])):
        demo.submit(f"student{i:02d}", assignment, demo.solved(assignment))
"""
GRADE = "import sys\nfrom autograder.cli import main\nsys.exit(main(['grade', *sys.argv[1:]]))"


def place() -> Path:
    """Where a group can be made whose processor time is told.

    Raises:
        SystemExit: where there is none.
    """
    for folder in PLACES:
        if (folder / "cpuacct.usage").exists() or (folder / "cpu.stat").exists():
            return folder
    raise SystemExit("this needs control groups with an account of processor time")


def seconds_of(group: Path) -> float:
    """Processor seconds of a group and those inside it."""
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    lines = (group / "cpu.stat").read_text().splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith("usage_usec")) / 1e6


def cost(tree: Path, count: int, names: list[str]) -> tuple[float, float]:
    """Processor seconds, and seconds by the clock, of grading ``count`` students."""
    work = Path(tempfile.mkdtemp(prefix="wc-"))
    work.chmod(0o755)
    environment = {
        **os.environ,
        "CS231N_COURSE": str(work / "course"),
        "PYTHONPATH": str(tree),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **{f"{n}_NUM_THREADS": "1" for n in ("OMP", "OPENBLAS", "MKL")},
    }
    group = place() / f"wall-cost-{os.getpid()}-{time.monotonic_ns()}"
    group.mkdir()
    try:
        prepare = [sys.executable, "-c", PREPARE, str(count), *names]
        subprocess.run(prepare, cwd=tree, env=environment, check=True, capture_output=True)
        enter = f'echo $$ > {group}/cgroup.procs; exec "$@"'
        grade = [sys.executable, "-c", GRADE, *names]
        begin = time.monotonic()
        done = subprocess.run(
            ["/bin/sh", "-c", enter, "sh", *grade],
            cwd=tree,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
        return seconds_of(group), time.monotonic() - begin
    finally:
        time.sleep(0.5)
        shutil.rmtree(work, ignore_errors=True)
        for folder in sorted(group.rglob("*"), reverse=True):
            if folder.is_dir():
                folder.rmdir()
        group.rmdir()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment", nargs="*", default=["3"])
    parser.add_argument("--tree", action="append", type=Path, help="a checkout; default: this one")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    trees = [t.resolve() for t in args.tree or [Path(__file__).resolve().parents[1]]]
    found: dict[Path, list[tuple[float, float, float]]] = {t: [] for t in trees}
    for i in range(args.runs):
        for tree in trees:
            few, _ = cost(tree, FEW, args.assignment)
            many, wall = cost(tree, MANY, args.assignment)
            each = (many - few) / (MANY - FEW) / len(args.assignment)
            found[tree].append((each, few - FEW * each, wall))
            print(f"run {i + 1}, {tree.name}: {each:.2f} s a submission", flush=True)
    for tree, rows in found.items():
        each = [r[0] for r in rows]
        print(
            f"{tree}: {statistics.median(each):.2f} processor seconds a submission "
            f"({min(each):.2f} to {max(each):.2f} in {len(rows)} runs), "
            f"{statistics.median(r[1] for r in rows):.1f} for the run itself"
        )
    if len(trees) == 2:
        ratios = [b[0] / a[0] for a, b in zip(*found.values(), strict=True)]
        print(f"ratio, second to first: {min(ratios):.2f} to {max(ratios):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
