"""What a kernel sends is bounded in every part, and costs the grader's own process nothing.

Each flood is also sent to a client that reads as ordinary ones do, without the wall: there it
fills the memory, so that the tests behind the wall can fail.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading import behind
from autograder.sandbox import kernel
from autograder.sandbox.box import Limits
from autograder.sandbox.execute import Run, Taken, execute
from autograder.walls import relay

MEGABYTE = 1 << 20
TOLD = 64 * MEGABYTE  # that the grader's own process may grow by
START = """
import json
kernel = get_ipython().kernel
session, pub = kernel.session, kernel.iopub_socket
parent = kernel.get_parent()
shell = kernel.shell_stream.socket
ident = kernel._parent_ident["shell"]
def publish(kind, content, metadata=None):
    session.send(pub, kind, content, parent=parent, metadata=metadata)
def reply(content):
    message = session.msg("x", content, parent=parent)
    shell.send_multipart(session.serialize(message, ident))
"""
# each takes `SIZE` megabytes at the least from who keeps what comes
FLOODS = {
    "replies nobody asked for": "for i in range(SIZE // 20): reply({'x': 'y' * (20 << 20)})",
    "frames of one message": """
m = session.serialize(session.msg("stream", {"name": "stdout", "text": "x"}, parent=parent))
shell.send_multipart([*ident, *m[1:], *([b"y" * 1000] * (SIZE * 1000))])
""",
    "names of errors": """
for i in range(SIZE // 10):
    publish("error", {"ename": "n" * (10 << 20), "evalue": "", "traceback": []})
""",
    "keys of outputs": """
for i in range(SIZE // 10):
    publish("display_data", {"data": {"k" * (10 << 20): "x"}, "metadata": {}})
""",
    "metadata of outputs": """
for i in range(SIZE // 10):
    publish("display_data", {"data": {"text/plain": "x"}, "metadata": {"m": "y" * (10 << 20)}})
""",
    "values nested": """
for i in range(SIZE // 10):
    publish("display_data", {"data": {"text/plain": [[0] * 100] * 25_000}, "metadata": {}})
""",
    "tracebacks": """
for i in range(SIZE // 10):
    publish("error", {"ename": "", "evalue": "", "traceback": ["t"] * 1_000_000})
""",
    "headers": """
for i in range(SIZE // 10):
    publish("stream", {"name": "stdout", "text": "x"}, metadata={"h": "y" * (10 << 20)})
""",
}


class Peak:
    """The most resident memory, beyond the first, of some processes while they are watched."""

    def __init__(self, *processes: psutil.Process) -> None:
        import threading

        self.processes, self.most, self._done = processes, 0, threading.Event()
        self.first = self._now()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _now(self) -> int:
        total = 0
        for process in self.processes:
            try:
                total += process.memory_info().rss
            except psutil.Error:
                continue
        return total

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self.most = max(self.most, self._now() - self.first)

    def stop(self) -> int:
        self._done.set()
        self._thread.join()
        return self.most


def run(*sources: str, **limits: Any) -> tuple[list[str], Run]:
    """What the cells printed, and the run."""
    nb = new_notebook(cells=[new_code_cell(s) for s in sources])
    wanted = {"cell_seconds": 15.0, "total_seconds": 90.0, **limits}
    found = execute(nb, Taken(), {}, Limits(**wanted), behind.judge())
    texts = [
        "".join(str(o.get("text", o.get("evalue", o.get("data", "")))) for o in c.outputs)
        for c in nb.cells
    ]
    return texts, found


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_does_not_reach_the_grader(name: str) -> None:
    """Six hundred megabytes, and the next cell gets its turn."""
    run("1")  # the warm process is there
    flood = START + FLOODS[name].replace("SIZE", "600")
    peak = Peak(psutil.Process())
    texts, found = run("kept = 1", flood + "\nprint('SENT')", "print('after', kept)")
    assert peak.stop() < TOLD
    assert texts[2].strip() == "after 1"
    # all of it was sent, or the kernel was ended in the midst of it
    assert "SENT" in texts[1] or "cut here" in texts[1] or found.trouble


@pytest.fixture(scope="module")
def bare() -> Iterator[Any]:
    """A kernel without a box, and a client that reads what is published and nothing else."""
    manager, client = start_new_kernel()
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("name", ["replies nobody asked for", "frames of one message"])
def test_the_same_flood_fills_a_client_that_does_not_read(name: str, bare: Any) -> None:
    peak = Peak(psutil.Process())
    request = bare.execute(START + FLOODS[name].replace("SIZE", "200") + "\nprint('SENT')")
    end, said = time.monotonic() + 60, ""
    while time.monotonic() < end:
        message = bare.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") == request:
            said += str(message["content"].get("text", message["content"].get("evalue", "")))
            if message["content"].get("execution_state") == "idle":
                break
    assert "SENT" in said
    while peak.most <= 150 * MEGABYTE and time.monotonic() < end:  # the rest is under way
        time.sleep(0.1)
    assert peak.stop() > 150 * MEGABYTE


def test_a_relay_that_needs_too_much_ends_and_costs_one_cell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the memory of an ordinary process the same flood is taken."""
    flood = START + FLOODS["frames of one message"].replace("SIZE", "300")
    flood += "\nprint('SENT', flush=True)\nimport time; time.sleep(4)"
    monkeypatch.setattr(kernel, "RELAY_MEMORY", 100 * MEGABYTE)
    # who reads has to have come so far, beside other tests as well
    patient = {"cell_seconds": 180.0, "total_seconds": 500.0}
    texts, found = run(flood, "print('after')", **patient)
    assert "more messages than can be read" in found.trouble[""]
    assert texts[1].strip() == "after"
    monkeypatch.setattr(kernel, "RELAY_MEMORY", 4096 * MEGABYTE)
    texts, found = run(flood, "print('after')", **patient)
    assert found.trouble == {} and "SENT" in texts[0]


def test_signatures_are_forgotten(tmp_path: Any) -> None:
    """Each message leaves one behind, to be known if it comes twice; 65,536 of them by default."""
    told = {f"{name}_port": i for i, name in enumerate(kernel.PORTS, 1)}
    told |= {"transport": "ipc", "ip": str(tmp_path / "k"), "key": "x"}
    client = relay._connected({**told, "signature_scheme": "hmac-sha256", "kernel_name": ""})
    try:
        for i in range(5_000):
            client.session._add_digest(b"%d" % i)
        assert 0 < len(client.session.digest_history) <= relay.REMEMBERED
    finally:
        client.stop_channels()
        client.context.destroy(linger=0)


FORGED = {
    "idle before the end": "publish('status', {'execution_state': 'idle'})",
    "idle as a list": "publish('status', {'execution_state': ['idle']})",
    "no frames": "pub.send_multipart([b''])",
    "frames without a message": "pub.send_multipart([b'a', b'<IDS|MSG>', b'', b'{', b'[', b''])",
    "outputs of no form": """
for content in ({}, {"data": 3}, {"data": {"text/plain": 3}}, {"text": []}, {"traceback": 7}):
    for kind in ("stream", "display_data", "execute_result", "error", "update_display_data"):
        publish(kind, content)
""",
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_messages_do_no_harm(name: str) -> None:
    texts, found = run(START + FORGED[name], "print('one')", "print('two')")
    assert texts[1:] == ["one\n", "two\n"] or texts[1:] == ["", "two\n"]
    assert found.trouble == {}


def test_questions_on_standard_input_are_refused() -> None:
    texts, found = run("input('name? ')", "print('after')")
    assert "input" in texts[0] and texts[1].strip() == "after"
    assert found.trouble == {}


def test_what_is_honest_is_shown() -> None:
    texts, found = run(
        "print('a' * 1000)\nprint('b')",
        "from IPython.display import display\ndisplay('x')\n1 + 1",
        "1 / 0",
        "import sys\nprint('warned', file=sys.stderr)",
    )
    assert texts[0] == "a" * 1000 + "\nb\n"
    assert "'x'" in texts[1] and "2" in texts[1]
    assert texts[2] == "division by zero" and texts[3] == "warned\n"
    assert found.trouble == {}
