"""What the class of attacks as a whole used, and whether each attack came to its point."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from test_costs import GRADER, MACHINE

from trial import sample
from trial.attacks.classroom import TRIED, WORKERS, Class
from trial.attacks.corpus import Attack

MARK = "REACHED"


def test_the_grader_of_the_class_stays_small(classroom: Class) -> None:
    assert classroom.cost.grader < WORKERS * GRADER
    assert classroom.cost.machine < WORKERS * MACHINE


def marked(attack: Attack) -> bool:
    """Whether the attack's own code says when it has come to its point."""
    return MARK in Path(sys.modules[attack.build.__module__].__file__ or "").read_text("utf-8")


SPEAKS = ("messages", "kernel_memory", "processor")


@pytest.mark.skipif(
    not sample.whole(),
    reason="part of `make trial`: on a busy machine another wall may stop an attack first",
)
@pytest.mark.parametrize("name", [n for n in TRIED if TRIED[n].family in SPEAKS])
def test_the_attack_did_what_it_says(name: str, classroom: Class) -> None:
    """Its cell came to its point, or was stopped for what it used up: never by an error of its own.

    A cell that names what no version of the kernel has any more would end with an error, and
    would prove nothing.
    """
    outputs = classroom.outputs(name)
    assert marked(TRIED[name])
    names = set(re.findall(r'"ename": "(\w+)"', outputs))
    forged = {n for n in names if set(n) == {"x"}}  # errors with names of megabytes are an attack
    assert names - forged <= {"Stopped", "KeyboardInterrupt", "MemoryError"}, names
    assert MARK in outputs or "Stopped" in names
