"""Names of students: all that people have are graded, what can hurt is refused by its character."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from autograder import cli
from autograder.submissions import names
from tests.grading.totals import FUNCTIONS

PEOPLE = ["प्रिया", "o'neill.s", "Roe, Jane", "de la Cruz", "Łukasz", "李雷", "نیم\u200cفاصله"]
PEOPLE += ["a&b", "100%", "x;y", "domain\\jdoe", "Jane (Erasmus)", "$HOME", '"Bob"', "!x", "a{b}"]


@pytest.mark.parametrize("name", PEOPLE)
def test_a_name_that_people_have_is_taken(name: str) -> None:
    """nbgrader 912, 928, 1403: names with apostrophes and in other scripts were refused."""
    assert names.why_not(name) == ""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a[b]", "'[' (U+005B)"),
        ("ab*", "'*' (U+002A)"),
        ("who?", "'?' (U+003F)"),
        ("..", "place in the file system"),
        ("a/b", "'/' (U+002F)"),
        ("line\nend", "U+000A"),
        ("\x1b[2J", "U+001B"),
        ("\u202egnp", "U+202E"),
        ("half\udcff", "U+DCFF"),
        ("<b>", "'<' (U+003C)"),
        ("~root", "'~' (U+007E)"),
        ("=1+1", "'=' (U+003D)"),
        (".ada", "'.' (U+002E)"),
        ("ada ", "blank"),
        ("a" * 129, "129 characters"),
    ],
)
def test_a_name_that_can_hurt_is_refused_and_the_character_named(name: str, told: str) -> None:
    """The old message named no character: nobody knew what to rename."""
    why = names.why_not(name)
    assert told in why and why.isprintable()


def test_names_of_every_script_are_graded(mine: Path, hand_in, capsys) -> None:
    """nbgrader took these three, the course refused them."""
    people = ["प्रिया", "o'neill.s", "Roe, Jane"]
    for name in people:
        hand_in(mine, name)
    hand_in(mine, "a[b]*")
    assert cli.main(["grade", "3"]) == 1
    assert "'a[b]*' 03-momentum: not graded: the student's name has the character '['" in (
        capsys.readouterr().err
    )
    with open(mine / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["student"]: row["score"] for row in csv.DictReader(file)}
    assert rows == {**dict.fromkeys(people, f"{FUNCTIONS}"), "a[b]*": ""}
    for name in people:
        assert (mine / "feedback" / name / "03-momentum" / "momentum.html").exists()
    assert cli.main(["replay", "3"]) == 0
    assert "replayed 3 submissions: 3 same" in capsys.readouterr().out
