"""Messages over a socket, each with its length before it and none longer than its reader allows."""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from typing import Any

HEAD = struct.Struct("!Q")


class ChannelClosed(ConnectionError):
    """The other side is gone, or broke the rules."""


class TooSlow(TimeoutError):
    """Nothing came in time."""


class Channel:
    """One end of a socket.

    Args:
        end: a connected stream socket; the channel owns it.
        largest: bytes that a message to this end may have.
    """

    def __init__(self, end: socket.socket, largest: int) -> None:
        self.socket, self.largest = end, largest
        self._held = bytearray()  # what came of a message that is not there as a whole

    def fileno(self) -> int:
        """For pollers."""
        return self.socket.fileno()

    def send(self, data: bytes) -> None:
        """Send one message.

        Raises:
            ChannelClosed: when the other side is gone.
        """
        try:
            self.socket.settimeout(None)
            self.socket.sendall(HEAD.pack(len(data)))
            self.socket.sendall(data)
        except OSError as error:
            raise ChannelClosed("the other side is gone") from error

    def receive(self, seconds: float | None = None) -> bytes:
        """The next message.

        Raises:
            TooSlow: when it is not there, whole, after so many seconds; what came of it is
                kept, and a later call goes on with it.
            ChannelClosed: when the other side is gone, or its message is too long.
        """
        end = None if seconds is None else time.monotonic() + seconds
        self._fill(HEAD.size, end)
        size = HEAD.unpack_from(self._held)[0]
        if size > self.largest:
            raise ChannelClosed(f"a message of {size} bytes is too long")
        self._fill(HEAD.size + size, end)
        found = bytes(self._held[HEAD.size :])
        self._held.clear()
        return found

    def send_json(self, tree: Any) -> None:
        """Send plain data."""
        self.send(json.dumps(tree).encode())

    def receive_json(self, seconds: float | None = None) -> Any:
        """The next message as plain data.

        Raises:
            ChannelClosed: also for what is no JSON.
        """
        data = self.receive(seconds)
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise ChannelClosed("a message is no JSON") from error

    def waiting(self, seconds: float) -> bool:
        """Whether something comes, or the other side goes, within so many seconds."""
        return bool(select.select([self.socket], [], [], seconds)[0])

    def close(self) -> None:
        self.socket.close()

    def _fill(self, size: int, end: float | None) -> None:
        """Receive until so many bytes are held, and no more than them."""
        while len(self._held) < size:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                raise TooSlow("nothing came in time")
            try:
                self.socket.settimeout(left)
                part = self.socket.recv(min(size - len(self._held), 1 << 20))
            except TimeoutError as error:
                raise TooSlow("nothing came in time") from error
            except OSError as error:
                raise ChannelClosed("the other side is gone") from error
            if not part:
                raise ChannelClosed("the other side is gone")
            self._held += part
