"""What later releases of 3.14 mended in the library: http, cookies, netrc, plists, mail, logging, zip archives, unittest."""

import abc
import contextlib
import email
import email.message
import http.client
import http.cookiejar
import http.server
import io
import logging
import logging.handlers
import netrc
import os
import plistlib
import tempfile
import unittest
import unittest.mock
import zipfile


def seen(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


# Servers that never come to the point.
class Wire:
    def __init__(self, data):
        self.file = io.BytesIO(data)

    def makefile(self, mode):
        return self.file


def answer(data):
    response = http.client.HTTPResponse(Wire(data))
    response.begin()
    return response.status, response.read()


for n in 2, 99, 100, 101:
    print(n, seen(answer, b"HTTP/1.1 100 Continue\r\n\r\n" * n + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n" + b"A: b\r\n" * n + b"\r\n"
    print(n, seen(answer, chunked))


# Requests that are not understood.
class Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self):
        self.client_address = "there", 1

    def log_message(self, *args):
        pass

    def date_time_string(self, timestamp=None):
        return "then"

    def version_string(self):
        return "server"


for line in b"GET / FUBAR", b"GET / HTTP/2.0", b"GET", b"POST /", b"GET / HTTP/1.1 x", b"GET / HTTP/1.0":
    handler = Handler()
    handler.rfile, handler.wfile = io.BytesIO(b"\r\n"), io.BytesIO()
    handler.raw_requestline = line + b"\r\n"
    print(line, handler.parse_request(), handler.request_version, handler.wfile.getvalue()[:30])

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")

    def written(text):
        with open(path, "w") as f:
            f.write(text)
        return path

    # Cookies.
    jar = http.cookiejar.MozillaCookieJar()
    jar.load(written("# http cookie file\n.a.b\tTRUE\t/\tFALSE\t0\tname\tvalue\n"), ignore_discard=True)
    print([(c.name, c.expires, c.discard) for c in jar])

    # netrc.
    for text in 'machine a login "" password p', '"" x', 'machine a "" x', "machine a login l #c\n password p", "#\nmachine b":
        print(repr(text), str(seen(lambda: netrc.netrc(written(text)).hosts)).replace(path, "FILE"))

    # Archives.
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("d")
        with archive.open("f", "w"):
            print(seen(archive.mkdir, "e"))
    print(seen(archive.mkdir, "e"))
    for method in zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED:
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("zeros", bytes(10**6))
        with zipfile.ZipFile(path) as archive, archive.open("zeros") as f:
            print(len(f.read1(10)), len(f.read(5000)), len(f.read()))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("x/y", b"")
        print(str(zipfile.Path(archive)), str(zipfile.Path(archive, "x/")))

    # Logging.
    errors = []
    handler = logging.FileHandler(os.path.join(folder, "none", "log"), delay=True)
    handler.handleError = lambda record: errors.append(record.msg)
    handler.emit(logging.makeLogRecord({"msg": "lost"}))
    print(errors)
    logger = logging.Logger("test")

    class Leaving(logging.Handler):
        def emit(self, record):
            logger.removeHandler(self)
            errors.append("left")

    class Counting(logging.Handler):
        def emit(self, record):
            errors.append("counted")

    logger.addHandler(Leaving())
    logger.addHandler(Counting())
    logger.error("x")
    print(errors)

# Property lists.
for sort in True, False:
    for fmt in plistlib.FMT_XML, plistlib.FMT_BINARY:
        print(sort, len(seen(plistlib.dumps, {"b": 1, 2: 3, "a": 4}, fmt=fmt, sort_keys=sort, skipkeys=True)))
        print(sort, seen(plistlib.dumps, {"b": 1, 2: 3, "a": 4}, fmt=fmt, sort_keys=sort))

# Mail.
message = email.message.EmailMessage()
for charset in "euc-jp", "shift_jis", "latin-1", "utf-8":
    message.set_content("\u65e5\u672c" if charset[0] != "l" else "\xe9", charset=charset)
    print(charset, message["content-type"], message.get_payload()[:20])
message = email.message.EmailMessage()
message["To"] = "=?utf-8?q?a=2C_b?= <a@b.c>"
print(message.as_string())

# unittest.
with contextlib.ExitStack() as stack:
    stack.enter_context(unittest.mock.mock_open(read_data="x")())


class Abstract(unittest.TestCase, metaclass=abc.ABCMeta):
    @abc.abstractmethod
    def test(self): ...


print(unittest.TestLoader().loadTestsFromTestCase(Abstract).countTestCases())
print(seen(unittest.TestLoader().loadTestsFromName, "Abstract.test", __import__("__main__")))
