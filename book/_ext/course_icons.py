"""Leave in the theme's icon script only the icons that the pages use.

Font Awesome's script is 1.5 MB for a dozen icons, half of what a page weighs.  When the book is
built, every ``fa-name`` in pages and scripts is collected, and the other icons are cut out of the
script's tables; its code stays as it is.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

SCRIPT = Path("_static", "scripts", "fontawesome.js")
# name:[width,height,[other names],"code point","path" or ["path","path"]]
ICON = re.compile(
    r'("[\w-]+"|[A-Za-z_]\w*|\d+):\[\d+,\d+,\[([^\[\]]*)\],"[0-9a-f]+",(?:"[^"]*"|\[[^\[\]]*\])\],?'
)
USED = re.compile(r"\bfa-([a-z0-9-]+)")


def subset(script: str, used: set[str]) -> str:
    """The script with only those icons that are used under their name or another one."""

    def keep(match: re.Match[str]) -> str:
        names = {match[1].strip('"'), *re.findall(r'"([\w-]+)"', match[2])}
        return match[0] if names & used else ""

    return ICON.sub(keep, script)


def names_used(html: Path) -> set[str]:
    """Names of icons in the pages and in the scripts that make elements of their own."""
    files = [*html.rglob("*.html"), *(html / "_static").rglob("*.js")]
    return {
        name
        for path in files
        if path.name != SCRIPT.name
        for name in USED.findall(path.read_text("utf-8", errors="replace"))
    }


def shrink(app: Sphinx, error: Exception | None) -> None:
    """Write the smaller script over the copy that was made for this build."""
    script = Path(app.outdir, SCRIPT)
    if error is not None or app.builder.format != "html" or not script.is_file():
        return
    whole = script.read_text("utf-8")
    if ICON.search(whole) is None:
        logger.warning("%s has no icons of the form that course_icons knows", script.name)
        return
    script.write_text(subset(whole, names_used(Path(app.outdir))), "utf-8")
    script.with_suffix(".js.map").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, after everything has been copied."""
    app.connect("build-finished", shrink, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
