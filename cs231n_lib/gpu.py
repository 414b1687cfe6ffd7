"""Your own NumPy update rule on a GPU, unchanged: what the optional cells call.

Without a GPU every cell says so in one line.  With ``device="cpu"`` everything runs on a
CPU: a test of the path, not of speed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata, util
from typing import Any

from cs231n_lib.gpu_compile import Compiled, NotTraceable, Update, compiled
from cs231n_lib.gpu_measure import (
    STEPS,
    TOLERANCE,
    Optimizer,
    Timing,
    bandwidth,
    difference,
    timing,
)
from cs231n_lib.gpu_train import by_torch, pictures, train

__all__ = [
    "CONFIGS", "NO_GPU", "SIZES", "STEPS", "TOLERANCE", "Compiled", "NotTraceable", "Optimizer",
    "Timing",
    "available", "bandwidth", "compiled", "difference", "follow", "theirs", "timing", "try_out",
]  # fmt: skip
NO_GPU = "No CUDA device here: this optional part is skipped; everything else works without."
SIZES = (1 << 20, 1 << 24, 1 << 26)
_ADAM = {"learning_rate": 1e-2, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
CONFIGS: dict[str, dict[str, float]] = {
    "adam": _ADAM,
    "adamw": {**_ADAM, "weight_decay": 1e-2},
    "rmsprop": {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8},
}
Schedule = Callable[[int], float]


def available() -> bool:
    """Whether there is a CUDA device that PyTorch can use."""
    if "torch" not in sys.modules:
        if util.find_spec("torch") is None:
            return False
        if metadata.version("torch").endswith("+cpu"):  # saves seconds of importing
            return False
    import torch

    return bool(torch.cuda.is_available())


def theirs(name: str, fused: bool = False) -> Optimizer:
    """PyTorch's optimizer of the same name with the same configuration.

    Args:
        name: one of the keys of ``CONFIGS``.
        fused: the version that makes one kernel of it; ``rmsprop`` has none.

    Raises:
        KeyError: for another name.
    """
    import torch

    c = CONFIGS[name]
    options: dict[str, Any] = {"lr": c["learning_rate"], "eps": c["epsilon"]}
    if name == "rmsprop":
        return lambda p: torch.optim.RMSprop(p, alpha=c["decay_rate"], **options)
    options |= {"betas": (c["beta1"], c["beta2"]), "fused": fused}
    if name == "adam":
        return lambda p: torch.optim.Adam(p, **options)
    return lambda p: torch.optim.AdamW(p, weight_decay=c["weight_decay"], **options)


def try_out(
    *,
    device: str = "cuda",
    backend: str = "inductor",
    sizes: Sequence[int] = SIZES,
    updates: int = 500,
    **rules: Update,
) -> None:
    """Compare your rules with PyTorch's on a GPU, time both, and train a network with both.

    Prints for each rule the difference after 100 steps in double precision, a table of times
    per step, and the accuracy of both on the test set.  Without a GPU it prints one line;
    a function that is not written yet, or that PyTorch cannot trace, gets one sentence.

    Args:
        rules: your functions by name: ``adam``, ``adamw`` or ``rmsprop``.
    """
    if device.startswith("cuda") and not available():
        print(NO_GPU)
        return
    print(_machine(device))
    for name, update in rules.items():
        try:
            off = difference(update, theirs(name), CONFIGS[name], device=device, backend=backend)
            verdict = "agree" if off <= TOLERANCE else "DO NOT agree"
            print(
                f"\n{name} and torch.optim {verdict}: {off:.1e} apart after {STEPS} steps "
                f"in double precision (tolerance {TOLERANCE:.0e})"
            )
            _table(name, update, device, backend, sizes)
            _race(name, update, device, backend, updates)
        except NotTraceable as error:
            print(f"{name} does not run on the device: {error}.")


def follow(
    schedules: Mapping[str, Schedule],
    update: Update | None = None,
    *,
    device: str = "cuda",
    backend: str = "inductor",
    updates: int = 500,
) -> None:
    """Train a network on a GPU under each of several schedules, and print how it went.

    Args:
        schedules: by name; each goes from the number of updates already made to a rate.
        update: the rule, which finds the rate in ``config["learning_rate"]``; PyTorch's plain
            gradient descent unless given.
        updates: length of each training.
    """
    if device.startswith("cuda") and not available():
        print(NO_GPU)
        return
    print(_machine(device))
    which, data = pictures()
    print(f"{which}, {updates} updates        ms per update   last loss   test accuracy")
    for name, schedule in schedules.items():
        try:
            rule = compiled(update, backend) if update else by_torch(_descent)
            found = train(rule, {}, data, device, updates=updates, schedule=schedule)
        except NotTraceable as error:
            print(f"{name}: the rule does not run on the device: {error}.")
            continue
        except NotImplementedError:
            print(f"{name}: a function is not written yet.")
            continue
        print(
            f"{name:<30} {1e3 * found.seconds:8.3f}   {found.loss:11.4f}   {found.accuracy:12.1%}"
        )


def _descent(parameters: Any) -> Any:
    import torch

    return torch.optim.SGD(parameters, lr=1.0)  # the schedule sets the rate


def _machine(device: str) -> str:
    import torch

    where = torch.cuda.get_device_name(device) if device.startswith("cuda") else "CPU"
    return f"{where}, PyTorch {torch.__version__}"


def _table(name: str, update: Update, device: str, backend: str, sizes: Sequence[int]) -> None:
    """One row per size, in milliseconds per step: the median of several measurements."""
    import torch

    copied = bandwidth(device)
    print(f"copy bandwidth {copied / 1e9:.0f} GB/s; times are ms per step in single precision")
    print("parameters     yours   fused torch   traffic alone   yours/fused   yours/traffic   peak")
    other = None if name == "rmsprop" else theirs(name, fused=True)
    for size in sizes:
        try:
            t = timing(
                update, other, CONFIGS[name],
                size=size, device=device, backend=backend, copied=copied,
            )  # fmt: skip
        except torch.OutOfMemoryError:
            print(f"{size:10d}   does not fit into the memory of this device")
            continue
        ours, fused = t.yours[0], t.fused[0] if t.fused else float("nan")
        print(
            f"{size:10d} {1e3 * ours:9.3f} {1e3 * fused:13.3f} {1e3 * t.traffic:15.3f} "
            f"{ours / fused:13.2f} {ours / t.traffic:15.2f} {t.memory / 1e6:6.0f} MB"
        )


def _race(name: str, update: Update, device: str, backend: str, updates: int) -> None:
    which, data = pictures()
    config = CONFIGS[name]
    print(f"{which}, {updates} updates:")
    for who, step in ((f"your {name}", compiled(update, backend)), ("torch's", None)):
        found = train(step or by_torch(theirs(name)), config, data, device, updates=updates)
        print(
            f"  {who:<13} test accuracy {found.accuracy:6.1%}, last loss {found.loss:.4f}, "
            f"{1e3 * found.seconds:.3f} ms per update"
        )
