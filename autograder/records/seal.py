"""Seals: an HMAC over canonical JSON, with a key that only the course's owner can read.

A digest shows damage, but whoever edits a file can edit its digest as well.  A seal can be
made only with the key, ``records.key`` in the course folder.  It holds against anyone who
can write records and not read the key; against the owner of the key nothing holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.paths import course_dir

KEY = "records.key"
KEY_BYTES = 32


class KeyTrouble(RuntimeError):
    """Records can be neither sealed nor verified."""


def key(make: bool = False) -> bytes:
    """The key of the course; with ``make`` it is made where there is none.

    Raises:
        KeyTrouble: when it is missing or damaged.
    """
    path = course_dir() / KEY
    if make and not path.exists():
        _make(path)
    try:
        found = bytes.fromhex(path.read_text("ascii"))
    except FileNotFoundError as error:
        raise KeyTrouble(
            f"the key {path} is missing, and no record can be verified without it: restore it, "
            "or grade again with --force"
        ) from error
    except ValueError:
        found = b""
    if len(found) != KEY_BYTES:
        raise KeyTrouble(f"the key {path} is damaged: restore it, or remove it and grade again")
    return found


def _make(path: Path) -> None:
    part = path.with_name(f"{KEY}.{os.getpid()}")
    put(part, secrets.token_hex(KEY_BYTES).encode(), mode=0o600)
    try:
        os.link(part, path)  # unlike a move, a link never replaces another grader's key
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def seal(key: bytes, tree: dict[str, Any], owner: Sequence[str] = ()) -> str:
    """HMAC-SHA-256 of ``tree`` (without its own seal) and of whose it is."""
    rest = {k: v for k, v in tree.items() if k != "seal"}
    text = json.dumps([list(owner), rest], sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def fits(key: bytes, tree: Any, owner: Sequence[str] = ()) -> bool:
    """Whether ``tree`` holds the seal that belongs to it; ``tree`` may be anything."""
    told = tree.get("seal") if isinstance(tree, dict) else None
    if not isinstance(told, str):
        return False
    try:
        right = seal(key, tree, owner)
    except RecursionError:  # nested as deeply as could just be read
        return False
    return hmac.compare_digest(right.encode(), told.encode("utf-8", "replace"))


def sha256(data: bytes) -> str:
    """Digest as text."""
    return hashlib.sha256(data).hexdigest()


def put(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace a file whole: whoever is stopped here leaves the old one as it was."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
