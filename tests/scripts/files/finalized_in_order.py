"""Of what dies together, what works through another object is finalized before that one, however old each is."""

import gc
import io
import os
import sys
import tempfile
import threading
import warnings

warnings.simplefilter("ignore")
path = os.path.join(tempfile.mkdtemp(), "f")


def overwrite(n=40):
    a = b = c = d = e = f = g = h = n
    return n and overwrite(n - 1)


def deep(f, n=10):
    return deep(f, n - 1) if n else f()


class Writes:
    """Writes its end to a file of its own when it dies."""

    def __init__(self, file):
        self.file = file

    def __del__(self):
        self.file.write(" end")


def young_over_old():
    raw = io.FileIO(path, "w")
    gc.collect()
    gc.collect()
    io.BufferedWriter(raw).write(b"data")


def raw_last():
    box = [io.FileIO(path, "w")]
    writer = io.BufferedWriter(box[0])
    box.append(writer)
    gc.collect()
    io.TextIOWrapper(writer).write("text")


def user_first():
    keeper = Writes(None)
    gc.collect()
    keeper.file = open(path, "w")
    keeper.file.write("begin")


def python_raw():
    class Raw(io.RawIOBase):
        def __init__(self):
            self.file = open(path, "wb", 0)

        def writable(self):
            return True

        def write(self, data):
            return self.file.write(data)

        def close(self):
            super().close()
            self.file.close()

    raw = Raw()
    gc.collect()
    io.BufferedWriter(raw).write(b"through python")


def threaded():
    def fill():
        box.append(io.BufferedWriter(box[0]))
        box[1].write(b"by another thread")

    box = [io.FileIO(path, "w")]
    t = threading.Thread(target=fill)
    t.start()
    t.join()


WANTED = [(young_over_old, b"data"), (raw_last, b"text"), (user_first, b"begin end")]
WANTED += [(python_raw, b"through python"), (threaded, b"by another thread")]
for f, wanted in WANTED:
    # Something on the native stack may keep what was dropped for a while, but never is anything lost.
    for _ in range(20):
        deep(f)
        overwrite()
        gc.collect()
        gc.collect()
        fd = os.open(path, os.O_RDONLY)
        found = os.read(fd, 100)
        os.close(fd)
        if found == wanted:
            break
    print(f.__name__, found)
