"""Records of measurements on a GPU, ``book/gpu/*.json``, as a page shows them."""

from __future__ import annotations

import json
from pathlib import Path

GPU = Path(__file__).resolve().parents[1] / "gpu"


def shown(folder: Path = GPU) -> str:
    """What the records ``*.json`` in the folder say, as text; one sentence if there is none.

    A record is ``{"ran": {...}, "rows": [{"rule", "size", "yours_s", "fused_s", "traffic_s"}]}``
    with seconds per step; a list of seconds begins with the median, and null means not timed.
    """
    lines = []
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        lines.append(", ".join(f"{key}: {value}" for key, value in record["ran"].items()))
        lines.append("ms per step of    parameters    yours    fused  traffic alone")
        for row in record["rows"]:
            times = (_milliseconds(row[key]) for key in ("yours_s", "fused_s", "traffic_s"))
            lines.append(f"{row['rule']:14s} {row['size']:13,d} " + " ".join(times))
    return "\n".join(lines) or "No measurement on a GPU has been recorded yet."


def _milliseconds(seconds: float | list[float] | None) -> str:
    if seconds is None:
        return "       -"
    return f"{1e3 * (seconds[0] if isinstance(seconds, list) else seconds):8.3f}"
