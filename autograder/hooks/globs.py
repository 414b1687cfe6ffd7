"""nbgrader looks for files by patterns, and a course folder called ``[2026]`` is none.

Every path that nbgrader searches begins with folders whose names are known; where one of
them holds a bracket it is a name all the same.
"""

from __future__ import annotations

import glob as standard
import importlib
import os
from typing import Any

SEARCHING = (
    "converters.base",
    "apps.api",
    "utils",
    "exchange.default.collect",
    "exchange.default.exchange",
    "exchange.default.fetch_feedback",
    "exchange.default.list",
    "exchange.default.release_feedback",
)


def literal(pattern: str) -> str:
    """A pattern in which the folders that are there stand for themselves.

    Only names with a bracket: a folder called ``*`` must not hide all the others.
    """
    plain, parts = "", list[str]()
    for part in pattern.split(os.sep):
        plain += part + os.sep
        named = "[" in part and not set(part) & set("*?") and os.path.lexists(plain[:-1])
        parts.append(standard.escape(part) if named else part)
    return os.sep.join(parts)


class Globs:
    """Stands for the module ``glob`` in nbgrader's modules."""

    escape = staticmethod(standard.escape)

    @staticmethod
    def glob(pattern: str, **options: Any) -> list[str]:
        """Like ``glob.glob``, for a :func:`literal` pattern."""
        return standard.glob(literal(pattern), **options)


def install() -> None:
    """Let nbgrader's modules search so."""
    for name in SEARCHING:
        importlib.import_module(f"nbgrader.{name}").glob = Globs  # type: ignore[attr-defined]
