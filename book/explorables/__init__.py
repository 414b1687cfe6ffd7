"""Figures that a reader can play with, in the page itself: no server, no network.

Each is an ES module beside this file with a default export ``{render({model, el})}``, the
shape that anywidget gave such modules, so that other hosts can mount it too.  A page read
from a disk may not import a module, so the sources stand in the page.  Under them lies a
static figure, which stays where there is no JavaScript.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.mjs";\n', re.MULTILINE)
# `data-explorable` is taken off by the first copy that runs, so that each is mounted once
MOUNT = """
for (const el of document.querySelectorAll('[data-explorable="%(key)s"]')) {
  const options = JSON.parse(el.dataset.options);
  el.removeAttribute("data-explorable");
  el.replaceChildren();
  explorable.render({ model: { get: (key) => options[key] }, el });
}
"""


def source(name: str) -> str:
    """The module and those that it imports as one script, which calls it ``explorable``.

    Raises:
        FileNotFoundError: where there is no such module.
    """
    parts: dict[str, str] = {}

    def add(module: str) -> None:
        text = (HERE / f"{module}.mjs").read_text("utf-8")
        for needed in IMPORT.findall(text):
            if needed not in parts:
                add(needed)
        parts[module] = IMPORT.sub("", text)

    add(name)
    whole = "\n".join(parts.values()).replace("export default", "const explorable =")
    return re.sub(r"^export ", "", whole, flags=re.MULTILINE)


class Explorable:
    """What a cell returns: the figure, and the script that brings it to life.

    Args:
        name: of the module.
        figure: Matplotlib figure that stands there without JavaScript.
        alt: what that figure shows.
        options: what the module's ``model.get`` answers.
    """

    def __init__(self, name: str, figure: Any, alt: str, **options: Any) -> None:
        self.name, self.alt, self.options = name, alt, options
        self.script = source(name)
        self.picture = _png(figure)

    def __repr__(self) -> str:
        return f"a figure to play with, shown in a browser: {self.alt}"

    def _repr_html_(self) -> str:
        options = json.dumps(self.options)
        key = hashlib.sha256(f"{self.name} {options}".encode()).hexdigest()[:12]
        script = (self.script + MOUNT % {"key": key}).replace("</", "<\\/")
        return (
            f'<div class="explorable" data-explorable="{key}" data-options="{escape(options)}">'
            f'<img src="data:image/png;base64,{self.picture}" alt="{escape(self.alt)}">'
            f'</div>\n<script type="module">\n{script}</script>'
        )


def _png(figure: Any) -> str:
    """The figure as a picture in base64; it is closed, so that the cell does not show it too."""
    from matplotlib import pyplot as plt

    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110)
    plt.close(figure)
    return base64.b64encode(file.getvalue()).decode("ascii")
