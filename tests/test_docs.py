"""What the project's own pages name is there: files move, and nobody reads the page again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
# where the pages start from when they name a file
STARTS = [ROOT, *(ROOT / room for room in ("autograder", "cs231n_lib", "book", "tests", "trial"))]
MADE = ("build/", "course/")  # by commands


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    text = re.sub(r"^(`{3,}).*?^\1", "", (ROOT / page).read_text("utf-8"), flags=re.M | re.S)
    named = set(re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?)`", text))
    files = {n for n in named if n.endswith(("/", ".py", ".md", ".toml", ".json", ".txt", ".sh"))}
    assert files or page == "docs/decisions.md"
    missing = {
        name
        for name in files
        if not name.startswith(MADE) and not any((start / name).exists() for start in STARTS)
    }
    assert missing == set()
