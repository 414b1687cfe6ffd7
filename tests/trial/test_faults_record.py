"""The record of the faults is of all of them, and the grader held."""

from __future__ import annotations

from trial import record
from trial.faults import damage, faults

TOLD = record.read("faults")


def test_every_part_was_done_and_held() -> None:
    assert {part: TOLD[part]["verdict"] for part in faults.PARTS} == dict.fromkeys(
        faults.PARTS, "held"
    )


def test_fifty_kills_of_a_class_of_a_hundred_changed_and_left_nothing() -> None:
    kills = TOLD["kills"]
    assert (kills["submissions"], kills["kills"]) == (faults.SUBMISSIONS, faults.KILLS)
    assert sum(kills["hit"].values()) == sum(kills["killed"].values()) == faults.KILLS
    assert kills["troubles"] == []


def test_every_fault_is_on_record() -> None:
    found = TOLD["damage"]["faults"]
    assert set(found) == set(damage.FAULTS)
    assert {fault["verdict"] for fault in found.values()} == {"held"}
    assert all(fault["graded by a second run"] for fault in found.values())


def test_a_class_was_graded_as_often_as_stated() -> None:
    assert TOLD["repeats"]["gradings"] == faults.TIMES
