"""First thing to run inside the box: give up rights, set limits, become the kernel.

This file is mounted alone, beside the student library; it may import nothing of ours.
Arguments: a file to end with (-1 for none), user id to become (0 to stay), limits as JSON,
then the kernel's arguments.
"""

import ctypes
import errno
import json
import os
import platform
import resource
import struct
import sys
import threading

LIMITS = {
    "memory": resource.RLIMIT_AS,
    "processes": resource.RLIMIT_NPROC,
    "file_size": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
    "core": resource.RLIMIT_CORE,
}

# System calls that no notebook needs: memory that belongs to no process, namespaces and
# mounts, other processes' insides, keys, the kernel's own programs.  By number, for the
# two processors that the course runs on; audit architecture, clone and clone3 first.
CALLS = {
    "x86_64": (
        0xC000003E, 56, 435,
        (319, 447, 29, 240, 272, 308, 165, 428, 429, 430, 432, 155, 101, 310, 311, 248, 249,
         250, 321, 298, 323, 425, 426, 427, 175, 313, 246, 320, 304),
    ),
    "aarch64": (
        0xC00000B7, 220, 435,
        (279, 447, 194, 180, 97, 268, 40, 428, 429, 430, 432, 41, 117, 270, 271, 217, 218,
         219, 280, 241, 282, 425, 426, 427, 105, 273, 104, 294, 265),
    ),
}  # fmt: skip
NEW_USER_NAMESPACE = 0x10000000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
LOAD, EQUAL, ANY_BIT, AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000


def filter_calls() -> None:
    """Refuse the calls above with EPERM, for this process and all that come of it.

    A program of the kernel's packet filter: load a word of the call, compare, jump, return.
    On another processor there is no filter, and the other walls stand alone.
    """
    if platform.machine() not in CALLS:
        return
    architecture, clone, clone3, refused = CALLS[platform.machine()]
    refuse = (RETURN, 0, 0, FAIL | errno.EPERM)
    steps = [
        (LOAD, 0, 0, 4),  # the architecture: another one numbers its calls otherwise
        (EQUAL, 1, 0, architecture),
        refuse,
        (LOAD, 0, 0, 0),  # the number of the call
        (AT_LEAST, 0, 1, 0x40000000),  # a second set of numbers for the same calls
        refuse,
    ]
    for number in refused:
        steps += [(EQUAL, 0, 1, number), refuse]
    # clone3 hides its flags behind a pointer; told that there is none, libc takes clone
    steps += [(EQUAL, 0, 1, clone3), (RETURN, 0, 0, FAIL | errno.ENOSYS)]
    steps += [(EQUAL, 0, 3, clone), (LOAD, 0, 0, 16), (ANY_BIT, 0, 1, NEW_USER_NAMESPACE), refuse]
    steps += [(RETURN, 0, 0, ALLOW)]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.c_char_p(header), 0, 0):
        raise OSError(ctypes.get_errno(), "the filter on system calls was refused")


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


def main() -> None:
    end_with(int(sys.argv[1]))
    user, limits, arguments = int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:]
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    for name, value in limits.items():
        resource.setrlimit(LIMITS[name], (value, value))
    filter_calls()
    os.chdir(os.environ["HOME"])
    sys.argv = ["ipykernel", *arguments]
    from ipykernel.kernelapp import launch_new_instance
    from ipykernel.zmqshell import ZMQInteractiveShell

    # `exit()` ends the kernel a moment later, in the midst of a cell that is not to blame
    told = "exit() is ignored when this is graded"
    ZMQInteractiveShell.ask_exit = lambda self: print(told)  # type: ignore[method-assign]
    launch_new_instance()


if __name__ == "__main__":
    main()
