"""Contexts, servers in threads and texts of errors for the tests of TLS."""

import os
import re
import socket
import ssl
import threading

CERTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '_certs')


def cert(name):
    return os.path.join(CERTS, name)


def client_context(ca='ca.pem', **attributes):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca:
        context.load_verify_locations(cert(ca))
    for name, value in attributes.items():
        setattr(context, name, value)
    return context


def server_context(name='server.pem', **attributes):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert(name))
    for attribute, value in attributes.items():
        setattr(context, attribute, value)
    return context


def why(e):
    """An error without the place in CPython's source."""
    text = re.sub(r'^_ssl\.c:\d+: | \(_ssl\.c:\d+\)', '', str(e))
    extra = [f'{name}={getattr(e, name)!r}' for name in ('reason', 'library', 'verify_code', 'verify_message')
             if getattr(e, name, None) is not None]
    return ' '.join([type(e).__name__ + ':', text, *extra])


class Server(threading.Thread):
    """Accepts `count` connections one after the other and calls `serve(connection)` with each; keeps what that gives or raises."""

    def __init__(self, context, serve, count=1, wrap=True):
        super().__init__()
        self.context, self.serve, self.count, self.wrap = context, serve, count, wrap
        self.results = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(60)
        self.address = self.listener.getsockname()
        self.start()

    def run(self):
        with self.listener:
            for _ in range(self.count):
                raw, _ = self.listener.accept()
                raw.settimeout(60)
                try:
                    connection = self.context.wrap_socket(raw, server_side=True) if self.wrap else raw
                    with connection:
                        self.results.append(self.serve(connection))
                except OSError as e:
                    self.results.append(why(e))
                    raw.close()

    def connect(self, context, host='localhost', **keywords):
        raw = socket.create_connection(self.address, timeout=60)
        try:
            return context.wrap_socket(raw, server_hostname=host, **keywords)
        except BaseException:
            raw.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.join(120)


def echo(connection):
    total = 0
    while data := connection.recv(65536):
        connection.sendall(data)
        total += len(data)
    return total
