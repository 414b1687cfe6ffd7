"""The record of the attacks that the book shows: complete, fair, and without a secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from autograder.paths import ROOT
from trial import record
from trial.attacks.corpus import ATTACKS, FAMILIES

RENEW = "run `python -m trial stock` to renew book/trial_records/attacks.json"


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    found = {r["name"]: r for r in record.read("attacks").get("attacks", [])}
    assert found, RENEW
    return found


def test_it_lists_the_corpus(rows: dict[str, dict[str, Any]]) -> None:
    assert set(rows) == set(ATTACKS), RENEW
    for name, attack in ATTACKS.items():
        row = rows[name]
        told = (FAMILIES[attack.family], attack.tries, attack.deserves)
        assert (row["family"], row["tries"], row["deserved"]) == told, RENEW
        assert row["ours"] and row["stock"], f"{name}: {RENEW}"


def test_no_attack_got_more_than_it_deserves_here(rows: dict[str, dict[str, Any]]) -> None:
    for name, row in rows.items():
        assert ATTACKS[name].least <= row["ours"]["earned"] <= row["deserved"], name
        assert row["ours"]["outcome"] == "held", name


def test_what_was_not_tried_on_stock_nbgrader_has_a_reason(rows: dict[str, dict[str, Any]]) -> None:
    for row in rows.values():
        skipped = row["stock"]["outcome"] == "not applicable"
        assert skipped == bool(row["stock"].get("reason"))


def test_totals_are_those_of_the_rows(rows: dict[str, dict[str, Any]]) -> None:
    for total in record.read("attacks")["totals"]:
        group = [r for r in rows.values() if r["family"] == total["family"]]
        tried = [r for r in group if r["stock"]["outcome"] != "not applicable"]
        assert total == {
            "family": total["family"],
            "attacks": len(group),
            "ours_held": sum(r["ours"]["outcome"] == "held" for r in group),
            "stock_tried": len(tried),
            "stock_held": sum(r["stock"]["outcome"] == "held" for r in tried),
        }


def test_it_holds_no_answer(leaks: Callable[[bytes], set[str]]) -> None:
    assert leaks(record.path("attacks").read_bytes()) == set()


def test_it_holds_no_path_of_a_machine() -> None:
    text = record.path("attacks").read_text("utf-8")
    assert not re.findall(r"(?:/tmp|/work|/root|/home|/box)/\w+", text)
    assert str(ROOT) not in text
