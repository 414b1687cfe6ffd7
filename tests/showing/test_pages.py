"""The feedback page in a real browser: the filter alone, the policy alone, and who wrote what."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from html import escape
from typing import Any

import pytest
from exploits import EXPLOITS, RUN
from graded import Page, notebook
from mistune import create_markdown
from nbconvert.filters.strings import strip_files_prefix

from autograder.grading import behind
from autograder.showing.pages import Board
from trial.attacks import pages

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def wild(text: str) -> str:
    """Markdown with all it holds, as a page without any filter would show it."""
    html = create_markdown(escape=False, renderer=_trusting())(text)
    return str(strip_files_prefix(html))


def _trusting() -> Any:
    from mistune.renderers.html import HTMLRenderer

    return HTMLRenderer(escape=False, allow_harmful_protocols=True)


@pytest.fixture(scope="module")
def opened(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Opens a page from a file, as students do."""
    folder = tmp_path_factory.mktemp("pages")

    def open_(seen: pages.Visit, html: str) -> str:
        path = folder / f"{secrets.token_hex(4)}.html"
        path.write_text(html, "utf-8")
        seen.page.goto("about:blank")  # nothing of the page before goes on
        seen.forget()
        seen.page.goto(path.as_uri(), wait_until="load")
        return str(path.as_uri())

    return open_


@pytest.fixture(scope="module")
def unguarded(browser: Any) -> Iterator[pages.Visit]:
    """One page of a browser that heeds no policy, so that the policy hides nothing."""
    with pages.visit(browser, bypass_csp=True) as seen:
        yield seen


@pytest.fixture(scope="module")
def guarded(browser: Any) -> Iterator[pages.Visit]:
    """One page of a browser as students have it."""
    with pages.visit(browser) as seen:
        yield seen


@pytest.mark.parametrize("name", EXPLOITS)
def test_the_filter_alone_is_enough(
    name: str, page: Page, unguarded: pages.Visit, opened: Any
) -> None:
    text = EXPLOITS[name][0]
    address = opened(unguarded, page(notebook(text, text, comment=text, said=text)))
    unguarded.use()
    assert unguarded.ran() == [] and unguarded.foreign() == []
    assert unguarded.page.url.partition("#")[0] == address
    assert [f.url for f in unguarded.page.frames] == [address]


@pytest.mark.parametrize("name", EXPLOITS)
def test_each_exploit_does_what_it_says_unfiltered(
    name: str, guarded: pages.Visit, opened: Any
) -> None:
    text, proof = EXPLOITS[name]
    opened(guarded, f"<!DOCTYPE html><body><main><div class='piece'>{wild(text)}</div></main>")
    guarded.use()
    if proof is True:
        assert guarded.ran()
    elif proof != "p":  # "p": does something only where TeX or templates are understood
        assert guarded.page.locator(f":is(main, head) {proof}").count()


RUNNING = [name for name, (_, proof) in EXPLOITS.items() if proof is True]


@pytest.mark.parametrize("name", RUNNING)
def test_the_policy_alone_is_enough(
    name: str, page: Page, guarded: pages.Visit, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a renderer that filters nothing, nothing runs and nothing is asked for."""
    monkeypatch.setattr(behind, "rendered", lambda asked: [wild(text) for _, text in asked])
    opened(guarded, page(notebook(EXPLOITS[name][0])))
    guarded.use()
    assert not guarded.page.evaluate(pages.RAN)
    assert guarded.dialogs == [] and guarded.left == []


def test_the_page_needs_no_script_and_no_network(page: Page, browser: Any, opened: Any) -> None:
    html = page(notebook("$x$ and\n\n```python\nx = 1\n```"))
    assert "<script" not in html and "http" not in POLICY.sub("", html)
    (policy,) = POLICY.findall(html)
    assert "default-src 'none'" in policy and "script" not in policy
    with pages.visit(browser) as seen:
        opened(seen, html)
        assert seen.ran() == []
        seen.page.get_by_role("link", name="why").first.click()
        assert seen.page.url.endswith("#why")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits(width: int, scheme: str, page: Page, browser: Any, opened: Any) -> None:
    wide = f"{'x' * 500} `{'y' * 500}`\n\n{'|a' * 40}|\n{'|-' * 40}|\n\n$${'a+' * 200}b$$"
    how = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with pages.visit(browser, **how) as seen:
        opened(seen, page(notebook(wide, wide, said=wide)))
        over = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0
        colours = seen.page.evaluate(
            "(e => [e.color, e.backgroundColor])(getComputedStyle(document.body))"
        )
        light = [sum(map(int, re.findall(r"\d+", c)[:3])) for c in colours]
        assert (light[0] < light[1]) == (scheme == "light")


IMITATION = """**About this submission.** Graded by hand.

# momentum: 19 of 19 points

**Rubric for the grader** (3 points)

- 3 points: for everyone

The grader's verdict

> f: 4 of 4 points

<section class="said"><p class="who">The grader's verdict</p></section>
</div></section></article><article class="cell">19 of 19 points
"""
OUTSIDE = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walk.nextNode())
        if (/19 of 19|for everyone|Graded by hand/.test(walk.currentNode.data)
            && !walk.currentNode.parentElement.closest("section.student > .piece"))
            found.push(walk.currentNode.data);
    return found;
}"""


def test_what_a_student_imitates_stays_in_the_students_frame(
    page: Page, browser: Any, opened: Any
) -> None:
    honest, fake = page(notebook("x", "y")), page(notebook(IMITATION, IMITATION))
    for label in ("The grader&#39;s verdict", "The grader says", "Written by the student"):
        mark = f'<p class="who">{label}</p>'.replace("&#39;", "'")
        assert fake.count(mark) == honest.count(mark) > 0
    with pages.visit(browser) as seen:
        opened(seen, fake)
        assert "19 of 19" in seen.page.inner_text("main")
        assert seen.page.evaluate(OUTSIDE) == []
        assert seen.page.locator("section.student > .who").first.is_visible()
        for part in ("section.student", "section.said"):
            assert seen.page.locator(f"{part} > .who").count() == honest.count(
                f'class="{part[8:]}">\n'
            )


def test_the_frame_is_what_keeps_it(page: Page, browser: Any, opened: Any) -> None:
    """The test above can fail: unfiltered, the same text leaves its frame."""
    broken = page(notebook("TOKEN")).replace("TOKEN", IMITATION)
    with pages.visit(browser) as seen:
        opened(seen, broken)
        assert seen.page.evaluate(OUTSIDE)


@pytest.mark.parametrize(
    "text",
    [
        "Z" + "\u0353\u030d" * 400,
        "x\n" * 40 + "\u200f\u05d0" * 99,
        "$" + "x^{" * 30 + "y" + "}" * 30 + "$",
        "# " + "W" * 3000,
    ],
)
def test_nothing_is_painted_outside_its_frame(
    text: str, page: Page, browser: Any, opened: Any
) -> None:
    with pages.visit(browser, viewport={"width": 700, "height": 4000}) as seen:
        opened(seen, page(notebook(text, text)))
        paint = "getComputedStyle(e).contain.includes('paint')"
        assert seen.page.evaluate(f"[...document.querySelectorAll('.piece')].every(e => {paint})")
        covered = seen.page.evaluate(
            """() => [...document.querySelectorAll(".who, .bar")].filter(e => {
                const r = e.getBoundingClientRect();
                return !e.contains(document.elementFromPoint(r.left + 15, r.top + r.height / 2));
            }).length"""
        )
        assert covered == 0


def test_who_wrote_what(page: Page) -> None:
    """Only what the grader knows tells it; an automatic remark is no Markdown."""
    html = page(notebook("mine", comment="**bold**", said="It raises **x** <b> `y`."))
    assert "<strong>bold</strong>" in html
    assert "<p>It raises **x** &lt;b&gt; <code>y</code>.</p>" in html
    parts = re.findall(r'<section class="(\w+)"[^>]*>\s*<p class="who">([^<]*)</p>', html)
    assert ("said", "For graders only") in parts and ("said", "The grader says") in parts
    assert parts.count(("student", "Written by the student")) == 2


def test_a_token_in_a_text_means_nothing(monkeypatch: pytest.MonkeyPatch, page: Page) -> None:
    """Not even the right one, which nobody can know: pieces are put in, in one pass."""
    monkeypatch.setattr(secrets, "token_hex", lambda size: "f00")
    html = page(notebook("f00-1; f00-0;", "f00-9999;"))
    assert html.count("f00-1; f00-0;") == 1 and html.count("f00-9999;") == 1


def test_tokens_differ_from_page_to_page() -> None:
    assert Board().put("text", "x") != Board().put("text", "x")


def test_names_are_text(page: Page) -> None:
    """Names come from the gradebook, and are escaped all the same."""
    nb = notebook("x")
    nb.cells[2].metadata["nbgrader"]["grade_id"] = f'"><script>{RUN}</script>'
    html = page(nb)
    assert "<script" not in html and escape(f"<script>{RUN}") in html
