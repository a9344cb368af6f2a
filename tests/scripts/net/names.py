"""Names, numbers and address conversions of the socket module that need no network."""
import socket


def attempt(f, *args):
    try:
        print(f.__name__, args, "->", f(*args))
    except Exception as e:
        print(f.__name__, args, type(e).__name__, e)


for text in ("1.2.3.4", "127.1", "0x7f.1", "010.1", "1.2.3", "256.1.1.1", "1.2.3.4.5", "x", ""):
    attempt(socket.inet_aton, text)
attempt(socket.inet_aton, 5)
attempt(socket.inet_ntoa, b"\1\2\3\4")
attempt(socket.inet_ntoa, b"123")
for family, text in ((2, "1.2.3.4"), (2, "01.2.3.4"), (2, "x"), (10, "::1"), (10, "1::2:3"), (10, "::ffff:1.2.3.4"), (10, "g::"), (99, "x")):
    attempt(socket.inet_pton, family, text)
for family, packed in ((2, b"1234"), (2, b"123"), (10, bytes(16)), (10, bytes(15) + b"\1"), (10, bytes(10) + b"\xff\xff\1\2\3\4"), (10, b"\1" * 16), (99, b"1234")):
    attempt(socket.inet_ntop, family, packed)
for n in (0, 1, 258, 65535, 65536, -1, "x"):
    attempt(socket.htons, n)
    attempt(socket.ntohs, n)
for n in (0, 1, 2**32 - 1, 2**32, 2**70, -1, 1.5):
    attempt(socket.htonl, n)
    attempt(socket.ntohl, n)
attempt(socket.getservbyname, "http", "tcp")
attempt(socket.getservbyname, "no-such-service")
attempt(socket.getservbyport, 80, "tcp")
attempt(socket.getservbyport, 70000)
attempt(socket.getprotobyname, "tcp")
attempt(socket.getprotobyname, "no-such-protocol")
attempt(socket.gethostbyname, "127.0.0.1")
attempt(socket.gethostbyname, "")
attempt(socket.gethostbyname, 5)
attempt(socket.getnameinfo, ("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
attempt(socket.getnameinfo, ("127.0.0.1", 80, 0), 3)
attempt(socket.getnameinfo, 5, 3)
for args in (("127.0.0.1", 80, 0, socket.SOCK_STREAM), (None, 80, socket.AF_INET, socket.SOCK_STREAM), ("::1", "80", 0, socket.SOCK_STREAM),
             (None, None), (5, 5), ("127.0.0.1", 1.5), ("127.0.0.1", 80, socket.AF_INET6)):
    attempt(socket.getaddrinfo, *args)
attempt(socket.if_nametoindex, "no-such-interface")
attempt(socket.if_indextoname, 0)
print(socket.if_indextoname(1), socket.if_nametoindex(socket.if_indextoname(1)))
print((1, "lo") in socket.if_nameindex())
print(socket.gethostname() != "", socket.has_ipv6, socket.error is OSError, socket.timeout is TimeoutError)
print(socket.gaierror.__mro__, socket.herror.__module__, socket.gaierror(1, "x"))
print(socket.SocketType, socket.AF_INET, socket.SOCK_STREAM, socket.MSG_PEEK, socket.AI_PASSIVE)
print(socket.AddressFamily.AF_UNIX.name, socket.SocketKind(2), int(socket.SOCK_DGRAM))
