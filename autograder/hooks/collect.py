"""``nbgrader collect``: takes what students put into the exchange, and trusts none of it.

Each submission is a folder that a student owns, in a folder where everybody may write.  A
link there would let the collector copy what the student may not read, the solved notebook
say; a name that is no name, or a pipe, would end the collection for the whole class; a folder
in somebody else's name would take the place of that student's own work.
"""

from __future__ import annotations

import os
import pwd
import stat
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect

from autograder import nofollow
from autograder.course import private
from autograder.hooks.exchange import LEFT_OUT
from autograder.submissions import names

DEPTH = 4  # folders below a submission's
MOST = 1000  # files of one submission

Record = dict[str, Any]


class Collect(ExchangeCollect):  # type: ignore[misc]
    """The newest submission of each student; what cannot be used is told and left there."""

    src_records: list[Record]

    def _path_to_record(self, path: str) -> Record:
        name = os.path.basename(path)
        refused = {"username": None, "filename": name, "timestamp": datetime.min}
        try:
            record: Record = super()._path_to_record(path)
        except (ExchangeError, ValueError, OverflowError):
            self.log.warning("%r has no name of a submission: not collected", name)
            return refused
        if why := names.why_not(record["username"]):
            self.log.warning("%r: the student's name %s: not collected", name, why)
            return refused
        return record

    def _sort_by_timestamp(self, records: list[Record]) -> list[Record]:
        """Newest first; where a student's own are there, those that others own do not count."""
        own = [r for r in records if self._owner(r["filename"]) == r["username"]]
        if self.check_owner and own:
            for record in records:
                if record not in own:
                    self.log.warning(
                        "%r belongs to %s, and %s has handed in work of their own: not collected",
                        record["filename"],
                        self._owner(record["filename"]) or "an unknown user",
                        record["username"],
                    )
            records = own
        return list(super()._sort_by_timestamp(records))

    def _owner(self, filename: str) -> str:
        try:
            return pwd.getpwuid(os.lstat(os.path.join(self.inbound_path, filename)).st_uid).pw_name
        except (KeyError, OSError):
            return ""

    def init_src(self) -> None:
        super().init_src()
        private.folder(Path(self.coursedir.root) / self.coursedir.submitted_directory)
        self.src_records = [r for r in self.src_records if r["username"] is not None]

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy plain files, following no link; what is anything else stays where it is."""
        inbound, name = os.path.split(src)
        os.makedirs(dest, exist_ok=True)
        try:
            with nofollow.folder(Path(inbound), name) as folder:
                self._copy(folder, Path(dest))
        except (OSError, nofollow.Linked) as error:
            self.log.warning("%r cannot be read: %s", name, error)

    def _copy(self, folder: nofollow.Folder, dest: Path) -> None:
        left, most = MOST, 1000 * self.coursedir.max_file_size
        for place, below, files, handle in folder.walk():
            depth = len(Path(place).parts)
            below[:] = [n for n in below if depth < DEPTH and not _left_out(n)]
            for name in (n for n in files if not _left_out(n)):
                told = folder.path / place / name
                left -= 1
                try:
                    if left < 0:
                        raise ValueError(f"the submission has more than {MOST} files")
                    data = _read(name, handle, most)
                except (OSError, ValueError) as error:
                    self.log.warning("%r is not collected: %s", str(told), error)
                    continue
                (dest / place).mkdir(parents=True, exist_ok=True)
                (dest / place / name).write_bytes(data)


def _left_out(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in LEFT_OUT)


def _read(name: str, handle: int, most: float) -> bytes:
    """Content of a plain file in an open folder.

    Raises:
        OSError: when it cannot be read, or is a link.
        ValueError: when it is no plain file, or larger than ``most`` bytes.
    """
    if not stat.S_ISREG(os.lstat(name, dir_fd=handle).st_mode):
        raise ValueError("it is a link or no plain file")
    # opened in a way that holds even if it is another by now
    with open(os.open(name, os.O_RDONLY | nofollow.FILE, dir_fd=handle), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is a link or no plain file")
        data = file.read(int(most) + 1)
    if len(data) > most:
        raise ValueError(f"it has more than {most:g} bytes")
    return data
