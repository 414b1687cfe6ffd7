"""Pages in a real browser that can reach nothing: whether anything of a student's runs there.

Whatever runs sets ``window.PWNED``, opens a dialog, or leads somewhere else.
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
# what a page of nbgrader's asks of other machines by itself: libraries, never a student's
OWN = re.compile(r"^https://(cdnjs\.cloudflare\.com|cdn\.jsdelivr\.net|unpkg\.com)/")
USE = """(kinds) => {
    for (const element of document.querySelectorAll("#notebook *, main *, a, details, td, th")) {
        for (const kind of kinds)
            element.dispatchEvent(new Event(kind, {bubbles: false, cancelable: true}));
        const href = element.getAttribute && element.getAttribute("href");
        const acts = href && /^\\s*javascript:/i.test(href);
        if (acts && kinds.includes("click") && element.click) element.click();
    }
}"""


@dataclass
class Visit:
    """An open page, and all that happened on it that no student may bring about."""

    page: Any
    dialogs: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def use(self, *kinds: str) -> None:
        """Do what a reader may do: move over, focus and click what is a student's."""
        self.page.evaluate(USE, kinds or ("mouseover", "focus", "toggle", "click"))
        self.page.wait_for_timeout(300)

    def ran(self) -> list[str]:
        """What ran or was asked for; empty on a page that is harmless."""
        marks = ["window.PWNED"] * bool(self.page.evaluate(RAN))
        return [*marks, *self.dialogs, *self.left]


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
def visit(browser: Any, home: str = "") -> Iterator[Visit]:
    """A page that reaches files, and the server at ``home`` if one is named."""
    context = browser.new_context()
    found = Visit(context.new_page())

    def gate(route: Any) -> None:
        url = route.request.url
        if home and url.startswith(home):
            route.continue_()
            return
        if not OWN.match(url):
            found.left.append(url)
        route.abort()

    context.route(re.compile("^(https?|wss?|ftp):"), gate)
    found.page.on("dialog", lambda d: (found.dialogs.append(d.message), d.dismiss()))
    try:
        yield found
    finally:
        context.close()
