import hashlib
import os
import socket
import ssl
import threading
from _tls import *

# Much in both directions at once: two threads on each side share one connection.
BLOCK = bytes(range(256)) * 400
COUNT = 60


def exchange(c):
    sums = []

    def receive():
        sha = hashlib.sha256()
        left = len(BLOCK) * COUNT
        while left and (data := c.recv(50000)):
            sha.update(data)
            left -= len(data)
        sums.append((sha.hexdigest(), left))

    reader = threading.Thread(target=receive)
    reader.start()
    for _ in range(COUNT):
        c.sendall(BLOCK)
    reader.join()
    return sums


expected = hashlib.sha256(BLOCK * COUNT).hexdigest()
for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    with Server(server_context(maximum_version=version), exchange) as server:
        with server.connect(client_context()) as c:
            print(exchange(c) == [(expected, 0)])
    print(server.results == [[(expected, 0)]])

# Fifty connections at once, each with a thread at both ends.
context = server_context()
mine = client_context()
listener = socket.create_server(('127.0.0.1', 0), backlog=100)


def serve(raw):
    with context.wrap_socket(raw, server_side=True) as c:
        echo(c)


def accept():
    threads = []
    for _ in range(50):
        raw, _ = listener.accept()
        threads.append(threading.Thread(target=serve, args=(raw,)))
        threads[-1].start()
    for t in threads:
        t.join()


def ask(i, answers):
    with mine.wrap_socket(socket.create_connection(listener.getsockname()), server_hostname='localhost') as c:
        text = f'question {i} '.encode() * 2000
        c.sendall(text)
        got = b''
        while len(got) < len(text):
            got += c.recv(10000)
        answers[i] = got == text


descriptors = len(os.listdir('/proc/self/fd'))
answers = [None] * 50
acceptor = threading.Thread(target=accept)
acceptor.start()
askers = [threading.Thread(target=ask, args=(i, answers)) for i in range(50)]
for t in askers:
    t.start()
for t in askers:
    t.join()
acceptor.join()
print(answers.count(True), len(os.listdir('/proc/self/fd')) == descriptors)

# Sockets that do not wait, and those that wait for a while.
a, b = socket.socketpair()
a.setblocking(False)
b.setblocking(False)
c = mine.wrap_socket(a, server_hostname='localhost', do_handshake_on_connect=False)
s = context.wrap_socket(b, server_side=True, do_handshake_on_connect=False)
ready = set()
wanted = set()
while len(ready) < 2:
    for side in c, s:
        if side not in ready:
            try:
                side.do_handshake()
                ready.add(side)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as e:
                wanted.add((type(e).__name__, e.errno, why(e)))
print(sorted(wanted))
try:
    s.recv(10)
except ssl.SSLWantReadError as e:
    print(why(e), e.reason, e.library)
sent = 0
data = b'x' * 100_000
try:
    while True:
        sent += c.send(data)
except ssl.SSLWantWriteError as e:
    print(why(e))
# What was begun must be offered again; it is then sent once.
received = bytearray()
more = True
while more or len(received) < sent:
    if more:
        try:
            sent += c.send(data)
            more = False
        except ssl.SSLWantWriteError:
            pass
    try:
        received += s.recv(65536)
    except ssl.SSLWantReadError:
        pass
print(len(received) == sent, set(received) == {ord('x')}, s.pending())
c.settimeout(0.05)
try:
    c.recv(1)
except TimeoutError as e:
    print(why(e))
try:
    while True:
        c.send(data)
except TimeoutError as e:
    print(why(e))
c.close()
s.close()
a, b = socket.socketpair()
a.settimeout(0.05)
try:
    mine.wrap_socket(a, server_hostname='localhost')
except TimeoutError as e:
    print(why(e))
a.close()
b.close()

# Reading into buffers, and by pieces.
with Server(context, echo) as server:
    with server.connect(mine) as c:
        c.sendall(b'0123456789')
        buffer = bytearray(20)
        print(c.recv_into(buffer, 4), bytes(buffer[:6]), c.pending(), c.recv(2), c.read(0), c.recv_into(memoryview(buffer)[10:]))
        print(bytes(buffer))
        for call in [lambda: c.recv_into(b'abc'), lambda: c.recv(-1), lambda: c.send(5), lambda: c.sendto(b'', ('', 0)),
                     lambda: c.recvfrom(1), lambda: c.sendmsg([b'']), lambda: c.recv(1, 5), lambda: c.get_channel_binding('x')]:
            try:
                print(call())
            except Exception as e:
                print(type(e).__name__, e if not isinstance(e, TypeError) else '')
        with c.makefile('rwb') as f:
            f.write(b'line one\nline two\n')
            f.flush()
            print(f.readline(), f.readline())
print(server.results)
c.close()
try:
    c.recv(1)
except OSError as e:
    print(type(e).__name__, e)
