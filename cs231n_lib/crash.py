"""Which exceptions are alike, whoever's code raises them.

Two programs that make one mistake stop with exceptions that say the same in other words:
``@`` and ``np.dot`` complain of the same two lengths, and a config that is None has neither
keys nor methods.  A :func:`signature` is what such exceptions have in common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cs231n_lib.exercises.declare import Case

LINE = re.compile(r" \(line \d+ of its cell.*", re.DOTALL)
SHAPE = re.compile(r"\(\d+(?:, ?\d+)*,?\)")
# what `@` says of its two lengths, and what `np.dot` says
LENGTHS = (
    re.compile(r"\(size (\d+) is different from (\d+)\)"),
    re.compile(r"not aligned: (\d+) \(dim \d+\) != (\d+) \(dim \d+\)"),
)


def signature(problem: Mapping[str, str] | None) -> str:
    """What an exception has in common with those of the same origin; empty without one."""
    if not problem or problem.get("kind") != "error":
        return ""
    words = LINE.sub("", problem.get("text", ""))
    kind, _, said = words.partition(": ")
    if "'NoneType' object" in said or (kind == "TypeError" and "NoneType" in said):
        return "None is used as a value"
    for pattern in LENGTHS:
        if found := pattern.search(said):
            return f"lengths {' '.join(sorted(found.groups()))}"
    shapes = [s.replace(" ", "") for s in SHAPE.findall(said)]
    return f"{kind} {' '.join(sorted(shapes)) if shapes else said}"


def told_by_crashes(
    cases: Sequence[Case], observations: Sequence[Mapping[str, Any]], wrong: set[int]
) -> list[str]:
    """What the cases in which a function raises have in common, where that tells why.

    Only for a function whose failing cases all raise the same.
    """
    if not wrong:
        return []
    found = {signature(observations[i].get("problem")) for i in wrong}
    configs = [case.args.get("config", 0) for case in cases]
    without = {i for i, config in enumerate(configs) if config is None}
    if found == {"None is used as a value"} and without == wrong:
        return ["It raises in every case without a config: what should None stand for?"]
    said = {s.removeprefix("KeyError ") for s in found if s.startswith("KeyError ")}
    if len(said) == len(found) == 1:
        key = said.pop().strip("'")
        missing = {i for i, c in enumerate(configs) if c is None or (c != 0 and key not in c)}
        if missing == wrong:
            return [
                f"It raises in every case whose config has no '{key}': which value should it have "
                "then?"
            ]
    return []
