"""What `print` gives to which file: a native one may get a line at once, others get every piece."""

import io
import sys


class Pieces:
    def __init__(self):
        self.got = []

    def write(self, s):
        self.got.append(s)


class Appends:
    def __init__(self):
        self.got = []
        self.write = self.got.append


class Loud(io.StringIO):
    def write(self, s):
        sys.stdout.write(f"<{s!r}>")
        return super().write(s)


class Shown:
    def __str__(self):
        print("str called", file=out)
        return "shown"


for f in (Pieces(), Appends()):
    print("a", 1, None, 2.5, sep="-", file=f)
    print(file=f)
    print("x", end="", file=f)
    print(f.got)
loud = Loud()
print("a", 5, file=loud)
print()
print(repr(loud.getvalue()))
out = io.StringIO()
print("one", Shown(), "two", file=out)
print("three", 4, "äö", True, 10**30, -7, file=out, sep=", ", end=".\n", flush=True)
print(out.getvalue())

# What cannot be encoded: what stands before it is written.
raw = io.BytesIO()
text = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
try:
    print("before", "ä", "after", file=text)
except UnicodeEncodeError as e:
    print(e.reason, raw.getvalue())
print("plain", 1, file=text)
print(raw.getvalue())
text.close()
try:
    print("closed", file=text)
except ValueError as e:
    print(e)
print("a" * 10_000 + "b", len("c"), sep="\n", file=(big := io.StringIO()))
print(len(big.getvalue()))

# Buffers in memory, in small steps.
b = io.BytesIO()
print([b.write(b"ab"), b.write(b"c" * 5000), b.write(bytearray(b"d"))], b.seek(1), b.read(1), b.read(0), b.tell(), b.write(b"XY"), b.read(2))
b.seek(0)
print(b.read(4), b.read(10_000)[-3:], b.read(3), b.seek(9000), b.read(1), b.write(b"e"), len(b.getvalue()))
view = b.getbuffer()
try:
    b.write(b"grows")
except BufferError as e:
    print(e)
view.release()
b.close()
for call in (lambda: b.read(1), lambda: b.write(b"x"), lambda: io.BytesIO().write("text"), lambda: io.StringIO().write(b"bytes")):
    try:
        call()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
s = io.StringIO()
print(s.write("ab"), s.write("äß"), s.write(""), s.seek(1), s.write("X"), s.getvalue(), s.seek(0, 2), s.write("c\r\n"), repr(s.getvalue()))
for newline in (None, "", "\n", "\r", "\r\n"):
    s = io.StringIO(newline=newline)
    s.write("a\r\nb\n")
    s.write("c\r")
    print(repr(s.getvalue()), s.newlines)
