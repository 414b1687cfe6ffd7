"""First thing to run inside the box: give up rights, set limits, become the kernel.

This file and ``calls.py`` are mounted alone, beside the student library; they may import
nothing else of ours.  Arguments: a file to end with (-1 for none), user id to become (0 to
stay), files that each writable file system may hold (0 where it cannot be told), limits
as JSON, then the kernel's arguments.
"""

import ctypes
import itertools
import json
import os
import resource
import struct
import sys
import tempfile
import threading

from calls import filter_calls

LIMITS = {
    "memory": resource.RLIMIT_AS,
    "processes": resource.RLIMIT_NPROC,
    "file_size": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
    "core": resource.RLIMIT_CORE,
    "locked": resource.RLIMIT_MEMLOCK,
    "signals": resource.RLIMIT_SIGPENDING,
    "queues": resource.RLIMIT_MSGQUEUE,
    "priority": resource.RLIMIT_RTPRIO,
}

PR_CAPBSET_DROP, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 47, 4
CAPABILITIES_VERSION_3 = 0x20080522
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 2, 4, 8, 32
TERMINALS = 16

libc = ctypes.CDLL(None, use_errno=True)


def bound_file_systems(files: int) -> None:
    """Limit the names in each file system in memory that can be written, and terminals.

    A name costs the operating system a kilobyte that counts for nobody.  bubblewrap
    limits the bytes of the files alone, so it leaves this process the right to mount.
    """
    for place in ("/tmp", "/box/home"):
        _remount(place, MS_NOSUID | MS_NODEV, f"nr_inodes={files}")
    _remount("/dev/pts", MS_NOSUID | MS_NOEXEC, f"ptmxmode=666,mode=620,max={TERMINALS}")


def _remount(place: str, flags: int, options: str) -> None:
    flags |= MS_REMOUNT
    if libc.mount(None, place.encode(), None, ctypes.c_ulong(flags), options.encode()):
        raise OSError(ctypes.get_errno(), f"cannot limit the files in {place}")


def close_ways() -> None:
    """Let no program that is started later have a right that this one gives up."""
    for right in range(64):
        libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0)  # fails beyond the last one


def drop_rights() -> None:
    """Give up every right that bubblewrap left."""
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = struct.pack("Ii", CAPABILITIES_VERSION_3, 0)
    if libc.capset(ctypes.c_char_p(header), ctypes.c_char_p(bytes(24))):
        raise OSError(ctypes.get_errno(), "the rights of the box could not be given up")


def end_with(file: int) -> None:
    """End when the grader closes its end of a pipe, or is killed.

    bubblewrap would end the box with the grader, but not if that is killed just while
    bubblewrap starts.
    """

    def wait() -> None:
        os.read(file, 1)
        os._exit(1)

    if file >= 0:
        threading.Thread(target=wait, daemon=True).start()


def use_files_for_ports() -> None:
    """Let ipykernel hear its forks, which it does over TCP, without a network.

    libzmq ends the process where there are no sockets of that family.
    """
    import zmq

    connect, ports = zmq.Socket.connect, itertools.count(1)
    local, folder = "tcp://127.0.0.1", tempfile.mkdtemp(dir=os.environ["HOME"])

    def bind(socket: zmq.Socket, address: str, *_: object, **__: object) -> int:  # type: ignore
        port = next(ports)
        socket.bind(f"ipc://{folder}/{port}")
        return port

    def to(socket: zmq.Socket, address: str) -> object:  # type: ignore
        if isinstance(address, str) and address.startswith(f"{local}:"):
            address = f"ipc://{folder}/{address.removeprefix(f'{local}:')}"
        return connect(socket, address)

    zmq.Socket.bind_to_random_port = bind  # type: ignore[method-assign, assignment]
    zmq.Socket.connect = to  # type: ignore[method-assign, assignment]


def main() -> None:
    user, files, limits = int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
    arguments = sys.argv[5:]
    if files:
        bound_file_systems(files)
    close_ways()
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    drop_rights()
    for name, value in limits.items():
        resource.setrlimit(LIMITS[name], (value, value))
    filter_calls()
    end_with(int(sys.argv[1]))  # not earlier: a thread keeps the rights that it began with
    os.chdir(os.environ["HOME"])
    sys.argv = ["ipykernel", *arguments]
    use_files_for_ports()
    from ipykernel.kernelapp import launch_new_instance
    from ipykernel.zmqshell import ZMQInteractiveShell

    # `exit()` ends the kernel a moment later, in the midst of a cell that is not to blame
    told = "exit() is ignored when this is graded"
    ZMQInteractiveShell.ask_exit = lambda self: print(told)  # type: ignore[method-assign]
    launch_new_instance()


if __name__ == "__main__":
    main()
