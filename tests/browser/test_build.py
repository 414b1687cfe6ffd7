"""Small books built with the real configuration: what fails, and the way out of Jupyter Book."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from autograder.building.notebooks import assignments

pytestmark = pytest.mark.slow

BOOK = Path(__file__).resolve().parents[2] / "book"
CHAPTERS = {a.chapter: a.name for a in assignments()}
FRONT = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
"""
PAGE = """# {name}

A formula $x^2$ and a citation {{cite}}`key{name}`.

```{{code-cell}} ipython3
print("the answer is", 6 * 7)
```

## Exercises

Now write it.
"""
ENTRY = "@misc{{key{name}, author={{Cauchy, Augustin}}, title={{{name}}}, year={{1847}}}}\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The book's machinery with one-cell chapters, in a repository of its own."""
    here = tmp_path / "book"
    here.mkdir()
    for name in ("_config.yml", "_toc.yml", "references.md"):
        shutil.copy(BOOK / name, here)
    for name in ("_ext", "assets"):
        shutil.copytree(BOOK / name, here / name, ignore=shutil.ignore_patterns("__pycache__"))
    (here / "bib").mkdir()
    for name, folder in CHAPTERS.items():
        (here / f"{name}.md").write_text(FRONT + PAGE.format(name=name))
        (here / "bib" / f"{name}.bib").write_text(ENTRY.format(name=name))
        notebook = tmp_path / "assignments" / folder / f"{name}.ipynb"
        notebook.parent.mkdir(parents=True)
        notebook.write_text(
            json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        )
    contents = yaml.safe_load((BOOK / "_toc.yml").read_text("utf-8"))
    listed = [c["file"] for part in contents["parts"] for c in part["chapters"]]
    for name in [contents["root"], *listed]:
        page = here / f"{name}.md"
        if not page.exists():
            page.write_text(f"# The page {name}\n\nNothing to see.\n")
    return here


def run(book: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this Python's environment in the repository that holds ``book``."""
    # What the environment says about warnings or coverage is not meant for the build.
    hidden = {"PYTHONWARNINGS", "COVERAGE_PROCESS_START"}
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=book.parent,
        env=env,
        capture_output=True,
        text=True,
        timeout=280,
    )


def build(book: Path) -> subprocess.CompletedProcess[str]:
    """Build as the front page says, warnings being errors."""
    strict = ("--all", "-W", "-n", "--keep-going")
    return run(book, "jupyter-book", "build", "book", "--path-output", "build/book", *strict)


def expect_failure(book: Path, sentence: str) -> None:
    """The build fails, and says so."""
    result = build(book)
    assert result.returncode != 0
    assert sentence in result.stdout + result.stderr


def test_it_builds_and_new_helper_code_runs_the_pages_again(book: Path) -> None:
    page = book / "training_loop.md"
    page.write_text(page.read_text().replace("6 * 7", "__import__('claims').ANSWER"))
    (book / "claims").mkdir()
    html = book.parent / "build" / "book" / "_build" / "html" / "training_loop.html"
    for answer in (41, 42):
        (book / "claims" / "__init__.py").write_text(f"ANSWER = {answer}\n")
        result = build(book)
        assert result.returncode == 0, result.stdout + result.stderr
        assert f"the answer is {answer}" in html.read_text()
    text = html.read_text()
    assert "katex-mathml" in text and "notebooks/training_loop.ipynb" in text
    assert (html.parent / "notebooks" / "training_loop.ipynb").is_file()
    # Nothing that a browser would fetch lies on another host.
    assert re.findall(r'<(?:script|img|link)[^>]+(?:src|href)="https?:[^"]*"', text) == []


def test_a_formula_that_katex_cannot_read_fails(book: Path) -> None:
    page = book / "momentum.md"
    page.write_text(page.read_text().replace("$x^2$", r"$\frac{x$"))
    expect_failure(book, "KaTeX parse error")


def test_a_cell_that_raises_fails(book: Path) -> None:
    page = book / "momentum.md"
    page.write_text(page.read_text().replace("6 * 7", "1 / 0"))
    expect_failure(book, "ZeroDivisionError")


def test_a_citation_without_an_entry_fails(book: Path) -> None:
    page = book / "momentum.md"
    page.write_text(page.read_text().replace("keymomentum", "nobody1900"))
    expect_failure(book, "nobody1900")


def test_a_notebook_that_is_missing_fails(book: Path) -> None:
    (book.parent / "assignments" / "03-momentum" / "momentum.ipynb").unlink()
    expect_failure(book, "no notebook assignments/*/momentum.ipynb has its exercises")


def test_the_way_out_is_plain_sphinx(book: Path) -> None:
    result = run(book, "jupyter-book", "config", "sphinx", "book")
    assert result.returncode == 0, result.stdout + result.stderr
    # The one thing that Jupyter Book leaves out of conf.py: where local extensions lie.
    conf = book / "conf.py"
    find = "import sys, pathlib\nsys.path.append(str(pathlib.Path(__file__).parent / '_ext'))\n"
    conf.write_text(find + conf.read_text())
    out = book.parent / "html"
    result = run(book, "sphinx-build", "-b", "html", "-W", "-n", "--keep-going", "book", str(out))
    assert result.returncode == 0, result.stdout + result.stderr
    text = (out / "momentum.html").read_text()
    assert "katex-mathml" in text and "the answer is 42" in text
    assert "Open the exercises in Colab" in text and "notebooks/momentum.ipynb" in text
    assert 'href="references.html#' in text
    assert (out / "_static" / "katex" / "katex.min.css").is_file()
    assert (out / "search.html").is_file()
