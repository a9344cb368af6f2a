"""Who waits for the other end of a pipe or connection that this program has dropped sees it closed."""
import contextlib
import fcntl
import os
import select
import socket
import tempfile
import threading
import warnings

warnings.simplefilter("ignore", ResourceWarning)


def pipe():
    r, w = os.pipe()
    # The object with the writing end is dropped.
    open(w, "wb").write(b"all")
    return r


def pair():
    a, b = socket.socketpair()
    b.send(b"all")
    return a


def in_a_thread(f):
    t = threading.Thread(target=f)
    t.start()
    t.join()


def read_all(r):
    print(os.read(r, 10), os.read(r, 10))
    os.close(r)


def read_file(r):
    with open(r, "rb") as f:
        print(f.read())


def read_lines(r):
    with open(r) as f:
        print(list(f))


def receive_all(a):
    with a:
        print(a.recv(10), a.recv(10))


def receive_into(a):
    buffer = bytearray(10)
    with a:
        print(a.recv_into(buffer), a.recv_into(buffer))


def selected(a):
    with a:
        print(a.recv(10), select.select([a], [], [])[0] == [a], a.recv(10))


def polled(a):
    poll = select.poll()
    poll.register(a, select.POLLIN)
    with a:
        print(a.recv(10), len(poll.poll()), a.recv(10))


def epolled(a):
    with select.epoll() as poll, a:
        poll.register(a, select.EPOLLIN)
        print(a.recv(10), len(poll.poll()), a.recv(10))


for work, make in ((read_all, pipe), (read_file, pipe), (read_lines, pipe), (receive_all, pair), (receive_into, pair),
                   (selected, pair), (polled, pair), (epolled, pair)):
    work(make())
    in_a_thread(lambda: work(make()))

# A socket that does not block says so at once, and the system's own limits hold.
a, b = socket.socketpair()
with a, b:
    with contextlib.suppress(BlockingIOError):
        print(a.recv(1, socket.MSG_DONTWAIT))
    a.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, (0).to_bytes(8, "little") + (20_000).to_bytes(8, "little"))
    try:
        print(a.recv(1))
    except BlockingIOError as e:
        print(type(e).__name__)


def lock():
    f = open(path, "w")
    fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "lock")
    for _ in range(3):
        lock()
    with open(path, "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        print("locked")


def listen(port):
    s = socket.socket()
    s.bind(("127.0.0.1", port))
    s.listen()
    return s.getsockname()[1]


port = listen(0)
for _ in range(3):
    print(listen(port) == port)
