"""Which exceptions are alike, whoever's code raises them.

Two programs that make one mistake stop with exceptions that say the same in other words:
``@`` and ``np.dot`` complain of the same two lengths, and a config that is None has neither
keys nor methods.  A :func:`signature` is what such exceptions have in common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cs231n_lib.exercise.declare import Case

LINE = re.compile(r" \(line \d+ of its cell.*", re.DOTALL)
NONE = "None is used as a value"
KEY = re.compile(r"\w{1,30}")
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
        return NONE
    for pattern in LENGTHS:
        if found := pattern.search(said):
            return f"lengths {' '.join(sorted(found.groups()))}"
    shapes = [s.replace(" ", "") for s in SHAPE.findall(said)]
    return f"{kind} {' '.join(sorted(shapes)) if shapes else said}"


def keys_of(case: Case) -> set[str] | None:
    """The keys of the config that a case's first step gets; None if it gets no config."""
    config = case.args.get("config")
    if "rates" in case.args:
        config = dict(config or {}, learning_rate=None)
    return set(config) if isinstance(config, dict) else None


def told_by_crashes(
    cases: Sequence[Case], observations: Sequence[Mapping[str, Any]], wrong: set[int]
) -> list[str]:
    """What the cases in which a function raises have in common, where that tells why.

    Only for a function whose failing cases all raise the same.
    """
    if not wrong:
        return []
    found = {signature(observations[i].get("problem")) for i in wrong}
    configs = [keys_of(case) for case in cases]
    without = {i for i, c in enumerate(configs) if c is None}
    if found == {NONE} and without == wrong and "config" in cases[0].args:
        return ["It raises in every case without a config: what should None stand for?"]
    keys = [s.removeprefix("KeyError ").strip("'") for s in found - {NONE}]
    if len(keys) != 1 or not KEY.fullmatch(keys[0]) or f"KeyError '{keys[0]}'" not in found:
        return []  # a student's own words are never told as ours
    missing = {i for i, c in enumerate(configs) if c is None or keys[0] not in c}
    if missing != wrong:
        return []
    return [f"It raises in every case that leaves out '{keys[0]}': which value has it then?"]
