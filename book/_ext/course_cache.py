"""Run the pages again when the code that they import, or a record that they show, has changed.

jupyter-cache compares the cells of a page only, so a corrected experiment in
``claims/`` would leave yesterday's numbers in the book.  Here the cache's folder
carries a digest of all that: other code, other cache.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

SUFFIXES = (".py", ".json", ".mjs")


def code_digest(folders: list[Path]) -> str:
    """Twelve hexadecimal digits that change with any code or record below ``folders``.

    Those are the ``.py``, ``.json`` and ``.mjs`` files.  Folders that do not exist count as empty.
    File names count as well as contents.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES):
            digest.update(str(path.relative_to(folder.parent)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def choose_cache(app: Sphinx, config: Config) -> None:
    """Name the cache after the code, unless the configuration names one itself."""
    if config.nb_execution_cache_path:
        return
    book = Path(app.confdir)
    beside = ("claims", "explorables", "figures", "front", "trial_records", "gpu")
    folders = [*(book / name for name in beside), book.parent / "cs231n_lib"]
    code = code_digest(folders)
    config.nb_execution_cache_path = str(Path(app.outdir).parent / ".jupyter_cache" / code)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, before myst-nb reads its configuration."""
    app.connect("config-inited", choose_cache, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
