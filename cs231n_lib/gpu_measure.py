"""Agreement with PyTorch, time per step, and what the memory traffic alone would take.

Everything here runs on a CPU too; there it is a test of the path, not of speed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cs231n_lib.gpu_compile import Update, compiled

Optimizer = Callable[..., Any]  # makes one of torch.optim from a list of parameters
STEPS = 100
TOLERANCE = 1e-10  # double precision, relative to the largest parameter, after STEPS steps
REPEATS = 20  # measurements of each time


@dataclass(frozen=True)
class Timing:
    """Seconds per step of one size, each the median of several, with smallest and largest.

    Attributes:
        size: number of parameters, in single precision.
        yours: your rule, compiled.
        fused: PyTorch's own fused optimizer, or None where it has none.
        traffic: what the memory traffic alone takes at the measured copy bandwidth.
        copied: that bandwidth, in bytes per second.
        memory: peak memory of the device with your rule, in bytes; 0 on a CPU.
    """

    size: int
    yours: tuple[float, float, float]
    fused: tuple[float, float, float] | None
    traffic: float
    copied: float
    memory: int


def difference(
    update: Update,
    optimizer: Optimizer,
    config: Mapping[str, Any] | None = None,
    *,
    device: str = "cpu",
    backend: str = "inductor",
    steps: int = STEPS,
    size: int = 1000,
) -> float:
    """How far your rule and PyTorch's are apart after ``steps`` steps in double precision.

    Both get the same start and the same random gradients.

    Args:
        update: your rule.
        optimizer: called with a list of parameters, for example
            ``lambda p: torch.optim.Adam(p, lr=1e-3)``.
        config: what your rule is started with.

    Returns:
        the largest difference of a parameter, divided by the largest parameter.
    """
    import torch

    numbers = torch.Generator().manual_seed(0)
    start = torch.randn(size, generator=numbers, dtype=torch.float64)
    w, state = start.to(device), dict(config or {})
    theirs = start.to(device).clone().requires_grad_()
    rule, other = compiled(update, backend), optimizer([theirs])
    for _ in range(steps):
        gradient = torch.randn(size, generator=numbers, dtype=torch.float64).to(device)
        theirs.grad = gradient.clone()
        other.step()
        w, state = rule(w, gradient, state)
    theirs = theirs.detach()
    return float((w - theirs).abs().max() / theirs.abs().max())


def bandwidth(device: str = "cuda", size: int | None = None) -> float:
    """Measured bandwidth of a copy, in bytes per second: read once, written once.

    Args:
        size: numbers to copy, many more than a cache holds unless given.
    """
    import torch

    if size is None:
        size = 1 << 26 if device.startswith("cuda") else 1 << 20
    source = torch.ones(size, device=device)
    target = torch.empty_like(source)
    seconds, _, _ = _seconds(lambda: target.copy_(source), device)
    return 2 * source.nbytes / seconds


def timing(
    update: Update,
    optimizer: Optimizer | None,
    config: Mapping[str, Any] | None = None,
    *,
    size: int = 1 << 26,
    device: str = "cuda",
    backend: str = "inductor",
    copied: float | None = None,
) -> Timing:
    """Seconds per step of your rule, of PyTorch's, and of the memory traffic alone.

    A rule with k arrays of state reads the parameters, the gradient and the state, and
    writes the parameters and the state: 3 + 2 k arrays in all.

    Args:
        optimizer: as in :func:`difference`; None leaves PyTorch out.
        copied: bandwidth in bytes per second; measured when it is not given.
    """
    import torch

    copied = copied or bandwidth(device)
    on_gpu = device.startswith("cuda")
    if on_gpu:
        torch.cuda.reset_peak_memory_stats(device)
    w, gradient = torch.randn(size, device=device), torch.randn(size, device=device)
    held: dict[str, Any] = {"w": w.clone(), "config": dict(config or {})}
    rule = compiled(update, backend)

    def step() -> None:
        held["w"], held["config"] = rule(held["w"], gradient, held["config"])

    yours = _seconds(step, device)
    memory = torch.cuda.max_memory_allocated(device) if on_gpu else 0
    state = [
        v for v in held["config"].values() if isinstance(v, torch.Tensor) and v.numel() == size
    ]
    arrays = 3 + 2 * len(state)
    held.clear()
    fused = None
    if optimizer is not None:
        parameter = w.clone().requires_grad_()
        parameter.grad = gradient
        fused = _seconds(optimizer([parameter]).step, device)
    return Timing(size, yours, fused, arrays * w.nbytes / copied, copied, memory)


def _seconds(run: Callable[[], Any], device: str) -> tuple[float, float, float]:
    """Median, smallest and largest time of a call, after some calls that compile and warm up.

    On a GPU ten calls are made before the clock waits for the device, as in training, where
    nobody waits for each step either.
    """
    import torch

    on_gpu = device.startswith("cuda")

    def several(calls: int) -> float:
        if on_gpu:
            torch.cuda.synchronize(device)
        begin = time.perf_counter()
        for _ in range(calls):
            run()
        if on_gpu:
            torch.cuda.synchronize(device)
        return (time.perf_counter() - begin) / calls

    several(5)  # the first steps compile: without state, then with it
    found = [several(10 if on_gpu else 1) for _ in range(REPEATS)]
    return statistics.median(found), min(found), max(found)
