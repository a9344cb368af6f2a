"""select, poll, epoll and the selectors module."""
import os
import select
import selectors
import signal
import socket
import threading
import time


def attempt(f, *args, **kw):
    try:
        print("ok", f(*args, **kw))
    except Exception as e:
        print(type(e).__name__, e)


a, b = socket.socketpair()
# --- select
print(select.select([a], [], [], 0), select.select([], [a], [], 0) == ([], [a], []))
b.send(b"x")
print(select.select([a, b], [b], [a]) == ([a], [b], []))
print(select.select([a.fileno()], [], []) == ([a.fileno()], [], []))
start = time.monotonic()
print(select.select([b], [], [], 0.05), 0.04 < time.monotonic() - start < 5)
for args in ((5, 5, 5), ([5.5], [], []), ([], [], [], -1), ([], [], [], "x"), ([-1], [], []), ([99999], [], []), ([], [], [], float("nan"))):
    attempt(select.select, *args)
r, w = os.pipe()
os.close(w)
print(select.select([r], [], [], 5) == ([r], [], []))
os.close(r)

# --- poll
p = select.poll()
p.register(a, select.POLLIN)
p.register(b)
print(p.poll(0) == [(a.fileno(), select.POLLIN), (b.fileno(), select.POLLOUT)])
p.modify(b, select.POLLIN)
print(p.poll(1000) == [(a.fileno(), select.POLLIN)])
p.unregister(a)
start = time.monotonic()
print(p.poll(50), p.poll(20.5), 0.05 < time.monotonic() - start < 5)
for f, args in ((p.register, (5.5,)), (p.register, (-1,)), (p.register, (0, -1)), (p.register, (0, 70000)), (p.register, (0, "x")),
                (p.modify, (77, 1)), (p.unregister, (77,)), (p.poll, ("x",)), (select.poll, (5,))):
    attempt(f, *args)
print(type(p))

# --- epoll
with select.epoll() as e:
    e.register(a, select.EPOLLIN)
    e.register(b.fileno(), select.EPOLLIN | select.EPOLLOUT)
    print(sorted(e.poll(1)) == sorted([(a.fileno(), select.EPOLLIN), (b.fileno(), select.EPOLLOUT)]))
    print(len(e.poll(timeout=1, maxevents=1)))
    e.modify(b, select.EPOLLIN)
    print(e.poll(0) == [(a.fileno(), select.EPOLLIN)])
    attempt(e.register, a)
    e.unregister(a)
    start = time.monotonic()
    print(e.poll(0.05), 0.04 < time.monotonic() - start < 5)
    for f, args in ((e.register, (5.5,)), (e.modify, (a, 1)), (e.unregister, (a,)), (e.poll, ("x",)), (e.poll, (0, 0)), (e.poll, (0, -2))):
        attempt(f, *args)
    print(e.closed, e.fileno() >= 0)
print(e.closed)
attempt(e.poll)
attempt(e.fileno)
attempt(e.__enter__)
for args in ((0,), (-5,), (5, 99)):
    attempt(select.epoll, *args)
first = select.epoll()
other = select.epoll.fromfd(os.dup(first.fileno()))
print(type(other), other.close())

# --- another thread makes it ready
p = select.poll()
p.register(b, select.POLLIN)
t = threading.Timer(0.05, a.send, (b"late",))
t.start()
print(p.poll(5000) == [(b.fileno(), select.POLLIN)], b.recv(10))
t.join()

# --- a signal's handler runs, then the wait goes on
hits = []
signal.signal(signal.SIGALRM, lambda n, f: hits.append(n))
signal.setitimer(signal.ITIMER_REAL, 0.03)
start = time.monotonic()
print(select.select([b], [], [], 0.1), hits, time.monotonic() - start > 0.09)
signal.setitimer(signal.ITIMER_REAL, 0.03)
print(p.poll(100), hits)
signal.setitimer(signal.ITIMER_REAL, 0.03)
with select.epoll() as e:
    e.register(b, select.EPOLLIN)
    print(e.poll(0.1), hits)


class Stop(Exception):
    pass


def stop(n, f):
    raise Stop


signal.signal(signal.SIGALRM, stop)
for wait in (lambda: b.recv(1), lambda: select.select([b], [], []), p.poll):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.03)
        wait()
    except Stop:
        print("stopped")
signal.setitimer(signal.ITIMER_REAL, 0)
try:
    b.accept()
except OSError as err:
    print(type(err).__name__, err.args)

# --- selectors
a.recv(1)
for cls in (selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector):
    with cls() as s:
        key = s.register(a, selectors.EVENT_READ, "data")
        s.register(b, selectors.EVENT_WRITE)
        print([(k.fileobj is b, k.data, m) for k, m in s.select(0)], key.data, key.events)
        s.modify(b, selectors.EVENT_READ)
        print(s.select(0.01), len(s.get_map()))
        b.send(b"!")
        print([(k.fileobj is a, k.data, m) for k, m in s.select(1)])
        a.recv(1)
        s.unregister(a)
        attempt(s.register, b, 99)
        attempt(s.unregister, 12345)
print(selectors.DefaultSelector.__name__)
a.close()
b.close()
