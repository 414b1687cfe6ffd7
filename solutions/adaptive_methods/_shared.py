"""Names and hints that mistakes of several exercises of this chapter share."""

from __future__ import annotations

INSIDE = (
    "epsilon inside the root",
    "Give epsilon the value 1 and the accumulated squares the value 0: the divisor should be "
    "1. Then the squares 1: what should the divisor be?",
)


FIXED = (
    "epsilon fixed instead of read from the config",
    "Set 'epsilon' to 10 in the config: does your step shrink?",
)


NO_ROOT = (
    "no square root",
    "Multiply all gradients by 10: the step should stay as it is. By what does yours change?",
)


NOT_STORED = "Step twice with the same gradient. Which entries of the returned config changed?"


ADVANCE = "Print config['t'] before and after two steps, and the t that enters your corrections."


FIRST = (
    "t counted from 1 and advanced first",
    "From rest, which t enters the corrections of your very first step? A start at 1 and an "
    "advance before the step are one step too many.",
)


LATER = (
    "t counted from 1 and advanced after it was used",
    "From rest all is well. Give a config with 't': 5, for five steps taken: which t should the "
    "next corrections see?",
)


STANDING = ("t counted from 1 and never advanced", ADVANCE)
