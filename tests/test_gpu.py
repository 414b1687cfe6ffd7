"""The path by which a NumPy rule reaches a GPU, walked on the CPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograder import reference
from cs231n_lib import gpu

BACKEND = "aot_eager"  # traces and differentiates like the real one, needs no C++ compiler


@pytest.fixture(autouse=True)
def quiet(recwarn: pytest.WarningsRecorder) -> None:
    """PyTorch's compiler warns of its own parts."""


def counting(w: Any, dw: Any, config: Any = None) -> Any:
    """A rule with a step count, as Adam has: t = 1 in the first step."""
    config = dict(config or {})
    config["t"] = config.get("t", 0) + 1
    return w - dw * (1 - 0.9 ** config["t"]), config


def test_momentum_agrees_with_torch_over_a_hundred_steps() -> None:
    found = gpu.difference(
        reference.answers()["sgd_momentum_torch"],
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8),
        {"learning_rate": 0.02, "momentum": 0.8},
        backend=BACKEND,
    )
    assert found < gpu.TOLERANCE


def test_another_rule_does_not_agree() -> None:
    found = gpu.difference(
        reference.answers()["sgd_momentum_torch"],
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8, nesterov=True),
        {"learning_rate": 0.02, "momentum": 0.8},
        backend=BACKEND,
    )
    assert found > 1e-3


def test_step_count_is_not_compiled_into_the_code() -> None:
    """Ten steps by hand; at most three versions are compiled: no state, t = 1, any t."""
    torch._dynamo.utils.counters.clear()
    rule, w = gpu.compiled(counting, BACKEND), torch.zeros(3, dtype=torch.float64)
    config: dict[str, Any] = {}
    for _ in range(10):
        w, config = rule(w, torch.ones(3, dtype=torch.float64), config)
    by_hand = -sum(1 - 0.9**t for t in range(1, 11))
    assert w.tolist() == pytest.approx([by_hand] * 3, rel=1e-14)
    assert int(config["t"]) == 10
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] <= 3


def test_single_precision_stays_single() -> None:
    """Though the power of a whole number is computed in double precision."""
    w, config = gpu.compiled(counting, BACKEND)(torch.zeros(4), torch.ones(4), {"t": 3})
    assert w.dtype == torch.float32
    assert w.tolist() == pytest.approx([-(1 - 0.9**4)] * 4, rel=1e-6)
    assert int(config["t"]) == 4


def not_written(w: Any, dw: Any, config: Any = None) -> Any:
    raise NotImplementedError


def no_result(w: Any, dw: Any, config: Any = None) -> Any:
    np.abs(w)


@pytest.mark.parametrize(
    "rule, sentence",
    [(not_written, "not written yet"), (no_result, r"must return \(next_w, config\)")],
)
def test_what_cannot_run_is_said_in_a_sentence(rule: Any, sentence: str) -> None:
    with pytest.raises(gpu.NotTraceable, match=sentence):
        gpu.compiled(rule, BACKEND)(torch.zeros(2), torch.zeros(2), {})


def test_traffic_counts_every_array_once_in_and_once_out() -> None:
    """Momentum reads w, dw, v and writes w, v: 5 arrays of 4 bytes at 1000 bytes a second."""
    found = gpu.timing(
        reference.answers()["sgd_momentum_torch"],
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        size=100,
        device="cpu",
        backend=BACKEND,
        copied=1000.0,
    )
    assert found.traffic == pytest.approx(5 * 4 * 100 / 1000)
    assert found.fused is not None
    for middle, low, high in (found.yours, found.fused):
        assert 0 < low <= middle <= high


def test_bandwidth_is_bytes_read_and_written_per_second() -> None:
    assert gpu.bandwidth("cpu", 1 << 16) > 1e6
