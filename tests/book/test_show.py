"""Tables of claims: what a row says, what its picture shows, what the page of all rows gathers."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from claims import records, show
from claims.experiment import EXACT, Claim, Experiment
from claims.lectures import Place
from claims.records import Record
from claims.rule import Band, at_least, at_most, between
from claims.strip import MARGIN, WIDTH, strip


def never(*_: object) -> float:
    raise AssertionError("a table runs nothing")


def claim(
    values: list[float], band: Band, monkeypatch: pytest.MonkeyPatch, **more: object
) -> Claim:
    exact = len(values) == 1
    seeds = EXACT if exact else tuple(range(len(values)))
    monkeypatch.setattr(Experiment, "chapter", "planted")
    numbers = {s: {"value": v} for s, v in zip(seeds or (None,), values, strict=True)}
    monkeypatch.setattr(records, "read", lambda _: Record(numbers, {}, {}, "", {}))
    return Claim("a-b", "x < y", "ratio", band, "because", Experiment("e", never, seeds), **more)


def test_a_row_has_words_border_reason_numbers_and_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("slides-2016", "Momentum update")
    row = claim([float(v) for v in range(1, 11)], at_least(2), monkeypatch, places=(place,))
    html = show.ClaimTable([row])._repr_html_()
    assert 'id="claim-planted-a-b"' in html
    assert "“x &lt; y”" in html and "(CS231n slides 2016, Momentum update)" in html
    assert "<b>at least 2</b>" in html and "because" in html
    assert "5.5 (2 to 9; 10 seeds)" in html
    assert re.search(r'<strong class="verdict verdict-0">holds</strong>', html)
    assert html.count("<svg") == 1


def test_ours_is_no_quotation(monkeypatch: pytest.MonkeyPatch) -> None:
    html = show.ClaimTable([claim([3.0], at_least(2), monkeypatch)])._repr_html_()
    assert "“" not in html and "(ours)" in html


def test_an_exact_row_shows_no_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    row = claim([1.0], at_least(2), monkeypatch, remark="It is one.")
    html = show.ClaimTable([row])._repr_html_()
    assert "1, exact" in html and "does not hold" in html and "<p>It is one.</p>" in html
    assert "seeds" not in html and "<svg" not in html


def test_a_list_links_to_the_rows_and_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    html = show.ClaimTable([claim([1.0], at_least(2), monkeypatch)], "planted.html")._repr_html_()
    assert '<a href="planted.html#claim-planted-a-b">' in html and "id=" not in html


def parts(values: list[float], band: Band) -> tuple[ElementTree.Element, str]:
    root = ElementTree.fromstring(strip(values, band))
    return root, root.attrib["aria-label"]


def test_the_picture_has_a_dot_for_each_seed_in_their_order() -> None:
    values = [3.0, 1.0, 2.0, 5.0, 4.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    root, text = parts(values, at_least(4))
    dots = [float(c.attrib["cx"]) for c in root.iter("circle")]
    assert sorted(range(10), key=dots.__getitem__) == sorted(range(10), key=values.__getitem__)
    assert all(MARGIN <= d <= WIDTH - MARGIN for d in dots)
    assert text == (
        "10 seeds from 1 to 10, interval of the median 2 to 9; the claim needs at least 4"
    )
    band = root.find("rect[@class='strip-band']")
    left, width = float(band.attrib["x"]), float(band.attrib["width"])
    assert left == pytest.approx(dots[4], abs=0.11) and left + width == pytest.approx(WIDTH)


def test_what_bears_the_claim_out_is_shaded_on_its_side() -> None:
    values = [float(v) for v in range(1, 11)]
    root, _ = parts(values, at_most(4))
    band = root.find("rect[@class='strip-band']")
    assert float(band.attrib["x"]) == 0
    root, _ = parts(values, between(4, 6))
    assert len(root.findall("line[@class='strip-border']")) == 2


def test_tenfold_differences_stand_on_a_logarithmic_line() -> None:
    root, text = parts([10.0**k for k in range(10)], at_least(1e3))
    dots = [float(c.attrib["cx"]) for c in root.iter("circle")]
    steps = [b - a for a, b in pairwise(dots)]
    assert max(steps) - min(steps) < 0.11 and "logarithmic" in text


def test_runs_without_bound_stand_at_the_end() -> None:
    root, _ = parts([1.0] * 8 + [float("inf")] * 2, at_most(2))
    dots = [float(c.attrib["cx"]) for c in root.iter("circle")]
    assert dots[-1] == WIDTH - 1 > dots[0]


def test_the_lectures_are_listed() -> None:
    html = show.lectures()._repr_html_()
    assert html.count("<tr>") == 1 + 5 and "winter 2016" in html
