"""The bibliographies of the chapters, and their list without roles that hinder screen readers.

Each chapter has a file of its own under ``bib/``; all of them are read, so that a new chapter
needs no line in the configuration.

docutils writes ``role="list"`` on the box of the citations, although link targets
stand between them, and ``doc-biblioentry``, which ARIA has withdrawn.  Without the
roles the page reads as plain paragraphs, which is what it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

ROLES = (' role="list"', ' role="doc-biblioentry"')


def drop_roles(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Take the roles out of a page that lists citations."""
    body = context.get("body", "")
    if 'class="citation-list"' in body:
        for role in ROLES:
            body = body.replace(role, "")
        context["body"] = body


def find_bibliographies(app: Sphinx, config: Config) -> None:
    """Read every bibliography under ``bib/``, if the configuration names none."""
    if not config.bibtex_bibfiles:
        files = sorted(Path(app.confdir).glob("bib/*.bib"))
        config.bibtex_bibfiles = [path.relative_to(app.confdir).as_posix() for path in files]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", find_bibliographies)
    app.connect("html-page-context", drop_roles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
