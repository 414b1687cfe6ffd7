"""axe-core finds nothing but what the theme itself brings along."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

# From the theme: the book's title beside the landmarks, and buttons whose label differs
# from the keys or the name that they show.
STOCK = {"region", "label-content-name-mismatch"}

# Most rules read the elements of a page, which are the same in the dark and on a phone: there
# the rules are asked that depend on colours and sizes.
COLOURS = ["color-contrast", "link-in-text-block"]
SIZES = ["color-contrast", "scrollable-region-focusable", "target-size", "meta-viewport"]


@pytest.fixture(scope="module")
def axe() -> str:
    """Source of axe-core, from the package axe-playwright-python."""
    package = find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("width", "scheme", "rules"),
    [(1280, "light", []), (1280, "dark", COLOURS), (360, "light", SIZES)],
    ids=["wide", "dark", "phone"],
)
def test_no_violations_of_ours(
    page_name: str, width: int, scheme: str, rules: list[str], axe: str, visit: Callable[..., Any]
) -> None:
    page = visit(page_name, width=width, scheme=scheme).page
    page.evaluate(axe)
    # The drawn half of a formula is hidden from readers; they get the MathML beside it, which is
    # drawn nowhere.
    asked: dict[str, Any] = {"resultTypes": ["violations"]}
    left_out = [".katex-html"]
    if rules:
        asked["runOnly"] = {"type": "rule", "values": rules}
        left_out = [".katex"]
    found = page.evaluate("([exclude, options]) => axe.run({exclude}, options)", [left_out, asked])[
        "violations"
    ]
    wrong = {v["id"]: v["nodes"][0]["html"] for v in found if v["id"] not in STOCK}
    assert wrong == {}
