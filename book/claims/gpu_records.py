"""Records of measurements on a GPU, ``book/gpu/*.json``, as a page shows them."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

WIDTH = 72  # characters that a page shows without scrolling
GPU = Path(__file__).resolve().parents[1] / "gpu"


def shown(folder: Path = GPU) -> str:
    """What the records ``*.json`` in the folder say, as text; nothing if there is none.

    A record is what ``benchmarks/gpu_optimizers.py`` writes: ``{"ran": {...}, "rows": [...]}``
    with seconds per step, the median and the two ends of the measurements; null is not timed.
    """
    lines = []
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        ran = ", ".join(f"{key}: {value}" for key, value in record["ran"].items())
        lines += [*textwrap.wrap(ran, WIDTH), ""]
        lines.append(
            "ms per step    parameters    yours (smallest, largest)    fused  traffic alone"
        )
        for row in record["rows"]:
            yours, least, most, fused, traffic = (
                _milliseconds(row.get(key))
                for key in ("yours_s", "yours_min_s", "yours_max_s", "fused_s", "traffic_s")
            )
            lines.append(
                f"{row['rule']:12s} {row['size']:12,d} {yours} ({least.strip():>8}, "
                f"{most.strip():>8}) {fused} {traffic}"
            )
    return "\n".join(lines)


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return "       -"
    return f"{1e3 * seconds:8.3f}"
