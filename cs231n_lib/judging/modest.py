"""Whether a result is small enough to be looked at, found without walking through it.

An array of shape (10**15, 0) has no bytes and takes a day to walk through.  So what counts
here is how often a loop could turn: the parts of a tree, and the entries of an array as if no
side were empty.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

MAX_PARTS = 20_000  # lists, dictionaries, arrays, words and numbers of one result
MAX_ENTRIES = 1_000_000  # turns of all loops over its arrays together
MAX_DEPTH = 8
MAX_SIDES = 8  # dimensions of an array
MAX_WORDS = 1_000  # characters of one word


def modest(tree: Any) -> bool:
    """Whether ``tree`` holds plain data only, within all of the limits above.

    The time this takes is bounded as well: it stops at the first limit that is passed.
    """
    parts, entries = 0, 0
    waiting: list[tuple[Any, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        parts += 1
        if isinstance(node, np.ndarray):
            entries += turns(node) if node.ndim <= MAX_SIDES else MAX_ENTRIES + 1
        elif isinstance(node, dict | list):
            inner = list(node.values()) if isinstance(node, dict) else node
            if depth == MAX_DEPTH or parts + len(waiting) + len(inner) > MAX_PARTS:
                return False
            waiting += [(part, depth + 1) for part in inner]
        elif isinstance(node, str):
            entries += len(node) if len(node) <= MAX_WORDS else MAX_ENTRIES + 1
        elif not (node is None or isinstance(node, bool | int | float)):
            return False
        if parts > MAX_PARTS or entries > MAX_ENTRIES:
            return False
    return True


def turns(array: np.ndarray) -> int:
    """How often nested loops over all sides turn: the size, were no side empty."""
    return math.prod(max(side, 1) for side in array.shape)
