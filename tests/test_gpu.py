"""The path by which a NumPy rule reaches a GPU, walked on the CPU."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging import reference
from cs231n_lib import gpu, gpu_train, gpu_trouble

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


# --- what the notebooks call ----------------------------------------------------------


descent = reference.answers()["sgd"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_one_line_is_all(capsys: Any) -> None:
    gpu.try_out(adam=not_written, adamw=not_written)
    gpu.follow({"none": not_written}, not_written)
    assert capsys.readouterr().out == f"{gpu.NO_GPU}\n{gpu.NO_GPU}\n"


@pytest.mark.parametrize("installed", [None, "2.13.0+cpu"])
def test_without_cuda_torch_is_not_even_imported(installed: str | None, monkeypatch: Any) -> None:
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setattr(gpu.util, "find_spec", lambda _: installed)
    monkeypatch.setattr(metadata, "version", lambda _: installed)
    assert not gpu.available()
    assert "torch" not in sys.modules


def test_importing_the_bridge_imports_no_torch() -> None:
    program = "import sys; from cs231n_lib import gpu; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "False\n"


def test_trying_out_says_all_it_measured(capsys: Any) -> None:
    answer = reference.answers()["adam"]
    gpu.try_out(adam=answer, device="cpu", backend=BACKEND, sizes=(1000, 2000), updates=150)
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert "adam and torch.optim agree" in lines[1] and "tolerance 1e-10" in lines[1]
    assert [line.split()[0] for line in lines[4:6]] == ["1000", "2000"]
    assert lines[6] == "digits, 150 updates:"
    yours, torchs = (float(line.split("accuracy")[1].split("%")[0]) for line in lines[7:9])
    assert yours > 85
    assert yours == pytest.approx(torchs, abs=1)


def test_another_rule_is_told(capsys: Any) -> None:
    """The right steps for nine tenths of the rate."""

    def slow(w: Any, dw: Any, config: Any = None) -> Any:
        config = dict(config or {}) | {"learning_rate": 0.009}
        return reference.answers()["adam"](w, dw, config)

    gpu.try_out(adam=slow, device="cpu", backend=BACKEND, sizes=(), updates=1)
    assert "adam and torch.optim DO NOT agree" in capsys.readouterr().out


def test_a_schedule_drives_the_training(capsys: Any) -> None:
    asked: list[int] = []

    def warm(step: int) -> float:
        asked.append(step)
        answers = reference.answers()
        return answers["linear_warmup"](step, 15, lambda t: answers["cosine_decay"](t, 0.5, 135))

    def stub(step: int) -> float:
        raise NotImplementedError

    schedules = {"rising and falling": warm, "none": lambda _: 0.0, "stub": stub}
    gpu.follow(schedules, descent, device="cpu", backend=BACKEND, updates=150)
    lines = capsys.readouterr().out.splitlines()
    assert asked == list(range(150))
    good, none = (float(line.split()[-1].rstrip("%")) for line in lines[2:4])
    assert good > 90 and none < 30
    assert lines[4] == "stub: a function is not written yet."


def test_without_a_rule_the_schedule_drives_torchs_own_descent(capsys: Any) -> None:
    schedules = {"some": lambda _: 0.3, "none": lambda _: 0.0}
    gpu.follow(schedules, device="cpu", backend=BACKEND, updates=150)
    torchs = capsys.readouterr().out.splitlines()[2:]
    gpu.follow(schedules, descent, device="cpu", backend=BACKEND, updates=150)
    ours = capsys.readouterr().out.splitlines()[2:]
    for a, b in zip(torchs, ours, strict=True):  # the times differ
        assert a.split()[0] == b.split()[0] and a.split()[-2:] == b.split()[-2:]
    good, none = (float(line.split()[-1].rstrip("%")) for line in torchs)
    assert good > 90 and none < 30


def test_a_schedule_is_compiled_once_or_twice() -> None:
    rule = gpu.compiled(descent, BACKEND)
    data = gpu_train.pictures("no such folder")[1]
    gpu_train.train(rule, {}, data, "cpu", updates=20, schedule=lambda t: 0.1 / (t + 1))
    assert rule.compilations == 2


def test_colour_pictures_get_the_convolutional_network() -> None:
    """Two classes that differ in colour alone are told apart after a few updates."""
    y = np.arange(40) % 2
    X = np.zeros((40, 3, 32, 32), np.float32)
    X[np.arange(40), y] = 1
    rule = gpu.compiled(descent, BACKEND)
    found = gpu_train.train(
        rule, {}, (X, y, X, y), "cpu", updates=12, batch=8, schedule=lambda _: 0.05
    )
    assert found.accuracy == 1


# --- the record -----------------------------------------------------------------------


@pytest.fixture
def benchmark() -> ModuleType:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import gpu_optimizers
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
    return gpu_optimizers


def test_the_benchmark_writes_its_record(benchmark: ModuleType, tmp_path: Path) -> None:
    out = tmp_path / "new" / "record.json"
    given = ["--device", "cpu", "--out", str(out), "--backend", BACKEND, "--sizes", "500"]
    assert benchmark.main(given) == 0
    found = json.loads(out.read_text("utf-8"))
    assert set(found["ran"]) == {"date", "device", "torch", "cuda", "driver", "python", "numpy"}
    assert found["ran"]["torch"] == torch.__version__
    assert [(row["rule"], row["size"]) for row in found["rows"]] == [("adam", 500), ("adamw", 500)]
    for row in found["rows"]:
        assert 0 < row["yours_min_s"] <= row["yours_s"] <= row["yours_max_s"]
        assert row["fused_s"] > 0
        assert row["traffic_s"] == pytest.approx(7 * 4 * 500 / row["copy_bytes_per_s"])
        assert row["difference_100_steps"] < gpu.TOLERANCE


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_the_benchmark_refuses_what_is_no_record(benchmark: ModuleType, capsys: Any) -> None:
    assert benchmark.main([]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert benchmark.main(["--device", "cpu"]) == 1
    assert "--out" in capsys.readouterr().err
