"""Which calls the operating system answers inside a box: a list of what notebooks need.

Mounted alone beside ``inside.py``; it may import nothing of ours.  A list of what is
refused would have to know every way to make the system hold memory for nobody (System V
queues, semaphores, extended attributes, leases, locks, pinned pages), on every future
system.  So whatever does not stand here does not exist in a box: libraries are told so
and take another way.
"""

import ctypes
import errno
import platform
import struct

# audit's names of the two processors that the course runs on, and the column of each below
PROCESSORS = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # files
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66),
    "pread64": (17, 67), "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70),
    "preadv2": (327, 286), "pwritev2": (328, 287), "open": (2, None), "openat": (257, 56),
    "openat2": (437, 437), "creat": (85, None), "close": (3, 57), "close_range": (436, 436),
    "lseek": (8, 62), "stat": (4, None), "fstat": (5, 80), "lstat": (6, None),
    "newfstatat": (262, 79), "statx": (332, 291), "statfs": (137, 43), "fstatfs": (138, 44),
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "dup": (32, 23),
    "dup2": (33, None), "dup3": (292, 24), "pipe": (22, None), "pipe2": (293, 59),
    "ftruncate": (77, 46), "truncate": (76, 45), "getdents": (78, None), "getdents64": (217, 61),
    "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "rename": (82, None),
    "renameat": (264, 38), "renameat2": (316, 276), "mkdir": (83, None), "mkdirat": (258, 34),
    "rmdir": (84, None), "link": (86, None), "linkat": (265, 37), "unlink": (87, None),
    "unlinkat": (263, 35), "symlink": (88, None), "symlinkat": (266, 36), "readlink": (89, None),
    "readlinkat": (267, 78), "mknod": (133, None), "mknodat": (259, 33), "chmod": (90, None),
    "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "umask": (95, 166),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
    "utimensat": (280, 88), "fadvise64": (221, 223), "copy_file_range": (326, 285),
    "getxattr": (191, 8), "lgetxattr": (192, 9), "fgetxattr": (193, 10), "listxattr": (194, 11),
    "llistxattr": (195, 12), "flistxattr": (196, 13),
    # memory
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214),
    "mremap": (25, 216), "madvise": (28, 233), "mincore": (27, 232), "get_mempolicy": (239, 236),
    "membarrier": (324, 283), "map_shadow_stack": (453, 453), "arch_prctl": (158, None),
    # waiting
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "epoll_create": (213, None), "epoll_create1": (291, 20), "epoll_ctl": (233, 21),
    "epoll_wait": (232, None), "epoll_pwait": (281, 22), "epoll_pwait2": (441, 441),
    "eventfd": (284, None), "eventfd2": (290, 19), "timerfd_create": (283, 85),
    "timerfd_settime": (286, 86), "timerfd_gettime": (287, 87), "signalfd": (282, None),
    "signalfd4": (289, 74), "futex": (202, 98), "futex_waitv": (449, 449),
    "futex_wake": (454, 454), "futex_wait": (455, 455), "futex_requeue": (456, 456),
    "set_robust_list": (273, 99), "get_robust_list": (274, 100), "rseq": (334, 293),
    "pause": (34, None), "nanosleep": (35, 101), "clock_nanosleep": (230, 115),
    "sched_yield": (24, 124), "restart_syscall": (219, 128),
    # clocks
    "time": (201, None), "gettimeofday": (96, 169), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "times": (100, 153), "getitimer": (36, 102),
    "setitimer": (38, 103), "alarm": (37, None),
    # processes
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "exit": (60, 93), "exit_group": (231, 94), "wait4": (61, 260), "waitid": (247, 95),
    "getpid": (39, 172), "getppid": (110, 173), "gettid": (186, 178), "getpgrp": (111, None),
    "getpgid": (121, 155), "setpgid": (109, 154), "getsid": (124, 156), "setsid": (112, 157),
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177),
    "getresuid": (118, 148), "getresgid": (120, 150), "getgroups": (115, 158),
    "capget": (125, 90), "set_tid_address": (218, 96), "uname": (63, 160), "sysinfo": (99, 179),
    "getrusage": (98, 165), "getrlimit": (97, 163), "setrlimit": (160, 164),
    "prlimit64": (302, 261), "getpriority": (140, 141), "setpriority": (141, 140),
    "sched_getaffinity": (204, 123), "sched_setaffinity": (203, 122),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120), "sched_getattr": (315, 275),
    "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119),
    "sched_rr_get_interval": (148, 127), "getcpu": (309, 168), "getrandom": (318, 278),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    # signals
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "sigaltstack": (131, 132),
    # sockets
    "connect": (42, 203), "accept": (43, 202), "accept4": (288, 242), "bind": (49, 200),
    "listen": (50, 201), "shutdown": (48, 210), "getsockname": (51, 204),
    "getpeername": (52, 205), "getsockopt": (55, 209),
    "sendto": (44, 206), "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212),
    "sendmmsg": (307, 269), "recvmmsg": (299, 243),
}  # fmt: skip
# Answered with success, and nothing happens: the disk that they would keep busy is the grader's.
IDLE = {"fsync": (74, 82), "fdatasync": (75, 83), "msync": (26, 227), "sync": (162, 81),
        "syncfs": (306, 267)}  # fmt: skip

NEW_NAMESPACES = 0x7E020000  # the bits of clone that make any
HUGE_PAGES = 0x40000  # taken from a store of the machine that no account counts
SHARED_AND_NAMELESS = 0x21  # pages that stay when no process has them mapped
MERGEABLE = 12
TERMINALS = 0x5400  # the kind of ioctl of terminals, and of the most common ones of files
OTHERS_TERMINALS = (0x5412, 0x541C, 0x5423)  # typing into one, its console, its driver
UNIX = 1  # the one family of sockets: a box has no network, and TCP keeps what nobody reads
SOL_SOCKET = 1
# addresses used again, broadcasts, waiting; not buffers of any size, not filters
SETSOCKOPT = (2, 6, 9, 13, 15, 16, 18, 19, 20, 21, 66, 67)
# duplicates, flags, questions; not leases, notices, locks by range, larger pipes
FCNTL = (0, 1, 2, 3, 4, 5, 9, 1030, 1032, 1034)
# end with the parent, dumps, names, questions, rights given up; not filters, not scheduling
PRCTL = (1, 2, 3, 15, 16, 21, 23, 29, 30, 36, 37, 38, 39, 41, 42, 0x53564D41)

LOAD, AND, EQUAL, ANY_BIT, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x45, 0x35, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
Step = tuple[int, int, int, int]  # operation, jumps if true and if false, operand


def fail(number: int) -> Step:
    return (RETURN, 0, 0, FAIL | number)


GIVE = (RETURN, 0, 0, ALLOW)


def argument(number: int) -> Step:
    """Load the lower half of an argument: the kernel itself reads no more of these."""
    return (LOAD, 0, 0, 16 + 8 * number)


def one_of(where: int, values: tuple[int, ...], otherwise: int) -> list[Step]:
    steps = [argument(where)]
    for value in values:
        steps += [(EQUAL, 0, 1, value), GIVE]
    return [*steps, fail(otherwise)]


# What decides on the arguments: numbers on both processors, and steps that end in an answer.
DECIDED: dict[str, tuple[tuple[int, int], list[Step]]] = {
    "mmap": ((9, 222), [
        argument(3), (ANY_BIT, 0, 1, HUGE_PAGES), fail(errno.ENOMEM),
        (AND, 0, 0, SHARED_AND_NAMELESS), (EQUAL, 0, 1, SHARED_AND_NAMELESS), fail(errno.EPERM),
        GIVE,
    ]),
    "madvise": ((28, 233), [argument(2), (EQUAL, 0, 1, MERGEABLE), fail(errno.EINVAL), GIVE]),
    "clone": ((56, 220), [argument(0), (ANY_BIT, 0, 1, NEW_NAMESPACES), fail(errno.EPERM), GIVE]),
    # clone3 hides its flags behind a pointer; told that there is none, libc takes clone
    "clone3": ((435, 435), [fail(errno.ENOSYS)]),
    "socket": ((41, 198), one_of(0, (UNIX,), errno.EAFNOSUPPORT)),
    "socketpair": ((53, 199), one_of(0, (UNIX,), errno.EAFNOSUPPORT)),
    "setsockopt": ((54, 208), [
        argument(1), (EQUAL, 1, 0, SOL_SOCKET), fail(errno.ENOPROTOOPT),
        *one_of(2, SETSOCKOPT, errno.ENOPROTOOPT),
    ]),
    "fcntl": ((72, 25), one_of(1, FCNTL, errno.EINVAL)),
    "prctl": ((157, 167), one_of(0, PRCTL, errno.EINVAL)),
    "ioctl": ((16, 29), [
        argument(1),
        *(step for call in OTHERS_TERMINALS for step in ((EQUAL, 0, 1, call), fail(errno.EPERM))),
        (AND, 0, 0, 0xFF00), (EQUAL, 1, 0, TERMINALS), fail(errno.ENOTTY),
        GIVE,
    ]),
}  # fmt: skip


def program(machine: str) -> list[Step]:
    """The filter of one processor: load a word of the call, compare, jump, answer."""
    architecture, column = PROCESSORS[machine]
    steps = [
        (LOAD, 0, 0, 4),  # the architecture: another one numbers its calls otherwise
        (EQUAL, 1, 0, architecture),
        fail(errno.EPERM),
        (LOAD, 0, 0, 0),  # the number of the call
        (AT_LEAST, 0, 1, 0x40000000),  # a second set of numbers for the same calls
        fail(errno.EPERM),
    ]
    for numbers, decision in DECIDED.values():
        steps += [(EQUAL, 0, len(decision), numbers[column]), *decision]
    for numbers in IDLE.values():
        steps += [(EQUAL, 0, 1, numbers[column]), fail(0)]
    for either in ALLOWED.values():
        if (number := either[column]) is not None:
            steps += [(EQUAL, 0, 1, number), GIVE]
    return [*steps, fail(errno.ENOSYS)]


def filter_calls() -> bool:
    """Set the filter for this process and all that come of it; tells whether there is one.

    On another processor there is none, and the other walls stand alone.

    Raises:
        OSError: when the operating system refuses it.
    """
    if platform.machine() not in PROCESSORS:
        return False
    steps = program(platform.machine())
    held = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    header = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.c_char_p(header), 0, 0):
        raise OSError(ctypes.get_errno(), "the filter on system calls was refused")
    return True
