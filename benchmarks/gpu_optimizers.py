"""Adam and AdamW, the NumPy answers compiled, on a GPU: the record that the book shows.

Run it on a machine with a CUDA device and an instructors' copy of the repository::

    python benchmarks/gpu_optimizers.py

It writes ``book/gpu/optimizers.json``: device, versions and date, and for each rule and size
the seconds per step (median of 20 measurements, smallest, largest) of the answer and of
PyTorch's fused optimizer, the seconds that the memory traffic alone takes at the measured
copy bandwidth, and the difference after 100 steps in double precision.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
RULES = ("adam", "adamw")
OUT = ROOT / "book" / "gpu" / "optimizers.json"


def driver() -> str | None:
    """Version of the graphics driver, or None where its own tool does not say."""
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.splitlines()[0].strip()


def ran(device: str) -> dict[str, Any]:
    """Where and when: date, device and versions."""
    import numpy
    import torch

    on_gpu = device.startswith("cuda")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "device": torch.cuda.get_device_name(device) if on_gpu else "CPU",
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "driver": driver() if on_gpu else None,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
    }


def row(rule: str, size: int, device: str, backend: str, apart: float) -> dict[str, Any]:
    """One rule at one size, in seconds per step."""
    from autograder.judging import reference
    from cs231n_lib import gpu

    answer, config = reference.answers()[rule], gpu.CONFIGS[rule]
    found = gpu.timing(
        answer, gpu.theirs(rule, fused=True), config, size=size, device=device, backend=backend
    )
    return {
        "rule": rule,
        "size": size,
        "yours_s": found.yours[0],
        "yours_min_s": found.yours[1],
        "yours_max_s": found.yours[2],
        "fused_s": found.fused[0] if found.fused else None,
        "traffic_s": found.traffic,
        "copy_bytes_per_s": found.copied,
        "peak_bytes": found.memory,
        "difference_100_steps": apart,
    }


def main(arguments: list[str] | None = None) -> int:
    from autograder.judging import reference
    from cs231n_lib import gpu

    parser = argparse.ArgumentParser(description="Measure Adam and AdamW on a GPU.")
    parser.add_argument("--device", default="cuda", help="cpu only tests the program")
    parser.add_argument("--out", type=Path, help=f"default: {OUT.relative_to(ROOT)}")
    parser.add_argument("--backend", default="inductor", help="of torch.compile")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(gpu.SIZES))
    given = parser.parse_args(arguments)
    on_gpu = given.device.startswith("cuda")
    if on_gpu and not gpu.available():
        print("There is no CUDA device here, so nothing was measured.", file=sys.stderr)
        return 1
    if not on_gpu and given.out is None:
        print("Times of a CPU are no record: say where to put them with --out.", file=sys.stderr)
        return 1
    rows = []
    for rule in RULES:
        answer, config = reference.answers()[rule], gpu.CONFIGS[rule]
        apart = gpu.difference(
            answer, gpu.theirs(rule), config, device=given.device, backend=given.backend
        )
        for size in given.sizes:
            rows.append(row(rule, size, given.device, given.backend, apart))
            print(json.dumps(rows[-1]))
    out = given.out or OUT
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"ran": ran(given.device), "rows": rows}, indent=2) + "\n", "utf-8")
    print(f"wrote {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
