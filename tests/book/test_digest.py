"""An experiment's digest changes with the code that it can reach, and with nothing else."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims import digest

LAB = '''"""A lab."""

from claims_planted import other
from claims_planted.other import helper as help_out

RATE = 0.1
UNUSED = 1


class Net:
    """A net."""

    def size(self):
        return deep()


def deep():
    return 3


def experiment(seed):
    """Docstring."""
    return help_out(seed) * RATE + other.far(seed) + Net().size()


def neighbour(seed):
    return seed + 10
'''
OTHER = """FACTOR = 2


def helper(seed):
    return seed * FACTOR


def far(seed):
    return seed + 1


def alone(seed):
    return seed
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "claims_planted"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # files change within a second
    monkeypatch.setattr(digest, "OURS", ("claims_planted",))
    yield folder
    for name in [n for n in sys.modules if n.startswith("claims_planted")]:
        del sys.modules[name]


def digest_of(folder: Path, lab: str = LAB, other: str = OTHER) -> str:
    (folder / "lab.py").write_text(lab)
    (folder / "other.py").write_text(other)
    for name in [n for n in sys.modules if n.startswith("claims_planted")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    digest._piece.cache_clear()
    digest._bindings.cache_clear()
    return digest.code_digest(importlib.import_module("claims_planted.lab").experiment)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("help_out(seed) * RATE", "help_out(seed) + RATE"),
        ("RATE = 0.1", "RATE = 0.2"),
        ("return 3", "return 4"),
        ("def size(self):", "def size(self, n=1):"),
    ],
)
def test_what_it_reaches_counts(package: Path, old: str, new: str) -> None:
    assert old in LAB
    assert digest_of(package) != digest_of(package, lab=LAB.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"), [("FACTOR = 2", "FACTOR = 3"), ("seed + 1", "seed + 2"), ("seed *", "seed +")]
)
def test_so_does_what_it_reaches_in_other_modules(package: Path, old: str, new: str) -> None:
    assert old in OTHER
    assert digest_of(package) != digest_of(package, other=OTHER.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("UNUSED = 1", "UNUSED = 2"),
        ('"""Docstring."""', '"""Other words."""'),
        ('"""A net."""', '"""Another."""'),
        ("return seed + 10", "return seed + 11"),
        ("RATE = 0.1", "RATE = 0.1  # a comment"),
        ('"""A lab."""\n', '"""A lab."""\n\nimport math\n'),
    ],
)
def test_nothing_else_does(package: Path, old: str, new: str) -> None:
    assert old in LAB
    assert digest_of(package) == digest_of(package, lab=LAB.replace(old, new))


def test_a_neighbour_in_another_module_does_not(package: Path) -> None:
    assert digest_of(package) == digest_of(
        package, other=OTHER.replace("return seed\n", "return 0\n")
    )
