"""Run experiments at full length, on all cores, and keep what they find."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from claims import records
from claims.experiment import Experiment, Numbers
from claims.table import experiment_at

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run_all(experiments: Sequence[Experiment], workers: int | None = None) -> list[str]:
    """Run experiments, one seed a task, and write a record as soon as one is complete.

    Args:
        experiments: which.
        workers: how many processes; default: one per core.

    Returns:
        A sentence for each experiment that failed; the others have their records.
    """
    tasks = [(e, seed) for e in experiments for seed in e.seeds or (None,)]
    tasks.sort(key=lambda task: -_expected(task[0]))  # long ones first: no core waits at the end
    began, first = time.monotonic(), dict[str, float]()
    runs: dict[str, dict[int | None, tuple[Numbers, float]]] = {e.address: {} for e in experiments}
    troubles: dict[str, str] = {}
    remaining = sum(_expected(e) for e, _ in tasks)
    with _pool(workers) as pool:
        futures = {pool.submit(one_seed, e.address, seed): (e, seed) for e, seed in tasks}
        for count, future in enumerate(as_completed(futures), 1):
            experiment, seed = futures[future]
            remaining -= _expected(experiment)
            try:
                numbers, seconds = future.result()
            except Exception as error:
                troubles.setdefault(
                    experiment.address,
                    f"{experiment.address} stopped at seed {seed}: {type(error).__name__}: {error}",
                )
                continue
            done = runs[experiment.address]
            done[seed] = numbers, seconds
            first.setdefault(experiment.address, time.monotonic() - seconds)
            print(
                f"[{count}/{len(tasks)}] {experiment.address}"
                f"{'' if seed is None else f' seed {seed}'}: {seconds:.1f} s"
                f"  ({time.monotonic() - began:.0f} s so far)",
                flush=True,
            )
            if len(done) == len(experiment.seeds or (None,)):
                wall = time.monotonic() - first[experiment.address]
                records.write(experiment, done, wall=wall)
    return list(troubles.values())


def one_seed(address: str, seed: int | None) -> tuple[dict[str, float | list[float]], float]:
    """Run one experiment for one seed in a process of its own; numbers and seconds of work."""
    began = time.process_time()
    numbers = experiment_at(address).numbers(seed)
    return numbers, time.process_time() - began


def _pool(workers: int | None) -> ProcessPoolExecutor:
    """Processes with one thread each: with more, they would wait for each other's cores."""
    for name in THREADS:
        os.environ[name] = "1"
    return ProcessPoolExecutor(
        workers or len(os.sched_getaffinity(0)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_one_thread,
        initargs=(sys.path,),
    )


def _one_thread(path: list[str]) -> None:
    import torch

    sys.path[:] = path
    torch.set_num_threads(1)


def _expected(experiment: Experiment) -> float:
    """Seconds a seed took last time; a second where that is not known."""
    with contextlib.suppress(records.Missing):
        seconds = records.read(experiment).seconds.values()
        return sum(seconds) / len(seconds)
    return 1.0


def needed(experiments: Iterable[Experiment]) -> list[Experiment]:
    """Those whose record is missing or of other code, each once."""
    return [e for e in {e.address: e for e in experiments}.values() if records.stale(e)]
