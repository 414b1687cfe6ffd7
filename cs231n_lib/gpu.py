"""Your own NumPy update rule on a GPU, unchanged.

``torch.compiler.wrap_numpy`` lets PyTorch read a NumPy function as if it were written for
tensors, and ``torch.compile`` turns it into one kernel for the device: the arithmetic of all
lines is done while each number is held in a register, so that every array is read and
written once.  The rule has to be plain NumPy: no loop over entries, no write into a slice.

An update rule is ``next_w, config = update(w, dw, config)``.  Everything here runs on a CPU
too; there it is a test of the path, not of speed.

Source: PyTorch documentation, ``torch.compiler.wrap_numpy`` and ``torch.compile``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Update = Callable[..., tuple[Any, dict[str, Any]]]
STEPS = 100
TOLERANCE = 1e-10  # double precision, relative to the largest parameter, after STEPS steps
NO_GPU = "No CUDA device here: this optional part is skipped; everything else works without."


class NotTraceable(RuntimeError):
    """The function cannot be read by PyTorch's compiler; the text says why."""


@dataclass(frozen=True)
class Timing:
    """Seconds per step of one size, each the median of several, with smallest and largest.

    Attributes:
        size: number of parameters, in single precision.
        yours: your rule, compiled.
        fused: PyTorch's own fused optimizer, or None where it has none.
        traffic: what the memory traffic alone takes at the measured copy bandwidth.
    """

    size: int
    yours: tuple[float, float, float]
    fused: tuple[float, float, float] | None
    traffic: float


def available() -> bool:
    """Whether there is a CUDA device that PyTorch can use."""
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def compiled(update: Update, backend: str = "inductor") -> Update:
    """``update`` for tensors: the same lines, compiled for the device of its arguments.

    Whole numbers in the state (the step count t) become tensors, because a number would be
    compiled into the code, anew in every step.  What comes of them is double precision, in
    which the rule then computes; parameters and state are stored as they came.

    Args:
        update: ``next_w, config = update(w, dw, config)`` in plain NumPy.
        backend: of ``torch.compile``; ``"eager"`` traces without generating code.
    """
    import torch

    torch._dynamo.reset()  # a rule that was edited must not meet its earlier self
    rule = torch.compiler.wrap_numpy(update)

    def as_stored(w: Any, dw: Any, config: dict[str, Any]) -> Any:
        result = rule(w, dw, config)
        if not isinstance(result, tuple | list) or len(result) != 2:
            return result
        next_w, state = result
        return next_w.to(w.dtype), {k: _like(w, v) for k, v in state.items()}

    traced = torch.compile(as_stored, backend=backend)

    def run(w: Any, dw: Any, config: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        state = {
            k: torch.tensor(v, device=w.device) if type(v) is int else v
            for k, v in (config or {}).items()
        }
        try:
            result = traced(w, dw, state)
        except NotImplementedError:
            raise NotTraceable("the function is not written yet") from None
        except torch._dynamo.exc.TorchDynamoException as error:
            raise NotTraceable(
                f"PyTorch cannot trace this function: {_first(str(error))}"
            ) from error
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise NotTraceable("the function must return (next_w, config)")
        return result[0], result[1]

    return run


def _like(w: Any, value: Any) -> Any:
    """State of the shape of the parameters in their precision; everything else as it is."""
    same = hasattr(value, "shape") and value.shape == w.shape and value.is_floating_point()
    return value.to(w.dtype) if same else value


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "no reason given")


def difference(
    update: Update,
    optimizer: Callable[..., Any],
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
        w, state = rule(w, gradient, state)
        theirs.grad = gradient
        other.step()
    theirs = theirs.detach()
    return float((w - theirs).abs().max() / theirs.abs().max())


def bandwidth(device: str = "cuda", size: int = 1 << 26) -> float:
    """Measured bandwidth of a copy, in bytes per second: read once, written once."""
    import torch

    source = torch.ones(size, device=device)
    target = torch.empty_like(source)
    seconds, _, _ = _seconds(lambda: target.copy_(source), device)
    return 2 * source.nbytes / seconds


def timing(
    update: Update,
    optimizer: Callable[..., Any] | None,
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
    """
    import torch

    w, gradient = torch.randn(size, device=device), torch.randn(size, device=device)
    held: dict[str, Any] = {"w": w, "config": dict(config or {})}
    rule = compiled(update, backend)

    def step() -> None:
        held["w"], held["config"] = rule(held["w"], gradient, held["config"])

    yours = _seconds(step, device)
    state = [
        v for v in held["config"].values() if isinstance(v, torch.Tensor) and v.numel() == size
    ]
    arrays = 3 + 2 * len(state)
    fused = None
    if optimizer is not None:
        parameter = w.clone().requires_grad_()
        parameter.grad = gradient
        fused = _seconds(optimizer([parameter]).step, device)
    traffic = arrays * w.nbytes / (copied or bandwidth(device, size))
    return Timing(size, yours, fused, traffic)


def _seconds(run: Callable[[], Any], device: str, times: int = 20) -> tuple[float, float, float]:
    """Median, smallest and largest time of a call, after some calls that compile and warm up."""
    import torch

    def wait() -> None:
        if device.startswith("cuda"):
            torch.cuda.synchronize(device)

    for _ in range(5):  # a counter in the state is compiled as a number, then as a variable
        run()
    found = []
    for _ in range(times):
        wait()
        begin = time.perf_counter()
        run()
        wait()
        found.append(time.perf_counter() - begin)
    return statistics.median(found), min(found), max(found)
