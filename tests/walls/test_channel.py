"""Messages arrive whole, in any pieces and at any pace, or not at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from autograder.walls.channel import HEAD, Channel, ChannelClosed, TooSlow


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Channel]]:
    """A raw socket, and the channel at its other end that takes up to a hundred bytes."""
    mine, theirs = socket.socketpair()
    yield mine, Channel(theirs, 100)
    mine.close()
    theirs.close()


def test_a_message_in_pieces_is_put_together(ends: tuple[socket.socket, Channel]) -> None:
    """A wait that ends in the midst of a message must not lose what came of it."""
    raw, channel = ends
    sent = HEAD.pack(5) + b"hello" + HEAD.pack(2) + b"on"
    for i, byte in enumerate(sent[:-1]):
        raw.sendall(bytes([byte]))
        if i == HEAD.size + 4:
            assert channel.receive(1) == b"hello"
        else:
            with pytest.raises(TooSlow):
                channel.receive(0.001)
    raw.sendall(sent[-1:])
    assert channel.receive(1) == b"on"


def test_nothing_of_the_next_message_is_taken(ends: tuple[socket.socket, Channel]) -> None:
    raw, channel = ends
    raw.sendall(HEAD.pack(1) + b"a" + HEAD.pack(0) + HEAD.pack(1) + b"b")
    assert [channel.receive(1) for _ in range(3)] == [b"a", b"", b"b"]


def test_a_message_that_is_too_long_is_not_waited_for(ends: tuple[socket.socket, Channel]) -> None:
    raw, channel = ends
    raw.sendall(HEAD.pack(101))
    with pytest.raises(ChannelClosed, match="101 bytes is too long"):
        channel.receive(1)


@pytest.mark.parametrize("sent", [b"", b"\0\0", HEAD.pack(5), HEAD.pack(5) + b"he"])
def test_an_end_in_the_midst_is_an_end(sent: bytes, ends: tuple[socket.socket, Channel]) -> None:
    raw, channel = ends
    raw.sendall(sent)
    raw.close()
    with pytest.raises(ChannelClosed, match="gone"):
        channel.receive(1)


@pytest.mark.parametrize("sent", [b"{", b"", b"\xff", b"[" * 99])
def test_what_is_no_json_is_refused(sent: bytes, ends: tuple[socket.socket, Channel]) -> None:
    raw, channel = ends
    raw.sendall(HEAD.pack(len(sent)) + sent)
    with pytest.raises(ChannelClosed, match="no JSON"):
        channel.receive_json(1)


def test_tests_that_share_a_class_run_in_one_process(group_of_tests: str) -> None:
    """xdist can lose the groups without a word, and each class is then graded twice."""
    assert group_of_tests in ("", "walls")
