"""Buttons on a chapter's page that open the exercises, not the page's own source.

The theme's launch buttons point at the file of the page (``momentum.md``).  The setting
``exercise_notebooks`` maps a page to its notebook in the repository instead; by default each
notebook under ``assignments/`` belongs to the page of its name.  Such a page gets a group of two
buttons in its header, and the same two links at the end of its section "Exercises": one opens the
notebook in Colab, the other downloads the copy that the build puts beside the pages, so it works
without a network.
"""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

logger = logging.getLogger(__name__)

PLACEHOLDER = "OWNER/REPOSITORY"


def colab_url(repository_url: str, branch: str, notebook: str) -> str:
    """Address that opens a notebook of a GitHub repository in Colab.

    An empty string stands for a repository that Colab cannot read (not on GitHub).
    """
    start = "https://github.com/"
    if not repository_url.startswith(start):
        return ""
    name = repository_url.removeprefix(start).strip("/").removesuffix(".git")
    return (
        f"https://colab.research.google.com/github/{quote(name)}"
        f"/blob/{quote(branch)}/{quote(notebook)}"
    )


def local_copy(notebook: str) -> str:
    """Where the downloadable copy lies, as a path from the root of the pages."""
    return f"notebooks/{PurePosixPath(notebook).name}"


def links(app: Sphinx, pagename: str) -> list[tuple[str, str, str]]:
    """Text, icon and address of each link of a page; empty for a page without exercises."""
    notebook = app.config.exercise_notebooks.get(pagename)
    if notebook is None:
        return []
    options = app.config.html_theme_options
    branch = options.get("repository_branch") or "main"
    found = []
    url = colab_url(options.get("repository_url", ""), branch, notebook)
    if url:
        found.append(("Open the exercises in Colab", "fas fa-up-right-from-square", url))
    if (Path(app.confdir).parent / notebook).is_file():
        to_root = "../" * pagename.count("/")
        found.append(("Download the exercises", "fas fa-download", to_root + local_copy(notebook)))
    return found


def add_buttons(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Put the group of buttons first in the page's header."""
    buttons = [
        {"type": "link", "text": text, "icon": icon, "url": url}
        for text, icon, url in links(app, pagename)
    ]
    if buttons:
        group = {"type": "group", "buttons": buttons, "label": "exercise-buttons"}
        group |= {"tooltip": "Exercises of this chapter", "icon": "fas fa-pen-to-square"}
        context["header_buttons"].insert(0, group)


def add_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Close the section "Exercises" with the same links, which need no script."""
    anchors = "".join(
        f'<a class="exercise-link" href="{escape(url)}">'
        f'<i class="{icon}" aria-hidden="true"></i> {escape(text)}</a>'
        for text, icon, url in links(app, docname)
    )
    for section in doctree.findall(nodes.section):
        if "exercises" in section["ids"]:
            if docname not in app.config.exercise_notebooks:
                logger.warning("no notebook assignments/*/%s.ipynb has its exercises", docname)
            elif anchors and app.builder.format == "html":
                html = f'<p class="exercise-links">{anchors}</p>'
                section += nodes.raw("", html, format="html")
            return


def find_notebooks(app: Sphinx, config: Config) -> None:
    """Map each page to the notebook of its name, if the configuration maps none."""
    if not config.exercise_notebooks:
        root = Path(app.confdir).parent
        config.exercise_notebooks = notebooks(root)


def notebooks(root: Path) -> dict[str, str]:
    """Every notebook of the repository's assignments, by the page that it belongs to."""
    found = sorted(root.glob("assignments/*/*.ipynb"))
    return {path.stem: path.relative_to(root).as_posix() for path in found}


def check_settings(app: Sphinx) -> None:
    """Warn of a notebook that does not exist, and say what is still to be set."""
    root = Path(app.confdir).parent
    for notebook in app.config.exercise_notebooks.values():
        if (root / "assignments").is_dir() and not (root / notebook).is_file():
            logger.warning("the notebook %s does not exist", notebook)
    if PLACEHOLDER in app.config.html_theme_options.get("repository_url", ""):
        logger.info("repository.url in _config.yml is a placeholder: Colab will find nothing")


def copy_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Copy every notebook beside the pages."""
    if exception is not None or app.builder.format != "html":
        return
    for notebook in app.config.exercise_notebooks.values():
        source = Path(app.confdir).parent / notebook
        if source.is_file():
            target = Path(app.outdir) / local_copy(notebook)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, after the theme has made its list of header buttons."""
    app.add_config_value("exercise_notebooks", {}, "html", [dict])
    app.connect("config-inited", find_notebooks)
    app.connect("builder-inited", check_settings)
    app.connect("html-page-context", add_buttons, priority=600)
    app.connect("doctree-resolved", add_links)
    app.connect("build-finished", copy_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
