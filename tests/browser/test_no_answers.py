"""No answer stands in the built book: pages, sources, search index, downloads."""

from __future__ import annotations

from pathlib import Path


def test_the_built_book_holds_no_answer(leaks, html: Path) -> None:
    files = [p for p in html.rglob("*") if p.is_file()]
    kinds = {p.suffix for p in files}
    assert {".html", ".js"} <= kinds and any("_sources" in p.parts for p in files)
    for path in files:
        assert path.suffix != ".pyc", path
        if path.suffix in (".html", ".js", ".txt", ".md", ".ipynb", ".py", ".json"):
            assert leaks(path.read_bytes()) == set(), path
