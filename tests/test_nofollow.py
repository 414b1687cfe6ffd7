"""Nothing of the grader's is read, written or removed through a link, wherever it stands."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.nofollow import Folder, Linked, folder

PARTS = ("records", "mallory", "03-momentum")
KEPT = "keep.safetensors"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A course folder, beside a folder of someone else's with two files in it."""
    (tmp_path / "course").mkdir()
    elsewhere = tmp_path / "elsewhere" / "mallory" / "03-momentum"
    elsewhere.mkdir(parents=True)
    (elsewhere / KEPT).write_bytes(b"theirs")
    (elsewhere / "momentum.json").write_bytes(b"theirs")
    return tmp_path


def plant(place: Path, depth: int) -> None:
    """Put a link in the place of one folder on the way."""
    above = (place / "course").joinpath(*PARTS[:depth])
    above.mkdir(parents=True, exist_ok=True)
    target = (place / "elsewhere").joinpath(*PARTS[1 : depth + 1])
    (above / PARTS[depth]).symlink_to(target)


@pytest.mark.parametrize("make", [False, True])
@pytest.mark.parametrize("depth", range(len(PARTS)))
def test_a_link_on_the_way_is_refused(depth: int, make: bool, place: Path) -> None:
    plant(place, depth)
    there = (place / "course").joinpath(*PARTS)
    assert (there / KEPT).read_bytes() == b"theirs"  # who follows links gets there
    with pytest.raises(Linked, match="is a link"), folder(place / "course", *PARTS, make=make):
        pass
    assert (there / KEPT).read_bytes() == b"theirs"


ACTS: dict[str, Callable[[Folder, str], object]] = {
    "read": lambda f, name: f.read(name, 100),
    "put": lambda f, name: f.put(name, b"ours"),
    "remove": lambda f, name: f.remove(name),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_link_for_a_file_is_not_followed(act: str, place: Path) -> None:
    """Neither the name itself, nor the name under which a file is written first."""
    theirs = place / "elsewhere" / "mallory" / "03-momentum" / KEPT
    with folder(place / "course", *PARTS, make=True) as here:
        for name in (KEPT, f".{KEPT}.{os.getpid()}.part"):
            (here.path / name).symlink_to(theirs)
        if act == "read":
            with pytest.raises(Linked):
                ACTS[act](here, KEPT)
        else:
            ACTS[act](here, KEPT)
            assert not (here.path / KEPT).is_symlink()
        assert theirs.read_bytes() == b"theirs"
        if act == "put":
            assert here.read(KEPT, 100) == b"ours"


def test_a_link_that_comes_while_the_folder_is_open_does_not_matter(place: Path) -> None:
    with folder(place / "course", *PARTS, make=True) as here:
        here.put(KEPT, b"ours")
        here.path.rename(place / "aside")
        here.path.symlink_to(place / "elsewhere" / "mallory" / "03-momentum")
        here.remove(KEPT)
        here.put("momentum.json", b"ours")
    assert (place / "elsewhere" / "mallory" / "03-momentum" / KEPT).exists()
    assert (place / "aside" / "momentum.json").read_bytes() == b"ours"


def test_pipes_and_folders_are_no_files(place: Path) -> None:
    with folder(place / "course", *PARTS, make=True) as here:
        os.mkfifo(here.path / "pipe")
        (here.path / "folder").mkdir()
        for name in ("pipe", "folder"):
            with pytest.raises(Linked):
                here.read(name, 100)
        here.remove("folder")
        assert here.names() == ["folder", "pipe"]


@pytest.mark.parametrize("part", ["..", ".", "", "a/b", "/etc"])
def test_a_name_is_one_folder(part: str, place: Path) -> None:
    with pytest.raises(Linked), folder(place / "course", part, make=True):
        pass


def test_what_is_missing_is_missing(place: Path) -> None:
    with pytest.raises(FileNotFoundError), folder(place / "course", *PARTS):
        pass
    with folder(place / "course", *PARTS, make=True) as here, pytest.raises(FileNotFoundError):
        here.read(KEPT, 100)


def test_no_more_is_read_than_asked_for(place: Path) -> None:
    with folder(place / "course", *PARTS, make=True) as here:
        here.put(KEPT, b"x" * 1000)
        assert here.read(KEPT, 10) == b"x" * 10
