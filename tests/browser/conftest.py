"""The built book in a real browser that can reach nothing but the book.

The tests look at a build that exists already; they do not build one.  It lies at
``build/book/_build/html``, where

    jupyter-book build book --path-output build/book --all -W -n --keep-going

puts it, or wherever the environment variable ``BOOK_HTML`` says.  Chromium is the
one on PATH, or the one that ``CHROMIUM`` names.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    sync_playwright,
)

from cs231n_lib.exercises import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
CONFIG = yaml.safe_load((ROOT / "book" / "_config.yml").read_text(encoding="utf-8"))
TOC = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"]] + [c["file"] for part in TOC["parts"] for c in part["chapters"]]
READY = """() => document.readyState === "complete"
  && !document.querySelector("[data-explorable]")"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of the tests that build a book of their own."""
    config.addinivalue_line("markers", "slow: builds a small book, about ten seconds")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``page_name`` on every page, ``chapter`` on every chapter."""
    for name, values in (("page_name", PAGES), ("chapter", CHAPTERS)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values)


@dataclass
class Visit:
    """A page that is open in the browser, and all that went wrong with it."""

    page: Page
    problems: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def html() -> Path:
    """Folder of the built pages."""
    folder = Path(os.environ.get("BOOK_HTML") or ROOT / "build" / "book" / "_build" / "html")
    if not (folder / "intro.html").is_file():
        pytest.fail(
            f"there is no built book at {folder}: run `jupyter-book build book "
            "--path-output build/book --all -W -n --keep-going` or set BOOK_HTML",
            pytrace=False,
        )
    return folder.resolve()


class Handler(SimpleHTTPRequestHandler):
    """A file server that keeps quiet."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def served(html: Path) -> Iterator[str]:
    """Address of the pages, served from this machine, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=html))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.fail(f"no browser: install one of {', '.join(BROWSERS)}", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, served: str) -> Iterator[Callable[..., Visit]]:
    """Function that opens a page: ``visit("momentum", width=360, scheme="dark")``.

    ``address`` opens any other address, ``file:`` ones included.  Requests that
    leave the book are refused and noted as problems.
    """
    with visits(chromium, served) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def at_rest(chromium: Browser, served: str) -> Iterator[Callable[[str], Page]]:
    """Function that gives a page in a wide, light window, for tests that only look at it.

    It is opened once for all of them.
    """
    with visits(chromium, served) as open_page:
        yield functools.cache(lambda name: open_page(name).page)


@contextlib.contextmanager
def visits(chromium: Browser, served: str) -> Iterator[Callable[..., Visit]]:
    """A function that opens pages, all of which are closed at the end."""
    contexts = []

    def open_page(
        name: str = "", *, width: int = 1280, scheme: Any = "light", address: str = ""
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        seen = Visit(context.new_page())

        def gate(route: Route) -> None:
            url = route.request.url
            if url.startswith((served, "file:", "data:", "blob:")):
                route.continue_()
            else:
                seen.problems.append(f"leaves the book: {url}")
                route.abort()

        def answered(response: Response) -> None:
            if response.status >= 400:
                seen.problems.append(f"status {response.status}: {response.url}")

        def failed(request: Request) -> None:
            seen.problems.append(f"request failed: {request.url} ({request.failure})")

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                seen.problems.append(f"console: {message.text}")

        context.route("**/*", gate)
        seen.page.on("response", answered)
        seen.page.on("requestfailed", failed)
        seen.page.on("pageerror", lambda error: seen.problems.append(f"script: {error}"))
        seen.page.on("console", said)
        seen.page.goto(address or f"{served}{name}.html", wait_until="networkidle")
        # on a busy machine half a second without requests may pass before a page has run
        seen.page.wait_for_function(READY)
        return seen

    try:
        yield open_page
    finally:
        for context in contexts:
            context.close()
