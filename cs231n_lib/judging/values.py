"""Arguments and results as short texts."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from cs231n_lib.wire import Function, Rng

WIDTH = 88  # characters: what a terminal and a notebook show without a break


def value(v: Any, limit: int = 8) -> str:
    """A short text of an input or output: small arrays whole, large ones by their shape."""
    if isinstance(v, np.ndarray):
        if v.ndim == 0:
            return f"{v.item():.6g}" if v.dtype.kind == "f" else str(v.item())
        flat = np.array2string(
            v,
            threshold=limit,
            edgeitems=2,
            separator=", ",
            formatter={"float_kind": _short},  # type: ignore[arg-type]
        )
        text = " ".join(flat.split())
        return text if v.size <= limit else f"{text}  shape {v.shape}"
    if isinstance(v, Function):
        inside = ", ".join(f"{k}={value(p)}" for k, p in v.params.items())
        return f"{v.name}({inside})"
    if isinstance(v, Rng):
        return f"np.random.default_rng({v.seed})"
    if isinstance(v, dict):
        return "{" + ", ".join(f"{k!r}: {value(x)}" for k, x in v.items()) + "}"
    if isinstance(v, list):
        shown = ", ".join(value(x) for x in v[:3])
        return f"[{shown}{', ...' if len(v) > 3 else ''}]"
    if isinstance(v, float):
        return f"{v:.6g}"
    return repr(v)


def _short(number: float) -> str:
    return f"{number:.5g}"


def broken(lead: str, words: str) -> list[str]:
    """``lead`` and ``words``, in lines that break between numbers and never inside one."""
    inside = " " * len(lead)
    return textwrap.wrap(
        words, WIDTH, initial_indent=lead, subsequent_indent=inside, break_long_words=False,
        break_on_hyphens=False,
    ) or [lead]  # fmt: skip
