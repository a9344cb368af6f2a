"""What a handshake says in answer to several records goes out in one piece: a second small one would wait for the answer to the first."""

import contextlib
import socket
import threading

from _tls import Server, client_context, server_context

server = Server(server_context(), lambda c: c.recv(10))
front = socket.create_server(("127.0.0.1", 0))
pieces = []


def carry(from_, to, note):
    # Who has what it wanted hangs up.
    with contextlib.suppress(OSError):
        while data := from_.recv(1 << 16):
            if note:
                pieces.append(data)
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)


def proxy():
    client, _ = front.accept()
    onward = socket.create_connection(server.address)
    back = threading.Thread(target=carry, args=(onward, client, False))
    back.start()
    carry(client, onward, True)
    back.join()
    client.close()
    onward.close()


between = threading.Thread(target=proxy)
between.start()
with client_context().wrap_socket(socket.create_connection(front.getsockname()), server_hostname="localhost") as c:
    c.sendall(b"hi")
between.join()
server.join()
front.close()
print(server.results, [piece[0] for piece in pieces[:2]], len(pieces[1]) > 40)
