"""Pages in a real browser that can reach nothing: whether anything of a student's runs there.

Whatever runs sets ``window.PWNED``, opens a dialog, or leads somewhere else.  What the page's
policy had to stop counts as well: the filter has to have stopped it before.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

RAN = "[window.PWNED, ...Array.from(frames, f => f.PWNED)].filter(Boolean).length"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# what stock nbgrader's pages ask of other machines by themselves: libraries, never a student's
STOCK = re.compile(r"^https://(cdnjs\.cloudflare\.com|cdn\.jsdelivr\.net|unpkg\.com)/")
POLICY = "Content Security Policy"
USE = """(kinds) => {
    for (const element of document.querySelectorAll("#notebook *, main *, a, details, td, th")) {
        for (const kind of kinds)
            element.dispatchEvent(new Event(kind, {bubbles: false, cancelable: true}));
        const href = element.getAttribute && element.getAttribute("href");
        const acts = element.protocol === "javascript:" || (href && /^\\s*javascript:/i.test(href));
        if (acts && kinds.includes("click") && element.click) element.click();
    }
}"""
# everything in a piece that no piece may hold: of a student, a grader, or the judge
FOREIGN = """() => {
    const allowed = {
        a: ["href", "title", "rel"], img: ["src", "alt"], ol: ["start"], span: ["class"],
        code: ["class"], math: ["display"], mi: ["mathvariant"], mover: ["accent"],
        mo: ["fence", "form", "maxsize", "minsize", "movablelimits", "separator", "stretchy"],
        munder: ["accentunder"], mfrac: ["linethickness"], mstyle: ["displaystyle", "scriptlevel"],
        mspace: ["width", "linebreak"], mtable: ["displaystyle"], mtd: ["columnalign"],
        menclose: ["notation"],
    };
    const plain = ("b blockquote br del div em h2 h3 h4 h5 h6 hr i kbd li p pre strong sub sup "
        + "table tbody td th thead tr u ul mn mroot mrow msqrt msub msubsup msup mtext mtr"
        + " munderover").split(" ");
    const found = [];
    for (const element of document.querySelectorAll(".piece *")) {
        const tag = element.tagName.toLowerCase();
        if (!allowed[tag] && !plain.includes(tag)) found.push("<" + tag + ">");
        for (const {name, value} of element.attributes)
            if (!(allowed[tag] || []).includes(name)) found.push(`<${tag} ${name}=${value}>`);
        if (tag === "a" && element.hasAttribute("href")
            && !/^(https:|mailto:)/.test(element.href) && element.getAttribute("href")[0] !== "#")
            found.push(element.href);
        if (tag === "img" && !/^data:image.(png|jpeg|gif);base64,/.test(element.src))
            found.push(element.src.slice(0, 100));
    }
    return found;
}"""


@dataclass
class Visit:
    """An open page, and all that happened on it that no student may bring about."""

    page: Any
    dialogs: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def use(self, *kinds: str) -> None:
        """Do what a reader may do: move over, focus and click what is a student's."""
        self.page.evaluate(USE, kinds or ("mouseover", "focus", "toggle", "click"))
        self.page.wait_for_timeout(300)

    def forget(self) -> None:
        """What happened on the last page does not count on the next."""
        for happened in (self.dialogs, self.left, self.stopped):
            happened.clear()

    def ran(self) -> list[str]:
        """What ran or was asked for; empty on a page that is harmless."""
        marks = ["window.PWNED"] * bool(self.page.evaluate(RAN))
        return [*marks, *self.dialogs, *self.left, *self.stopped]

    def foreign(self) -> list[str]:
        """Elements, attributes and addresses that no piece of a page may hold."""
        return list(self.page.evaluate(FOREIGN))


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """The system's browser.

    Raises:
        RuntimeError: where there is none.
    """
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise RuntimeError(f"no browser: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def visit(
    browser: Any, home: str = "", own: re.Pattern[str] | None = None, **how: Any
) -> Iterator[Visit]:
    """A page that reaches files, and the server at ``home`` if one is named.

    Args:
        own: addresses that the page may ask for by itself; it gets nothing from them either.
        how: what else the browser's context is told, such as ``bypass_csp=True``.
    """
    context = browser.new_context(**how)
    context.set_default_timeout(120_000)  # attacks may have the processors meanwhile
    found = Visit(context.new_page())

    def gate(route: Any) -> None:
        url = route.request.url
        if home and url.startswith(home):
            route.continue_()
            return
        if own is None or not own.match(url):
            found.left.append(url)
        route.abort()

    def heard(message: Any) -> None:
        if POLICY in message.text:
            found.stopped.append(message.text)

    def dismissed(dialog: Any) -> None:
        found.dialogs.append(dialog.message)
        dialog.dismiss()

    context.route(re.compile("^(https?|wss?|ftp):"), gate)
    found.page.on("dialog", dismissed)
    found.page.on("console", heard)
    try:
        yield found
    finally:
        context.close()
