"""Worker processes for one task each at a time, that neither take others with them nor stay."""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from autograder.course.course import CourseError
from autograder.sandbox import leftovers

CHANCES = 2  # for a submission whose worker process died


def forked_after(module: str) -> ForkServerContext:
    """For processes that find ``module`` imported already, and nothing else of this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module, "matplotlib"])  # whose list of fonts each box gets
    return context


def results(
    task: Callable[..., Any], work: Sequence[tuple[Any, tuple[Any, ...]]], workers: int
) -> Iterator[tuple[Any, Any]]:
    """Yield the name of each piece of work with what its task returned, or with its exception.

    Each thread has a worker process of its own: when one dies, it takes nothing with it
    but the piece that it was at, which gets a second chance in a new one.

    Args:
        task: a function of a module.
        work: name and arguments of each piece.
        workers: how many processes.
    """
    _keep_sockets_in(leftovers.private())
    context = forked_after("autograder.grading.graded")
    mine, made = threading.local(), []

    def one(arguments: tuple[Any, ...]) -> Any:
        for _ in range(CHANCES):
            if getattr(mine, "process", None) is None:
                mine.process = ProcessPoolExecutor(1, context, end_with_grader)
                made.append(mine.process)
            try:
                return mine.process.submit(task, *arguments).result()
            except BrokenProcessPool:
                mine.process = None
            except Exception as error:
                return error
        return CourseError("not graded: a worker process died while grading it")

    threads = ThreadPoolExecutor(max(1, min(workers, len(work))))
    try:
        futures = {threads.submit(one, arguments): name for name, arguments in work}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:  # also when the class is given up with Ctrl-C: nothing new is begun
        for pool in (threads, *made):
            pool.shutdown(wait=False, cancel_futures=True)


def _keep_sockets_in(folder: Path) -> None:
    """Let multiprocessing make its folder there: a killed grader would leave it for ever."""
    old, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        multiprocessing.util.get_temp_dir()
    finally:
        tempfile.tempdir = old


def end_with_grader() -> None:
    """Let this worker end when the grader is gone, even if that was killed.

    The worker itself holds both ends of the pipe that its work comes through, so it would
    wait there for ever; its box ends with it, by bubblewrap's ``--die-with-parent``.
    """
    grader = multiprocessing.parent_process()
    if grader is not None:
        threading.Thread(target=_end_after, args=(grader,), daemon=True).start()


def _end_after(grader: Any) -> None:
    grader.join()
    os._exit(1)
