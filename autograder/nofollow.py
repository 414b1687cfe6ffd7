"""Files below a folder, reached without following a link at any component.

Records may lie where others can write who have no key: a colleague's account, a shared drive.
A link that they plant there would let the grader read, replace or remove files elsewhere with
its own rights.  Here each folder on the way is opened from the one above it, and a link is
refused, wherever it stands and whenever it was put there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Linked(RuntimeError):
    """A link, or no folder or file at all, stands where a folder or a file of ours belongs."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is a link or no plain folder or file, and nothing is read or written through "
            "it: see who put it there, remove it and run the command again"
        )


class Folder:
    """An open folder; every file in it is reached through its handle."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path, self._handle = path, handle

    def names(self) -> list[str]:
        """What lies in it."""
        return sorted(os.listdir(self._handle))

    def walk(self) -> Iterator[tuple[str, list[str], list[str], int]]:
        """As :func:`os.fwalk`: relative path, folders, files, handle of each folder below."""
        for place, folders, files, handle in os.fwalk(
            ".", dir_fd=self._handle, follow_symlinks=False
        ):
            yield os.path.relpath(place, "."), folders, files, handle

    def read(self, name: str, limit: int) -> bytes:
        """Content of a file, at most ``limit`` bytes of it.

        Raises:
            FileNotFoundError: when there is none.
            Linked: when it is no regular file.
        """
        try:
            handle = os.open(name, os.O_RDONLY | FILE, dir_fd=self._handle)
        except OSError as error:
            raise self._told(error, name) from error
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise Linked(self.path / name)
        with open(handle, "rb") as file:
            return file.read(limit)

    def put(self, name: str, data: bytes, mode: int = 0o666) -> None:
        """Replace a file whole: whoever is stopped here leaves the old one as it was."""
        part = f".{name}.{os.getpid()}.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | FILE
        self.remove(part)
        try:
            handle = os.open(part, flags, mode, dir_fd=self._handle)
            with open(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            # a move replaces a link itself, never what it points to
            os.replace(part, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        except BaseException:
            self.remove(part)
            raise

    def remove(self, name: str) -> None:
        """Remove a file, or a link itself; a folder stays."""
        with contextlib.suppress(FileNotFoundError, IsADirectoryError, PermissionError):
            os.unlink(name, dir_fd=self._handle)

    def _told(self, error: OSError, name: str) -> Exception:
        strange = (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR)
        return Linked(self.path / name) if error.errno in strange else error


@contextmanager
def folder(base: Path, *parts: str, make: bool = False) -> Iterator[Folder]:
    """The folder ``base/part/part...``, with no link below ``base``.

    Args:
        base: a folder that only the grader's owner can replace.
        parts: names, one folder each.
        make: make what is missing.

    Raises:
        FileNotFoundError: when a folder is missing.
        Linked: when a part is a link or no folder.
    """
    path, handle = base, os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts:
            if part in ("", ".", "..") or "/" in part:
                raise Linked(path / part)
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=handle)
            path = path / part
            try:
                below = os.open(part, FOLDER, dir_fd=handle)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENOTDIR):
                    raise Linked(path) from error
                raise
            os.close(handle)
            handle = below
        yield Folder(path, handle)
    finally:
        os.close(handle)
