# While the program ends there is no fork; a class whose __fspath__ is None has no path; sizes of ancillary data up to their limit.
import os
import socket


class Path:
    __fspath__ = None


for f in (os.fspath, open, os.stat, os.listdir, os.rename):
    try:
        f(*[Path()] * (2 if f is os.rename else 1))
    except TypeError as e:
        print(f.__name__, e)

head = socket.CMSG_LEN(0)
for n in (0x7FFFFFFF - head, 0x7FFFFFFF - head + 1, -1):
    for f in (socket.CMSG_LEN, socket.CMSG_SPACE):
        try:
            print(f(n) - head)
        except OverflowError as e:
            print(f"OverflowError: {e}")


class AtTheEnd:
    def __del__(self, fork=os.fork, forkpty=os.forkpty, exit=os._exit):
        for f in (fork, forkpty):
            try:
                if f() == 0:
                    exit(0)
                print("forked")
            except Exception as e:
                print(type(e).__name__, e)


last = AtTheEnd()
