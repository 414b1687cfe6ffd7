"""Between a boxed kernel and the grader: reads what the kernel sends, passes on what may be shown.

Student code has the kernel's sockets and key and can send anything, as much as it likes, on
every channel.  All of it arrives in this process, which has a limit on its memory; the grader
is told the outputs of a cell in plain, bounded form, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient

from autograder.walls.channel import Channel
from autograder.walls.outputs import Outputs, shown

MAX_MESSAGE = 32 << 20
MAX_WAITING = 8
MAX_FRAMES = 24
REMEMBERED = 256  # signatures, to notice a message that comes twice
POLL = 200  # milliseconds
ASK_AGAIN = 1.0


def relay(connection: dict[str, Any], channel: Channel) -> None:
    """Serve the grader until it closes the channel: run cells, tell their outputs.

    Args:
        connection: the content of the kernel's connection file.
        channel: brings orders (``source``, ``kept``, ``room``; or ``interrupt``) and takes
            answers (``ready``; or ``outputs`` with the room that they took).
    """
    client = _connected(connection)
    _wait_until_ready(client, channel)
    channel.send_json({"ready": True})
    while True:
        order = channel.receive_json()
        if "source" in order:
            outputs = _run(client, channel, order)
            channel.send_json({"outputs": outputs.cells, "took": outputs.took})


def _connected(connection: Any) -> BlockingKernelClient:
    context = zmq.Context(io_threads=1)
    context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
    context.setsockopt(zmq.RCVHWM, MAX_WAITING)
    context.setsockopt(zmq.LINGER, 0)
    client = BlockingKernelClient(context=context)
    client.load_connection_info(connection)
    client.session.digest_history_size = REMEMBERED
    client.start_channels(hb=False)
    return client


def _wait_until_ready(client: BlockingKernelClient, channel: Channel) -> None:
    """Until the kernel answers and is heard; the grader decides when that is too late.

    What a kernel publishes before someone has subscribed is lost, so that an answer alone is
    not enough: the first cell's outputs might never arrive.
    """
    missing = {client.shell_channel.socket, client.iopub_channel.socket}
    poller = zmq.Poller()
    for place in (*missing, channel.fileno()):
        poller.register(place, zmq.POLLIN)
    asked = 0.0
    while missing:
        if time.monotonic() > asked + ASK_AGAIN:
            client.kernel_info()
            asked = time.monotonic()
        ready = dict(poller.poll(POLL))
        if channel.fileno() in ready:  # no order comes before the answer: the grader is gone
            raise SystemExit
        for place in [p for p in missing if p in ready]:
            place.recv_multipart()
            missing.discard(place)


def _run(client: BlockingKernelClient, channel: Channel, order: Mapping[str, Any]) -> Outputs:
    outputs = Outputs(int(order["kept"]), int(order["room"]))
    request = client.execute(
        order["source"], store_history=False, allow_stdin=False, stop_on_error=False
    )
    heard = client.iopub_channel.socket
    ignored = [client.shell_channel.socket, client.stdin_channel.socket]
    ignored.append(client.control_channel.socket)
    poller = zmq.Poller()
    for place in (heard, channel.fileno(), *ignored):
        poller.register(place, zmq.POLLIN)
    while True:
        ready = dict(poller.poll(POLL))
        if channel.fileno() in ready:
            channel.receive_json()
            client.control_channel.send(client.session.msg("interrupt_request", content={}))
        for place in ignored:  # replies that nobody asked for would wait there
            if place in ready:
                place.recv_multipart()
        if heard in ready:
            kind, content = _understood(client, heard.recv_multipart(), request)
            if kind == "status" and content.get("execution_state") == "idle":
                return outputs
            output = shown(kind, content)
            if output is not None:
                outputs.add(output)


def _understood(
    client: BlockingKernelClient, frames: list[bytes], request: str
) -> tuple[str, dict[str, Any]]:
    """Kind and content of an answer to ``request``; empty for others and for forged ones."""
    if len(frames) > MAX_FRAMES:
        return "", {}
    try:
        _, parts = client.session.feed_identities(frames)
        message = client.session.deserialize(parts)
        if message["parent_header"]["msg_id"] != request:
            return "", {}
        return str(message["msg_type"]), dict(message["content"])
    except Exception:  # student code has the kernel's key and can send anything
        return "", {}
