"""Names of students: every name that people have is taken, and only what can hurt is refused.

A name is a folder, a row of the gradebook, a word in a table and a text on pages.  All of
them take blanks, apostrophes, commas and every script; a few characters mean something else
to one of them.
"""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 128  # characters that the gradebook keeps
PATTERN = "*?["  # nbgrader looks folders up by patterns
TAGS = "<>"
FIRST = {
    ".": "a hidden folder",
    "~": "somebody's home folder",
    "=": "a formula for a spreadsheet",
}
# they let a name read otherwise than it is written; joiners, which Hindi and Persian need, do not
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def why_not(name: str) -> str:
    """Why ``name`` cannot be a student's, in words that follow "the name"; empty if it can."""
    if name in ("", ".", ".."):
        return "is no name but a place in the file system"
    if len(name) > MAX_LENGTH:
        return f"has {len(name)} characters, and the gradebook takes {MAX_LENGTH}"
    if name != name.strip():
        return "begins or ends with a blank, which nbgrader takes off"
    if name[0] in FIRST:
        return f"begins with {shown(name[0])}, which stands for {FIRST[name[0]]}"
    for character in name:
        if why := _hurts(character):
            return f"has the character {shown(character)}, which {why}"
    return ""


def _hurts(character: str) -> str:
    if character in "/\0":
        return "cannot stand in the name of a folder"
    if character in PATTERN:
        return "nbgrader takes for a pattern of names"
    if character in TAGS:
        return "is a sign of HTML"
    if unicodedata.category(character) == "Cs":
        return "is a byte that is not UTF-8"
    if unicodedata.category(character) in ("Cc", "Zl", "Zp"):
        return "steers the terminal and is no part of a text"
    return "makes the text read otherwise than it is written" if character in TURNING else ""


def shown(character: str) -> str:
    """A character as a person can find it in a name: itself if it can be seen, and its number."""
    number = f"U+{ord(character):04X}"
    return f"{character!r} ({number})" if character.isprintable() else number
