"""Every page of the book loads from the book alone and shows what it should."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

Open = Callable[..., Any]

PROSE = """() => {
  const article = document.querySelector("article").cloneNode(true);
  for (const part of article.querySelectorAll(".katex, pre, code, script, style")) part.remove();
  return article.textContent;
}"""

FRAMED = """() => [...document.querySelectorAll("article :is(table, pre, img, .katex-html)")]
  .filter(part => part.getBoundingClientRect().width > 0)
  .filter(part => {
    const box = part.getBoundingClientRect();
    if (box.right <= window.innerWidth + 1 && box.left >= -1) return false;
    for (let outer = part.parentElement; outer; outer = outer.parentElement) {
      const frame = outer.getBoundingClientRect();
      const scrolls = ["auto", "scroll"].includes(getComputedStyle(outer).overflowX);
      if (scrolls && frame.right <= window.innerWidth + 1 && frame.left <= box.left + 1)
        return false;
    }
    return true;
  })
  .map(part => part.outerHTML.slice(0, 120))"""

COLOURS = """() => [document.body, document.querySelector("article p")].map(part => {
  const style = getComputedStyle(part);
  const text = part === document.body ? style.backgroundColor : style.color;
  return text.match(/[0-9.]+/g).slice(0, 3).map(Number).reduce((a, b) => a + b) / 3;
})"""


def test_loads_without_a_complaint(page_name: str, visit: Open) -> None:
    seen = visit(page_name)
    seen.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    # not `networkidle`: once it was there, a page that loads a late picture may not tell it again
    seen.page.evaluate("for (const image of document.images) image.loading = 'eager'")
    seen.page.wait_for_function("[...document.images].every(image => image.complete)")
    assert seen.problems == []
    assert seen.page.locator("article h1").count() == 1


def test_no_cell_wrote_to_standard_error(page_name: str, at_rest: Open) -> None:
    streams = at_rest(page_name).locator(".output.stderr, .output.traceback")
    assert streams.all_inner_texts() == []


def test_images_load_and_are_described(page_name: str, at_rest: Open) -> None:
    images = at_rest(page_name).evaluate(
        "Promise.all([...document.images].map(async image => {"
        " image.loading = 'eager'; await image.decode().catch(() => {});"
        " return [image.src, image.naturalWidth, image.alt.trim()]; }))"
    )
    wrong = [src for src, width, alt in images if width == 0 or not alt]
    assert wrong == []


def test_a_chapter_has_figures_with_captions(chapter: str, at_rest: Open) -> None:
    page = at_rest(chapter)
    assert page.locator("article figure img").count() >= 1
    assert page.locator("article figure:has(img):not(:has(figcaption))").count() == 0


def test_formulas_are_rendered(page_name: str, at_rest: Open) -> None:
    page = at_rest(page_name)
    assert page.locator(".katex-error").count() == 0
    prose = page.evaluate(PROSE)
    assert "$$" not in prose
    assert re.findall(r"\\(?:frac|alpha|nabla|begin|\(|\[)", prose) == []


def test_formulas_use_their_own_letters(chapter: str, at_rest: Open) -> None:
    page = at_rest(chapter)
    assert page.locator(".katex-mathml math").count() > 0
    family = page.evaluate("getComputedStyle(document.querySelector('.katex')).fontFamily")
    assert family.startswith("KaTeX_Main")
    loaded = page.evaluate(
        "document.fonts.ready.then(all => [...all].filter(f => f.status === 'loaded')"
        ".map(f => f.family.replaceAll('\"', '')))"
    )
    assert {"KaTeX_Main", "KaTeX_Math"} <= set(loaded)


def test_fits_a_phone(page_name: str, visit: Open) -> None:
    page = visit(page_name, width=360).page
    across, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert across <= room
    assert page.evaluate(FRAMED) == []


def test_dark_by_the_button(page_name: str, visit: Open) -> None:
    seen = visit(page_name, scheme="light")
    light_background, light_text = seen.page.evaluate(COLOURS)
    assert light_background > 200 > 100 > light_text
    for _ in range(3):  # the button goes round: auto, light, dark
        if seen.page.locator("html[data-theme=dark]").count():
            break
        seen.page.locator(".theme-switch-button:visible").first.click()
    assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"
    seen.page.wait_for_timeout(300)  # the colours fade over
    dark_background, dark_text = seen.page.evaluate(COLOURS)
    assert dark_background < 60 < 150 < dark_text
    assert seen.problems == []


def test_dark_by_the_system(visit: Open) -> None:
    page = visit("intro", scheme="dark").page
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(COLOURS)[0] < 60


def test_links_and_citations_arrive(page_name: str, html: Path) -> None:
    page = (html / f"{page_name}.html").read_text(encoding="utf-8")
    article = page[page.index("<article") : page.index("</article>")]
    broken = []
    for link in re.findall(r'<a [^>]*href="([^"]+)"', article):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = html / unquote(path) if path else html / f"{page_name}.html"
        wanted = f'id="{unquote(anchor)}"' if anchor else ""
        if not target.is_file() or wanted not in target.read_text(encoding="utf-8"):
            broken.append(link)
    assert broken == []


def test_weighs_less_than_a_megabyte(page_name: str, html: Path) -> None:
    """With everything that it loads, each file compressed as a server would."""
    page = (html / f"{page_name}.html").read_text(encoding="utf-8")
    parts = {html / f"{page_name}.html"}
    for link in re.findall(r'(?:src|href)="([^"#?]+\.(?:js|css|png|svg|woff2))', page):
        part = (html / unquote(link)).resolve()
        assert part.is_file(), link
        parts.add(part)
    assert sum(len(gzip.compress(part.read_bytes())) for part in parts) < 1_000_000


def test_every_icon_is_drawn(page_name: str, at_rest: Open) -> None:
    page = at_rest(page_name)
    page.wait_for_selector("svg[data-icon]", state="attached")
    assert page.evaluate("document.querySelectorAll('i[class*=\"fa-\"]').length") == 0
    missing = page.evaluate(
        """[...document.querySelectorAll('svg[data-icon]')]
        .filter(icon => !icon.querySelector('path')?.getAttribute('d'))
        .map(icon => icon.dataset.icon)"""
    )
    assert missing == []


def test_a_chapter_cites_the_list_of_references(chapter: str, html: Path) -> None:
    page = (html / f"{chapter}.html").read_text(encoding="utf-8")
    assert re.search(r'href="references\.html#[^"]+"', page)
