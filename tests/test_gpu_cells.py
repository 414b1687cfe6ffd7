"""What the optional cells call: try_out, follow, and the record that the book shows."""

from __future__ import annotations

import json
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
from cs231n_lib import gpu, gpu_train
from tests.test_gpu import BACKEND, ROOT, not_written, quiet

__all__ = ["quiet"]  # a fixture that every test here uses as well


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
