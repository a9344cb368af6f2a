"""Faults that 3.14.1 to 3.14.10 mended: gzip's times, datetime in Python, datagrams of a proactor, pathlib's names,
zones as text."""

import asyncio
import gzip
import io
import pathlib
import unittest.mock
import zoneinfo
from asyncio import proactor_events

import _pydatetime


def show(label, function, *args, **options):
    try:
        print(label, function(*args, **options))
    except Exception as e:
        print(label, type(e).__name__, e)


# Times that the header cannot hold are 0, whatever keeps them from it.
for time in float("nan"), float("inf"), -float("inf"), -1.5, 2.0**32, 2**32 - 0.5, "now", int:
    show(f"gzip {time!r}", lambda: gzip.compress(b"data", mtime=time)[4:8])
show("gzip stream", lambda: gzip.GzipFile(fileobj=io.BytesIO(), mode="wb", mtime=float("nan")).close())

# The implementation in Python words its errors itself.
show("date", _pydatetime.date.fromisoformat, "2020-01-0\u0661")
show("time", _pydatetime.time.fromisoformat, "1\u0661:00")
show("short", _pydatetime.time.fromisoformat, "11:0")
naive = _pydatetime.datetime(2020, 1, 1)
show("mixed", lambda: naive - naive.replace(tzinfo=_pydatetime.timezone.utc))

# What belongs to Windows' paths is no name of the module.
print("pathlib", hasattr(pathlib, "ntpath"), pathlib.PureWindowsPath.ntpath is pathlib.PureWindowsPath.parser)


class Loop:
    """A loop whose proactor finishes writes when it is told to."""

    def __init__(self):
        self.sent, self.writes, self.soon = [], [], []
        self._proactor = unittest.mock.Mock()
        self._proactor.send.side_effect = self._proactor.sendto.side_effect = self.send
        self.real = asyncio.new_event_loop()

    def send(self, sock, data, *rest, **options):
        self.sent.append(bytes(data))
        self.writes.append(self.real.create_future())
        return self.writes[-1]

    def call_soon(self, callback, *args, context=None):
        self.soon.append((callback, args))

    def get_debug(self):
        return False

    def default_exception_handler(self, context):
        pass

    call_exception_handler = default_exception_handler

    def run(self):
        while self.soon:
            callback, args = self.soon.pop(0)
            callback(*args)
        self.real.run_until_complete(asyncio.sleep(0))

    def finish(self, error=None):
        write = self.writes[-1]
        write.set_exception(error) if error else write.set_result(None)
        self.run()
        self.real.run_until_complete(asyncio.sleep(0))
        self.run()


def transport(**options):
    loop, protocol = Loop(), unittest.mock.Mock()
    made = proactor_events._ProactorDatagramTransport(loop, unittest.mock.Mock(), protocol, **options)
    made._loop_reading = lambda fut=None: None
    loop.run()
    return loop, protocol, made


# close() leaves what was given before to be written.
loop, protocol, made = transport()
for data in b"one", b"two", b"three":
    made.sendto(data, ("127.0.0.1", 1))
made.close()
for _ in range(3):
    if not loop.writes[-1].done():
        loop.finish()
print("closed", loop.sent, made.get_write_buffer_size(), protocol.connection_lost.called)
loop.real.close()

# An error of one datagram does not keep the next ones back.
loop, protocol, made = transport()
for data in b"one", b"two":
    made.sendto(data, ("127.0.0.1", 1))
loop.finish(ConnectionResetError("nobody listens"))
print("error", loop.sent, protocol.error_received.called)
loop.finish()
made.abort()
loop.real.close()

# abort() drops the buffer, and its size with it.
loop, protocol, made = transport()
for data in b"one", b"two":
    made.sendto(data, ("127.0.0.1", 1))
made.abort()
print("abort", loop.sent, made.get_write_buffer_size())
loop.run()
loop.real.close()

class Zone(zoneinfo.ZoneInfo):
    pass


print(zoneinfo.ZoneInfo("Europe/Berlin"), repr(zoneinfo.ZoneInfo("Europe/Berlin")), repr(Zone("UTC")))
