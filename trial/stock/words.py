"""What happened to an attack, in few words: for the record that the book shows."""

from __future__ import annotations

from typing import Any

from trial.attacks.corpus import Attack
from trial.attacks.corpus.desk import CHAPTER, names, points

FULL = points(*names())
NO_RECORD = "nothing like the record of this course's sandbox exists in stock nbgrader"
OTHER_CHAPTER = "the stock course of this trial has the assignment of chapter 3 alone"
NOT_APPLICABLE = {
    "constants-for-momentum": "stock tests do not use the course's record of results",
    "lease-on-the-record": NO_RECORD,
    "locks-on-the-record": NO_RECORD,
    "check-replaced": "stock notebooks do not call the course's `check`",
    "answers-of-the-public-cases": "stock tests do not use the course's public cases",
    "records-of-an-earlier-submission": NO_RECORD,
    "record-of-another-exercise": NO_RECORD,
    "record-written-by-a-process-that-stays": NO_RECORD,
    "inputs-carried-out": "stock tests have no inputs that are drawn after submission",
    "autograded-notebook-handed-in": "needs a notebook that this course's grader wrote",
    "device-for-a-notebook": "no device can be made in the container of this trial",
}


def not_applicable(attack: Attack) -> str:
    """Why an attack makes no sense against stock nbgrader; empty if it does."""
    if attack.chapter != CHAPTER:
        return OTHER_CHAPTER
    if attack.family in ("records", "costs"):
        return NO_RECORD
    return NOT_APPLICABLE.get(attack.name, "")


def points_faults(attack: Attack, earned: float | None) -> list[str]:
    """What is wrong with the points."""
    if earned is None:
        return ["no grade"]
    if earned > FULL:
        return ["grade forged"]
    if earned > attack.deserves:
        return ["full points" if earned == FULL else "undeserved points"]
    return ["honest work lost"] if earned < attack.least else []


def earned(seen: dict[str, Any]) -> float | None:
    """Automatic points in the gradebook of a container; None without a grade."""
    scores = {n: s for n, s in seen.get("scores", {}).items() if n in names()}
    if not scores or all(s is None for s in scores.values()):
        return None
    return float(sum(s or 0 for s in scores.values()))


def faults(attack: Attack, seen: dict[str, Any]) -> list[str]:
    """All that went wrong in a container, worst first."""
    if "lost" in seen:
        return [f"run stopped: {seen['lost']}"]
    found = points_faults(attack, earned(seen))
    if seen["status"] == "hung":
        found.insert(0, "run hangs")
    if not seen["others"]:
        found.append("other students' grades changed")
    if seen["secrets"]:
        found.append("secret read")
    if seen["graded"]:
        found.append("knows that it is graded")
    if seen["changed"]:
        found.append("files outside changed")
    after = {n: s for n, s in seen["next"]["scores"].items() if n in names()}
    if sum(s or 0 for s in after.values()) != FULL or seen["next"]["left"]:
        found.append("next submission harmed")
    if seen["size"] > 10 << 20:
        found.append("a notebook of more than 10 MB")
    return found


def told(points_earned: float | None, wrong: list[str]) -> dict[str, Any]:
    """A half row of the record."""
    return {"earned": points_earned, "outcome": ", ".join(dict.fromkeys(wrong)) or "held"}
