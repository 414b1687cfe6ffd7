"""In a notebook a failing check does not stop the run, and is shown with pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.judging import reference
from cs231n_lib import check, notebook, picture
from cs231n_lib.judging.verdict import Wrong


@pytest.fixture
def shown(monkeypatch) -> list[dict[str, str]]:
    """What a notebook shows from here on."""
    found: list[dict[str, str]] = []
    shell = SimpleNamespace(kernel=1, display_pub=SimpleNamespace(publish=found.append))
    monkeypatch.setattr(notebook, "_shell", lambda: shell)
    return found


def unshifted(x, w, b):
    return reference.answers()["affine_forward"](x, w, -b)


def test_a_failing_check_prints_marks_itself_and_goes_on(shown, capsys) -> None:
    """Reported: it raised, and Run All ended there."""
    check("affine_forward", unshifted)
    assert "affine_forward earns 0 of 3 points" in capsys.readouterr().err
    (data,) = shown
    assert "Smallest failing case" in data["text/plain"] and "<svg" not in data["text/plain"]
    assert data["text/html"].count("<svg") == 2 and "monospace" in data["text/html"]


def test_a_right_one_is_plain_text_without_a_mark(shown, capsys) -> None:
    check("affine_forward", reference.answers()["affine_forward"])
    told = capsys.readouterr()
    assert "3 of 3 points" in told.out and not told.err and not shown


def test_what_a_function_says_is_no_markup(shown) -> None:
    def bad(x, w, b):
        raise ValueError("<script>alert(1)</script>")

    check("affine_forward", bad)
    assert "<script>" not in shown[0]["text/html"]


def drawn(want, got) -> ElementTree.Element:
    want, got = np.asarray(want, float), np.asarray(got, float)
    text = picture.of(Wrong("out", want, got, "", want != got))
    return ElementTree.fromstring(f"<div>{text}</div>")


def test_a_picture_has_a_sign_where_something_differs() -> None:
    """Told apart by sign and not by colour alone."""
    page = drawn([[1, 2], [3, 4]], [[1, 5], [0, np.nan]])
    signs = [cell.text for cell in page.iter("text")]
    assert signs == ["+", "\u2212", "?"]
    titles = [title.text for title in page.iter("title")]
    assert titles[0] == "[0, 1]: expected 2, yours 5"


def test_of_a_large_matrix_the_part_with_the_first_difference_is_drawn() -> None:
    want = np.zeros((100, 80))
    got = want.copy()
    got[70, 60] = 1
    page = drawn(want, got)
    assert [title.text for title in page.iter("title")] == ["[70, 60]: expected 0, yours 1"]
    assert len(list(page.iter("rect"))) <= picture.MOST**2


def test_a_vector_or_a_number_has_no_picture() -> None:
    for shape in ((), (3,)):
        want = np.zeros(shape)
        assert picture.of(Wrong("out", want, want + 1, "", want == 0)) == ""
