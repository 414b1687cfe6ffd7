"""Ways to let the operating system hold memory that counts for no process.

Each prints HELD when it holds what it wanted: a quarter of a gigabyte and more.  ``libc``,
``os`` and ``fcntl`` are there, and ``held`` keeps what would otherwise be given back.
"""

START = """
import ctypes, fcntl, mmap, os, signal, socket, struct, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
libc = ctypes.CDLL(None, use_errno=True)
held = []
def ok(value):
    if value in (-1, 2**64 - 1):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return value
"""
END = "\nprint('HELD')\ntime.sleep(0.3)"

MEMORY = {
    "semaphores": "for i in range(150): ok(libc.semget(0, 32000, 0o1600))",
    "messages": """
text = ctypes.create_string_buffer(struct.pack("l", 1) + bytes(8000))
for i in range(20000):
    queue = ok(libc.msgget(0, 0o1600))
    for _ in range(2):
        ok(libc.msgsnd(queue, text, 8000, 0o4000))
""",
    "shared memory": """
libc.shmat.restype = ctypes.c_void_p
for i in range(4):
    at = libc.shmat(ok(libc.shmget(0, 100 << 20, 0o1600)), None, 0)
    ctypes.memset(at, 1, 100 << 20)
    libc.shmdt(ctypes.c_void_p(at))
""",
    "memfd": """
for i in range(25):
    held.append(os.memfd_create("x"))
    os.write(held[-1], bytes([1]) * (15 << 20))
""",
    "nameless shared pages": """
for i in range(4):
    held.append(mmap.mmap(-1, 100 << 20))
    held[-1].write(bytes([1]) * (100 << 20))
    held[-1].madvise(mmap.MADV_DONTNEED)
""",
    "pages of /dev/zero": """
file = os.open("/dev/zero", os.O_RDWR)
for i in range(4):
    held.append(mmap.mmap(file, 100 << 20))
    held[-1].write(bytes([1]) * (100 << 20))
    held[-1].madvise(mmap.MADV_DONTNEED)
""",
    "attributes": """
for i in range(3000):
    with open(f"/box/home/a{i}", "w") as file:
        os.setxattr(file.fileno(), "user.a", bytes([1]) * 60000)
        os.setxattr(file.fileno(), "user.b", bytes([1]) * 60000)
""",
    "names": """
os.mkdir("/box/home/n")
for i in range(350000):
    os.mknod(f"/box/home/n/{i:0200}")
""",
    "links": """
os.mknod("/box/home/x")
for i in range(700000):
    os.link("/box/home/x", f"/box/home/{i:0200}")
""",
    "pinned huge pages": """
libc.mmap.restype = ctypes.c_void_p
for i in range(200):
    start = libc.mmap(None, 4 << 20, 3, 0x22, -1, 0)
    at = (start + (2 << 20) - 1) // (2 << 20) * (2 << 20)
    libc.madvise(ctypes.c_void_p(at), 2 << 20, 14)
    ctypes.memset(at, 1, 2 << 20)
    if not i % 12:
        held.append(os.pipe())
    vector = struct.pack("PP", at, 1)
    ok(libc.vmsplice(held[-1][1], ctypes.c_char_p(vector), 1, 0))
    libc.munmap(ctypes.c_void_p(start), 4 << 20)
""",
    "large sockets": """
one = socket.socketpair()[0]
one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 << 20)
wanted = (400 << 20) // one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
while wanted > 0:
    if os.fork() == 0:
        for i in range(min(25, (wanted + 1) // 2)):
            held.append(socket.socketpair())
            for one in held[-1]:
                one.setblocking(False)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 << 20)
                try:
                    while True: one.send(bytes([1]) * 30000)
                except BlockingIOError: pass
        time.sleep(9)
        os._exit(0)
    wanted -= 50
time.sleep(4)
""",
    "connections": """
server = socket.create_server(("127.0.0.1", 0), backlog=500)
for i in range(55):
    one = socket.create_connection(server.getsockname())
    held.append(one)
    one.setblocking(False)
    try:
        while True: one.send(bytes([1]) * 1000000)
    except BlockingIOError: pass
""",
}

# What has no size of its own here; each prints HELD when it was allowed.
CALLS = {
    "lease": """
file = os.open("/box/home/f", os.O_CREAT | os.O_RDONLY)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
""",
    "notice": """
fcntl.fcntl(os.open("/box/home", os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)
""",
    "vsock": "socket.socket(socket.AF_VSOCK)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
    "sockets of the network": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "pair of another family": "ok(libc.socketpair(30, 1, 0, (ctypes.c_int * 2)()))",
    "watching names": "ok(libc.inotify_init())",
    "queue of signals": "ok(libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p())))",
    "queue with a name": "ok(libc.mq_open(b'/x', os.O_CREAT | os.O_RDWR, 0o600, None))",
    "asynchronous input": "ok(libc.syscall(206, 100, ctypes.byref(ctypes.c_ulong())))",
    "rings": "ok(libc.syscall(425, 8, ctypes.create_string_buffer(120)))",
    "splice": """
a, b = os.pipe(); c, d = os.pipe(); os.write(b, b"x")
ok(libc.tee(a, d, 1, 0)); ok(libc.splice(a, None, d, None, 1, 0))
""",
    "sendfile": """
a, b = os.pipe()
file = os.open("/box/home/g", os.O_CREAT | os.O_RDWR); os.write(file, b"x")
os.sendfile(b, file, 0, 1)
""",
    "table of segments": "ok(libc.syscall(154, 0, None, 0))",
    "filter of its own": """
program = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
header = struct.pack("HxxxxxxP", 1, ctypes.addressof(program))
ok(libc.prctl(22, 2, ctypes.c_char_p(header), 0, 0))
""",
    "hidden from its user": "ok(libc.prctl(4, 0 if libc.prctl(3) else 1, 0, 0, 0))",
    "locked file": "fcntl.flock(os.open('/box/inside.py', os.O_RDONLY), fcntl.LOCK_EX)",
    "users": """
if os.fork() == 0:  # in a process of one thread
    os._exit(0 if libc.unshare(0x10000000) == 0 else 9)
ok(-1 if os.wait()[1] else 0)
""",
    "users by clone": """
pid = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
if pid == 0: os._exit(0)
ok(pid)
""",
    "locks by range": """
fcntl.lockf(os.open("/box/home/l", os.O_CREAT | os.O_RDWR), fcntl.LOCK_EX, 1, 2)
""",
    "larger pipe": "fcntl.fcntl(os.pipe()[1], 1031, 1 << 18)",
    "rules": "ok(libc.syscall(444, None, 0, 1))",
    "pages joined": "ok(libc.madvise(None, 0, 12))",
    "disk kept busy": "ok(libc.sync_file_range(os.open('/box/home/s', os.O_CREAT), 0, 0, 1))",
    "files of its own": "ok(libc.unshare(0x400))",
}
