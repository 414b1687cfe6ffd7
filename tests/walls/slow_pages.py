"""Renderers that take too long or too much, as a library might over a text made for it."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.showing.pieces import Piece
from autograder.walls import pages as real
from autograder.walls.channel import Channel


def pages(pieces: Sequence[Piece], channel: Channel) -> None:
    for piece in pieces:
        if "SLOW" in piece[1]:
            real._allow(2)
            while True:
                pass
        held = [bytearray(1 << 20) for _ in range(4096 * ("LARGE" in piece[1]))]
        real.pages([piece], channel)
        held.clear()


def lies(pieces: Sequence[Piece], channel: Channel) -> None:
    for _ in pieces:
        channel.send_json({"not": "a text"})
