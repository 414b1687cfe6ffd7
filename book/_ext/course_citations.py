"""The list of references without the roles that screen readers stumble over.

docutils writes ``role="list"`` on the box of the citations, although link targets
stand between them, and ``doc-biblioentry``, which ARIA has withdrawn.  Without the
roles the page reads as plain paragraphs, which is what it is.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

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


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", drop_roles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
