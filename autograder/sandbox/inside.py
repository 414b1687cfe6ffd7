"""First thing to run inside the box: give up rights, set limits, become the kernel.

This file is mounted alone, beside the student library; it may import nothing of ours.
Arguments: user id to become (0 to stay), limits as JSON, then the kernel's arguments.
"""

import json
import os
import resource
import sys

LIMITS = {
    "memory": resource.RLIMIT_AS,
    "processes": resource.RLIMIT_NPROC,
    "file_size": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
    "core": resource.RLIMIT_CORE,
}


def main() -> None:
    user, limits, arguments = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    for name, value in limits.items():
        resource.setrlimit(LIMITS[name], (value, value))
    os.chdir(os.environ["HOME"])
    sys.argv = ["ipykernel", *arguments]
    from ipykernel.kernelapp import launch_new_instance
    from ipykernel.zmqshell import ZMQInteractiveShell

    # `exit()` ends the kernel a moment later, in the midst of a cell that is not to blame
    ZMQInteractiveShell.ask_exit = lambda self: print("exit() is ignored when this is graded")
    launch_new_instance()


if __name__ == "__main__":
    main()
