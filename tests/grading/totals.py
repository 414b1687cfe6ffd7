"""Points of chapter 3, added up: an exercise that the chapter gets changes no test."""

from __future__ import annotations

from autograder.judging import reference
from cs231n_lib import exercises

EXERCISES = [e.name for e in exercises.chapter("momentum")]
# of all functions, and with the question that a person grades
FUNCTIONS = sum(exercises.get(name).points for name in EXERCISES)
WITH_TEXT = FUNCTIONS + int(sum(r.points for r in reference.rubrics("momentum").values()))
TABLE = f"{FUNCTIONS},{WITH_TEXT}"  # as grades.csv has them
