"""First thing to run inside the box: give up rights, set limits, become the kernel.

This file and ``calls.py`` are mounted alone, beside the student library; they may import
nothing else of ours.  Arguments: what is to be done, as JSON (see :func:`main`), then the
kernel's arguments.
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
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
NEW_USER_NAMESPACE = 0x10000000
TERMINALS = 16
# what libraries read; the rest of /proc tells of the machine's devices, keys and kernel
SHOWN_OF_PROC = {"cpuinfo", "loadavg", "meminfo", "stat", "uptime", "version"}

libc = ctypes.CDLL(None, use_errno=True)


def bound_file_systems(files: int) -> None:
    """Limit the names in the one file system in memory that can be written, and terminals.

    A name costs the operating system a kilobyte that counts for nobody.  bubblewrap
    limits the bytes of the files alone, so it leaves this process the right to mount.
    """
    _mount(None, "/box/home", MS_REMOUNT | MS_NOSUID | MS_NODEV, f"nr_inodes={files}")
    options = f"ptmxmode=666,mode=620,max={TERMINALS}"
    _mount(None, "/dev/pts", MS_REMOUNT | MS_NOSUID | MS_NOEXEC, options)


def cover_machine() -> None:
    """Cover what ``/proc`` tells beside the box's own processes."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() or entry.name in SHOWN_OF_PROC or entry.is_symlink():
            continue
        if entry.is_dir():
            _mount("tmpfs", entry.path, MS_RDONLY | MS_NOSUID | MS_NODEV, "nr_inodes=1,mode=555")
        else:
            _mount("/dev/null", entry.path, MS_BIND, "")


def _mount(what: str | None, place: str, flags: int, options: str) -> None:
    source = what.encode() if what else None
    words = source, place.encode(), source, ctypes.c_ulong(flags), options.encode()
    if libc.mount(*words):
        raise OSError(ctypes.get_errno(), f"cannot make {place} as it has to be in the box")


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


def become(user: int, group: int, mapped: bool) -> None:
    """Become a user: a real one, or under its own number the one that plays root in here."""
    if not mapped:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
        return
    # bubblewrap's mounts belong to the space of users that is left behind here
    if libc.unshare(NEW_USER_NAMESPACE):
        raise OSError(ctypes.get_errno(), "cannot give up being root in the box")
    for name, words in (
        ("uid_map", f"{user} 0 1"),
        ("setgroups", "deny"),
        ("gid_map", f"{group} 0 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(words)


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
    """Do what the first argument asks for: JSON with these keys.

    - pipe: a file to end with (-1 for none).
    - user, group: what to become, and mapped: whether that is but another name.
    - files: how many the working folder may hold; 0 where there is no right to bound them.
    - limits: of the operating system, by name.
    """
    wish, arguments = json.loads(sys.argv[1]), sys.argv[2:]
    if wish["files"]:
        bound_file_systems(wish["files"])
        cover_machine()
        if wish["mapped"]:
            become(wish["user"], wish["group"], True)
    close_ways()
    if wish["user"] and not wish["mapped"]:
        become(wish["user"], wish["group"], False)
    drop_rights()
    for name, value in wish["limits"].items():
        resource.setrlimit(LIMITS[name], (value, value))
    from calls import filter_calls  # lies beside this file, inside the box alone

    filter_calls()
    end_with(wish["pipe"])  # not earlier: a thread keeps the rights that it began with
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
