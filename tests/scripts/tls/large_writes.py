# One write takes all that it is given: to queues in memory, and to a socket whose reader is slow.
import ssl
import threading
import time

from _tls import *

client, server = client_context(), server_context()
a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
c = client.wrap_bio(a, b, server_hostname='localhost')
s = server.wrap_bio(b, a, server_side=True)
for _ in range(6):
    for side in c, s:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass
data = bytes(range(256)) * 4096
for given in (data, memoryview(data)[1:-1], bytearray(data[:65536]), data[:65537], b''):
    n = c.write(given)
    got = b''
    while len(got) < n:
        got += s.read(1 << 20)
    print(n == len(given), got == bytes(given))


def serve(c):
    time.sleep(0.2)
    got = b''
    while len(got) < len(data):
        got += c.recv(1 << 16)
    c.sendall(b'done')
    return got == data


with Server(server_context(), serve) as running:
    with running.connect(client_context()) as c:
        print(c.send(data) == len(data))
        print(c.recv(10))
print(running.results)
