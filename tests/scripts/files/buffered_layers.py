"""Buffered streams over raw ones that misbehave, block or count what is asked of them."""
import errno
import io
import os


class Raw(io.RawIOBase):
    def __init__(self, *pieces):
        self.pieces = list(pieces)
        self.log = []

    def readable(self):
        return True

    def readinto(self, b):
        self.log.append(len(b))
        if not self.pieces:
            return 0
        piece = self.pieces.pop(0)
        if piece is None:
            return None
        if len(piece) > len(b):
            self.pieces.insert(0, piece[len(b):])
            piece = piece[:len(b)]
        b[:len(piece)] = piece
        return len(piece)


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return repr(e), e.__cause__ and repr(e.__cause__)


raw = Raw(b"abc", b"de", b"fgh", b"jkl")
f = io.BufferedReader(raw, 10)
b, large = bytearray(2), bytearray(20)
print(f.peek(3), f.readinto1(b), b, f.readinto1(b), b, f.readinto1(b), b, raw.log)
print(f.peek(3), f.readinto1(large), large, raw.log)

raw = Raw(b"abcd", b"efgh", b"i")
f = io.BufferedReader(raw, 4)
print([f.read(n) for n in (1, 2, 4, 2)], raw.log)
raw = Raw(b"x" * 100)
f = io.BufferedReader(raw, 8)
print(len(f.read1(3)), len(f.read1()), len(f.read1(50)), len(f.read(30)), len(f.read()), raw.log)
f = io.BufferedReader(Raw(b"abc", b"d", None, b"efg", None, None))
print(f.read(6), f.read(1), f.read(), f.peek(1), f.read(), f.read())

# Seeking back a little reads nothing again.
class Counting(io.BytesIO):
    reads = 0

    def readinto(self, b):
        Counting.reads += 1
        return super().readinto(b)


f = io.BufferedReader(Counting(bytes(range(100))), 16)
print(f.read(8), f.seek(2), f.read(2), f.seek(-3, 1), f.read(1), f.tell(), Counting.reads)
print(f.seek(40), f.read(1), f.seek(0, 2), f.read(1), Counting.reads)


class Misbehaved(Raw):
    def seekable(self):
        return True

    def seek(self, *args):
        return -5

    tell = seek

    def readinto(self, b):
        return b""

    def writable(self):
        return True

    def write(self, b):
        return "much"


f = io.BufferedReader(Misbehaved())
print(attempt(f.tell), attempt(f.seek, 0), attempt(f.read, 3), attempt(f.readinto, b), attempt(f.truncate))
f = io.BufferedWriter(Misbehaved(), 4)
print(attempt(f.write, b"123456"), attempt(f.readable), attempt(f.read, 1))
f.close = lambda: None
print(attempt(io.BufferedReader(io.BytesIO()).write, b""), io.BufferedReader(io.BytesIO()).writable())
f = io.BufferedReader(Raw(b"abc"))
print(attempt(f.__init__, Raw(), 0), attempt(f.read), attempt(f.__init__, Raw(b"def")), attempt(f.read))


class Reads(io.BufferedIOBase):
    def read(self, n=-1):
        return bytes(100)

    read1 = read


print(attempt(Reads().readinto, b), attempt(Reads().readinto1, b))


# A full pipe that does not block: what is written is what arrives, and errors count it.
class Blocking(io.RawIOBase):
    room = 0

    def __init__(self):
        self.written = []

    def writable(self):
        return True

    def write(self, b):
        n = min(len(b), self.room)
        self.room -= n
        self.written.append(bytes(b[:n]))
        return n or None


raw = Blocking()
f = io.BufferedWriter(raw, 8)
print(f.write(b"abcd"), f.write(b"efgh"))
for data in b"ij", b"klm", b"n" * 20:
    raw.room = 3
    try:
        print(f.write(data))
    except BlockingIOError as e:
        print(e.args[1:], e.characters_written)
try:
    f.flush()
except BlockingIOError as e:
    print(e.args[1:], e.characters_written)
raw.room = 100
f.flush()
print(b"".join(raw.written))
r, w = os.pipe()
os.set_blocking(r, False)
os.set_blocking(w, False)
sent, received = [], []
with open(r, "rb", 4096) as rf, open(w, "wb", 4096) as wf:
    for n in 9999, 73, 7574:
        try:
            while True:
                sent.append(b"%d" % (n % 10) * n)
                wf.write(sent[-1])
        except BlockingIOError as e:
            print(e.errno == errno.EAGAIN, e.args[2] == e.characters_written)
            sent[-1] = sent[-1][:e.characters_written]
            received.append(rf.read())
    while True:
        try:
            wf.flush()
            break
        except BlockingIOError as e:
            print(e.characters_written)
            received.append(rf.read())
    received += iter(rf.read, None)
print(b"".join(sent) == b"".join(received))


# Closing: what goes wrong, and in which order.
class Failing(io.FileIO):
    def flush(self):
        print("flush", self.closed)
        raise OSError("flush")


f = Failing(os.devnull, "w")
print(attempt(f.close), f.closed)


class Bad(Raw):
    def __init__(self, name):
        self.name = name

    def writable(self):
        return True

    fails = True

    def close(self):
        if self.fails:
            raise ValueError(self.name)
        super().close()


pair = io.BufferedRWPair(Bad("reader"), Bad("writer"))
try:
    pair.close()
except ValueError as e:
    print(repr(e), repr(e.__context__), pair.closed)
Bad.fails = False
pair._close = attempt(pair.close)
try:
    open("name", opener=lambda name, flags: 1000)
except OSError as e:
    print(e)
