"""Who reads a file line by line holds a line, not the file; and every position is right, whatever has been read ahead."""

import hashlib
import io
import os
import tempfile


# Random sharing shares what iterates, and with it each line: garbage of the shared space is collected in portions larger than this file.
shares = "promote-stress" in os.environ.get("PROTOPYTHON_DEBUG", "")


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096


folder = tempfile.TemporaryDirectory()
path = os.path.join(folder.name, "large")

with open(path, "wb") as f:
    # So long that what is read ahead seldom ends with a line.
    piece = b"".join(b"line %d with some text %b\n" % (i, b"x" * 3000) for i in range(340))
    crlf = piece.replace(b"\n", b"\r\n")
    for i in range(40):
        f.write(crlf if i % 8 == 7 else piece)


def iterate(f):
    return sum(len(line) for line in f)


def readlines_by_hand(f):
    n = 0
    while line := f.readline():
        n += len(line)
    return n


def pieces(f):
    n = 0
    while text := f.read(1000):
        n += len(text)
    return n


for read in iterate, readlines_by_hand, pieces:
    for how in ({"encoding": "utf-8"}, {"encoding": "ascii", "newline": ""}, {"encoding": "latin-1"}, {"encoding": "utf-8", "errors": "replace"},
                {"encoding": "cp1252", "newline": "\n"}, {"mode": "rb"}):
        before = resident()
        with open(path, **how) as f:
            n = read(f)
        grown = resident() - before
        print(read.__name__, how, n, "stays" if grown < 24 << 20 or shares else f"grows by {grown >> 20} MiB")


# Positions, in text that was cut at every place.
samples = {
    "lf": b"".join(b"%d some text\n" % i * (i % 40) for i in range(350)),
    "crlf": b"".join(b"%d some text\r\n" % i * (i % 40) for i in range(350)),
    "mixed": b"".join(b"%d" % i + (b"\r", b"\n", b"\r\n", b"\r\r\n")[i % 4] for i in range(13_000)),
    "wide": "".join("é%d€\U0001f600" % i + ("\n", "\r\n")[i % 3 == 0] for i in range(6_000)).encode(),
    "broken": b"".join(b"\xe9%d\xff\n" % i for i in range(9_000)),
}
for name, data in samples.items():
    with open(path, "wb") as f:
        f.write(data)
    for encoding, errors in ("utf-8", "strict"), ("utf-8", "replace"), ("utf-8", "surrogateescape"), ("latin-1", "strict"):
        if name == "broken" and errors == "strict" and encoding == "utf-8":
            continue
        for newline in None, "", "\n", "\r", "\r\n":
            digest, positions = hashlib.sha256(), []
            with open(path, encoding=encoding, errors=errors, newline=newline) as f:
                i = 0
                while text := (f.readline() if i % 5 else f.read(7)):
                    digest.update(text.encode("utf-8", "surrogatepass"))
                    if i % 997 == 0:
                        positions.append(f.tell())
                        # In the middle of a line end CPython's positions are numbers of another kind.
                        if name != "mixed":
                            digest.update(b"%d" % positions[-1])
                    i += 1
                end = f.tell()
                tails = []
                for p in positions[::5]:
                    f.seek(p)
                    tails.append(f.readline())
                digest.update(repr(tails).encode("utf-8", "surrogatepass"))
                print(name, encoding, errors, repr(newline), i, end, f.newlines, digest.hexdigest()[:16])

# Lines of streams that are no files, longer and shorter than what is read ahead.
for length in 1, 4094, 4095, 4096, 70_000, 200_000:
    data = (b"x" * length + b"\n") * 3 + b"end"
    print(length, [len(line) for line in io.TextIOWrapper(io.BytesIO(data))], [len(line) for line in io.BufferedReader(io.BytesIO(data))],
          [len(line) for line in io.TextIOWrapper(io.BufferedReader(io.BytesIO(data), 16))])


class Shouting(io.BufferedReader):
    def readline(self, size=-1):
        return super().readline(size).upper()


print(list(Shouting(io.BytesIO(b"a\nb"))))
with open(path, "wb") as f:
    try:
        next(f)
    except io.UnsupportedOperation as e:
        print(type(e).__name__)
with open(path, "wb+") as f:
    f.write(b"one\ntwo\n")
    f.seek(0)
    print(next(f), f.tell())
    f.write(b"TWO")
    f.seek(0)
    print(list(f))
folder.cleanup()
