"""The path by which a NumPy rule reaches a GPU, walked on the CPU."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging import reference
from cs231n_lib import gpu, gpu_trouble

BACKEND = "aot_eager"  # traces like the real one, needs no C++ compiler
ROOT = Path(__file__).resolve().parents[1]


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


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop"])
def test_the_answer_agrees_with_torch_over_a_hundred_steps(name: str) -> None:
    answer, config = reference.answers()[name], gpu.CONFIGS[name]
    assert gpu.difference(answer, gpu.theirs(name), config, backend=BACKEND) < gpu.TOLERANCE


PUBLISHED = [
    v for name in gpu.CONFIGS for v in reference.solution(name).styles if "CS231n" in v.style
]


@pytest.mark.parametrize("variant", PUBLISHED, ids=lambda v: f"{v.exercise}: {v.style}")
def test_published_forms_that_write_in_place_run_unchanged(variant: Any) -> None:
    name = variant.exercise
    optimizer, config = gpu.theirs(name), gpu.CONFIGS[name]
    assert gpu.difference(variant.function, optimizer, config, backend=BACKEND) < gpu.TOLERANCE


def test_there_are_published_forms_of_both_kinds() -> None:
    assert {v.exercise for v in PUBLISHED} == {"adam", "rmsprop"}
    assert any("in place" in v.style for v in PUBLISHED)


def test_step_count_is_not_compiled_into_the_code() -> None:
    """Ten steps by hand; two versions are compiled: without state, and with any t."""
    rule, w = gpu.compiled(counting, BACKEND), torch.zeros(3, dtype=torch.float64)
    config: dict[str, Any] = {}
    for _ in range(10):
        w, config = rule(w, torch.ones(3, dtype=torch.float64), config)
    by_hand = -sum(1 - 0.9**t for t in range(1, 11))
    assert w.tolist() == pytest.approx([by_hand] * 3, rel=1e-14)
    assert config == {"t": 10} and type(config["t"]) is int
    assert rule.compilations == 2


@pytest.mark.parametrize("kind", [float, np.float64])
def test_a_rate_that_changes_is_not_compiled_into_the_code(kind: type[float]) -> None:
    rule, w, config = gpu.compiled(reference.answers()["adam"], BACKEND), torch.zeros(3), {}
    by_hand, held = np.zeros(3), {}
    for step in range(12):
        config["learning_rate"] = held["learning_rate"] = kind(0.1 / (step + 1))
        w, config = rule(w, torch.ones(3), config)
        by_hand, held = reference.answers()["adam"](by_hand, np.ones(3), held)
        assert config["learning_rate"] == held["learning_rate"]
    assert rule.compilations == 2
    assert w.tolist() == pytest.approx(by_hand.tolist(), rel=1e-5)


def test_a_rate_that_stays_is_a_constant_of_the_code() -> None:
    rule, w, config = gpu.compiled(reference.answers()["rmsprop"], BACKEND), torch.zeros(3), {}
    for _ in range(5):
        w, config = rule(w, torch.ones(3), {**config, "learning_rate": 0.5})
    assert rule.compilations == 2


def seen_types(w: Any, dw: Any, config: Any = None) -> Any:
    """A rule in which a number computed from t meets an array, and the result is kept."""
    config = dict(config or {})
    t = config.get("t", 0) + 1
    return w - dw, {"t": t, "kept": dw / (1 - 0.9**t), "number": 1 - 0.9**t}


def test_a_number_takes_the_precision_of_the_array_it_meets() -> None:
    """As in NumPy; but by itself it is computed in double precision."""
    rule = gpu.compiled(seen_types, BACKEND)
    for dtype in (torch.float32, torch.float64):
        _, config = rule(torch.zeros(4, dtype=dtype), torch.ones(4, dtype=dtype), {"t": 3})
        assert config["kept"].dtype == dtype
        assert config["number"] == 1 - 0.9**4
        assert config["kept"].tolist() == pytest.approx([1 / (1 - 0.9**4)] * 4, rel=1e-6)


@pytest.mark.skipif(not shutil.which("g++"), reason="PyTorch's CPU code needs a C++ compiler")
def test_a_step_is_one_kernel_without_double_precision() -> None:
    from torch._functorch import config as other_cache
    from torch._inductor import config as cache
    from torch._inductor import metrics
    from torch._inductor.utils import run_and_get_code

    rule, w, dw = gpu.compiled(reference.answers()["adamw"]), torch.zeros(64), torch.ones(64)
    state = {"m": torch.zeros(64), "v": torch.zeros(64), "t": 1}
    with cache.patch(fx_graph_cache=False), other_cache.patch(enable_autograd_cache=False):
        metrics.reset()
        _, (code,) = run_and_get_code(rule, w, dw, state)
    assert metrics.generated_kernel_count == 1
    inside = code[code.index('extern "C"') : code.index("async_compile.wait")]
    assert "std::pow" not in inside  # 1 - beta**t comes in as a number
    assert "VectorizedN<double" not in inside


def not_written(w: Any, dw: Any, config: Any = None) -> Any:
    raise NotImplementedError


def no_result(w: Any, dw: Any, config: Any = None) -> Any:
    np.abs(w)


def other_shape(w: Any, dw: Any, config: Any = None) -> Any:
    return np.sum(w - dw), {}


def misspelt(w: Any, dw: Any, config: Any = None) -> Any:
    return w - undefined_name * dw, {}  # noqa: F821


@pytest.mark.parametrize(
    "rule, sentence",
    [
        (not_written, "not written yet"),
        (no_result, r"must return \(next_w, config\)"),
        (other_shape, "shape of w"),
        (misspelt, "undefined_name"),
    ],
)
def test_what_cannot_run_is_said_in_a_sentence(rule: Any, sentence: str, capsys: Any) -> None:
    with pytest.raises(gpu.NotTraceable, match=sentence):
        gpu.compiled(rule, BACKEND)(torch.zeros(2), torch.zeros(2), {})
    gpu.try_out(adam=rule, device="cpu", backend=BACKEND)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("CPU, PyTorch") and len(rest) == 1
    assert rest[0].startswith("adam does not run on the device: ")


# --- on a device of its own: "meta" computes nothing, but refuses to mix memories as a GPU does


def main_memory(w: Any, dw: Any, config: Any = None) -> Any:
    cache = (config or {}).get("cache", np.zeros(w.shape)) + dw**2
    return w - dw / (np.sqrt(cache) + 1e-8), {"cache": cache}


def noise(w: Any, dw: Any, config: Any = None) -> Any:
    return w - dw * np.ones(len(w)), {}


def only_its_own(w: Any, dw: Any, config: Any = None) -> Any:
    return np.zeros(w.shape), {}


def by_math(w: Any, dw: Any, config: Any = None) -> Any:
    t = (config or {}).get("t", 0) + 1
    return w - dw / math.sqrt(t), {"t": t}


def branches(w: Any, dw: Any, config: Any = None) -> Any:
    return w - (dw / 2 if np.abs(dw).max() > 2 else dw), {}


def one_by_one(w: Any, dw: Any, config: Any = None) -> Any:
    return np.array([float(a) - float(b) for a, b in zip(w, dw, strict=True)]), {}


def two_steps(rule: Any, device: str) -> None:
    step, w, config = gpu.compiled(rule, BACKEND), torch.ones(2, device=device), {}
    for _ in range(2):
        w, config = step(w, torch.ones(2, device=device), config)


@pytest.mark.parametrize(
    "rule, why",
    [
        (main_memory, gpu_trouble.APART),
        (noise, gpu_trouble.APART),
        (only_its_own, gpu_trouble.APART),
        (by_math, gpu_trouble.LEFT),
        (branches, gpu_trouble.LEFT),
        (one_by_one, gpu_trouble.LEFT),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_what_leaves_the_device_is_told_with_what_to_write_instead(rule: Any, why: str) -> None:
    with pytest.raises(gpu.NotTraceable) as found:
        two_steps(rule, "meta")
    assert str(found.value) == why


@pytest.mark.parametrize("rule", [main_memory, by_math], ids=lambda rule: rule.__name__)
def test_in_main_memory_they_run(rule: Any) -> None:
    two_steps(rule, "cpu")


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop", "sgd_momentum_torch"])
def test_the_answers_stay_on_the_device(name: str) -> None:
    two_steps(reference.answers()[name], "meta")


@pytest.mark.parametrize(
    "text, why",
    [
        # As PyTorch 2.11 said it on an H100.
        (
            "RuntimeError when making fake tensor call\n got RuntimeError('Unhandled FakeTensor "
            "Device Propagation for aten.add.Tensor, found two different devices cpu, cuda:0')",
            gpu_trouble.APART,
        ),
        ("Expected all tensors to be on the same device, but found cuda:0", gpu_trouble.APART),
        ("\n  Unsupported: generators\n more", "the function fails on tensors: RuntimeError: "
         "Unsupported: generators"),
    ],
)  # fmt: skip
def test_errors_of_a_gpu_become_sentences(text: str, why: str) -> None:
    assert gpu_trouble.sentence(noise, RuntimeError(text)) == why


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
    assert found.fused is not None and found.memory == 0
    for middle, low, high in (found.yours, found.fused):
        assert 0 < low <= middle <= high


def test_bandwidth_is_bytes_read_and_written_per_second() -> None:
    assert gpu.bandwidth("cpu", 1 << 16) > 1e6
