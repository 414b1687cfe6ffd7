"""Explorables come to life in every chapter, answer to their controls, and need no network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

Open = Callable[..., Any]
LIVE = ".explorable svg.explorable-chart"
SAID = ".explorable [role=status]"
# marks of one chart, as text: what a reader sees change
DRAWN = f"() => [...document.querySelectorAll('{LIVE}')].map(svg => svg.innerHTML).join('')"


def said(page: Any) -> str:
    page.wait_for_function(f"document.querySelector('{SAID}')?.textContent.length > 20")
    return str(page.locator(SAID).first.inner_text())


def test_it_is_drawn_and_says_what_it_shows(chapter: str, visit: Open) -> None:
    seen = visit(chapter)
    assert seen.page.locator(".explorable").count() == 1
    assert seen.page.locator(LIVE).count() >= 1
    assert seen.page.locator(".explorable > img").count() == 0
    assert said(seen.page)
    assert seen.page.locator(f"{LIVE} path[d*='NaN'], {LIVE} circle[cx='NaN']").count() == 0
    assert seen.problems == []


def test_every_slider_works_by_keyboard(chapter: str, visit: Open) -> None:
    page = visit(chapter).page
    said(page)
    sliders = page.locator(".explorable input[type=range]:enabled")
    assert sliders.count() >= 1
    for i in range(sliders.count()):
        before, drawn = sliders.nth(i).input_value(), page.evaluate(DRAWN)
        sliders.nth(i).focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        assert sliders.nth(i).input_value() != before
        assert sliders.nth(i).get_attribute("aria-valuetext")
        if "noise" not in sliders.nth(i).locator("..").inner_text():  # noise 0 may stay near 0
            assert page.evaluate(DRAWN) != drawn
    assert "NaN" not in page.evaluate(DRAWN) and "NaN" not in said(page)


def test_every_choice_draws_something_else(chapter: str, visit: Open) -> None:
    seen = visit(chapter)
    said(seen.page)
    for select in seen.page.locator(".explorable select").all():
        drawings = set()
        options = select.locator("option").all()
        for option in options:
            select.select_option(option.get_attribute("value"))
            drawings.add(seen.page.evaluate(DRAWN))
        assert len(drawings) == len(options)
        assert not any("NaN" in drawing for drawing in drawings)
    for box in seen.page.locator(".explorable input[type=checkbox]").all():
        box.click()
    for button in seen.page.locator(".explorable button").all():
        button.click()
    assert "NaN" not in seen.page.evaluate(DRAWN)
    assert seen.problems == []


def test_a_click_moves_the_start_of_the_race(visit: Open) -> None:
    page = visit("gradient_descent").page
    before = said(page)
    chart = page.locator(LIVE).first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    chart.click(position={"x": box["width"] * 0.7, "y": box["height"] * 0.3})
    page.wait_for_function(
        f"before => document.querySelector('{SAID}').textContent !== before", arg=before
    )
    start = page.locator(".explorable label", has_text="start, first").inner_text()
    assert 0.5 < float(start.split(":")[1]) < 2.0  # 0.7 of the way from -3.2 to 3.2, but margins


def test_it_lives_on_a_page_read_from_a_disk(html: Path, chapter: str, visit: Open) -> None:
    seen = visit(address=(html / f"{chapter}.html").as_uri())
    assert seen.page.locator(LIVE).count() >= 1
    assert said(seen.page)


def test_without_javascript_a_figure_stands_there(
    chapter: str, chromium: Browser, served: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}{chapter}.html")
    picture = page.locator(".explorable > img")
    assert picture.count() == 1
    assert picture.get_attribute("alt")
    assert picture.evaluate("image => image.naturalWidth") > 300
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_words_stand_out_from_the_page(chapter: str, scheme: str, visit: Open) -> None:
    page = visit(chapter, scheme=scheme).page
    said(page)
    text, back = page.evaluate(
        """() => {
        const light = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number)
            .reduce((a, b) => a + b) / 3;
        const words = document.querySelector(".explorable-axes text");
        const page = getComputedStyle(document.body).backgroundColor;
        return [light(getComputedStyle(words).fill), light(page)];
    }"""
    )
    assert abs(text - back) > 120
