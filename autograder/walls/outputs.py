"""Outputs of a student's cells, reduced to plain text and bitmaps, and counted in every part."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

# escape sequences of terminals: colours, titles, cursor movements
ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
TEXT, PICTURES = "text/plain", ("image/png", "image/jpeg")
NOT_SHOWN = "[an output of a kind that is not shown here]"
CUT = "\n[output cut here: too long]\n"
COST = 50  # characters that an output counts for beside its content
PICTURE_SHARE = 10  # pictures count for a tenth, being shown and not read
LARGEST = 4 << 20  # characters of one part that are looked at at all
NAME, VALUE, LINE, LINES = 200, 2000, 2000, 40


def plain(text: Any, limit: int = LARGEST) -> str:
    """Text without control characters (terminal escapes) and halves of surrogate pairs."""
    found = ESCAPES.sub("", str(text)[:limit]).encode("utf-8", "replace").decode("utf-8")
    return "".join(ch for ch in found if ch in "\n\t" or ch.isprintable())


def shown(kind: str, content: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of a kernel's message may be shown, as plain data; None for what is no output.

    Args:
        kind: the message's type, or the type of a stored output.
        content: anything; what has not the form of an output is left out.
    """
    if kind == "stream":
        text = content.get("text")
        return {"kind": kind, "text": plain(text)} if isinstance(text, str) else None
    if kind in ("display_data", "execute_result"):
        data = content.get("data")
        if not isinstance(data, dict):
            return None
        parts = {k: s for k in (TEXT, *PICTURES) if (s := _part(k, data.get(k))) is not None}
        return {"kind": "display_data", "data": parts or {TEXT: NOT_SHOWN}}
    if kind == "error":
        lines = content.get("traceback")
        lines = lines if isinstance(lines, list) else []
        return {
            "kind": kind,
            "name": plain(_text(content.get("ename")), NAME),
            "value": plain(_text(content.get("evalue")), VALUE),
            "lines": [plain(_text(line), LINE) for line in lines[:LINES]],
        }
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _part(kind: str, value: Any) -> str | None:
    """One form of an output, or None for a picture or text that is none."""
    if not isinstance(value, str) or len(value) > LARGEST:
        return None
    if kind == TEXT:
        return plain(value)
    return value if BASE64.fullmatch(value) else None


def size(output: Mapping[str, Any]) -> int:
    """Characters that an output counts for."""
    total = COST + len(output.get("text", "")) + len(output.get("name", ""))
    total += len(output.get("value", "")) + sum(map(len, output.get("lines", ())))
    for kind, value in output.get("data", {}).items():
        total += len(value) // (PICTURE_SHARE if kind in PICTURES else 1)
    return total


@dataclass
class Outputs:
    """The outputs of one cell, as many as there is room for.

    Attributes:
        kept: characters kept of this cell.
        room: characters left for the whole notebook.
        took: what the kept outputs count for.
    """

    kept: int
    room: int
    took: int = 0
    cells: list[dict[str, Any]] = field(default_factory=list)
    full: bool = False

    def add(self, output: dict[str, Any]) -> None:
        """Keep an output, or say once that there is no room for it."""
        cost = size(output)
        if self.full or self.took + cost > min(self.kept, self.room):
            if not self.full:
                self.cells.append({"kind": "stream", "text": CUT})
            self.full = True
            return
        self.took += cost
        last = self.cells[-1] if self.cells else None
        if last is not None and last["kind"] == output["kind"] == "stream":
            last["text"] += output["text"]
        else:
            self.cells.append(output)


def nodes(told: Any, limit: int) -> list[NotebookNode]:
    """Outputs for a notebook, from what came back from behind the wall; checked once more.

    Args:
        told: what should be ``Outputs.cells``.
        limit: characters that they may count for together.

    Raises:
        ValueError: when it is anything else.
    """
    if not isinstance(told, list) or len(json.dumps(told)) > limit:
        raise ValueError("outputs of another form than agreed")
    return [_node(output) for output in told]


def _node(output: Any) -> NotebookNode:
    form: dict[str, type] = {"stream": str, "display_data": dict, "error": list}
    kind = output.get("kind") if isinstance(output, dict) else None
    part = {"stream": "text", "display_data": "data", "error": "lines"}.get(str(kind), "")
    if kind not in form or not isinstance(output.get(part), form[kind]):
        raise ValueError("an output of another form than agreed")
    if kind == "stream":
        return new_output("stream", name="stdout", text=output["text"])
    if kind == "display_data":
        data = {k: v for k, v in output["data"].items() if k in (TEXT, *PICTURES)}
        if not all(isinstance(v, str) for v in data.values()):
            raise ValueError("an output of another form than agreed")
        return new_output("display_data", data=data)
    lines = [str(line) for line in output["lines"]]
    return new_output(
        "error", ename=str(output["name"]), evalue=str(output["value"]), traceback=lines
    )


def safe(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Stored outputs, reduced in the same way."""
    found = [shown(str(o.get("output_type")), o) for o in outputs if isinstance(o, dict)]
    return [_node(output) for output in found if output is not None]
