"""Who writes to a text stream goes on reading where the writer is; lines that are iterated over stay what they were."""

import io
import os
import tempfile

folder = tempfile.TemporaryDirectory()
path = os.path.join(folder.name, "t")


def attempt(f, *args, **how):
    try:
        return f(*args, **how)
    except (OSError, ValueError) as e:
        return type(e).__name__, str(e)


def content():
    with open(path, "rb") as f:
        return f.read()


for encoding in "utf-8", "latin-1", "utf-16", "cp1252":
    for lines in 4, 40:
        text = "".join(f"line {i}é\n" for i in range(lines))
        for written in "", "X", "YZ\n":
            # Iterated over: all lines come, and the text stands behind them.
            with open(path, "w", encoding=encoding) as f:
                f.write(text)
            with open(path, "r+", encoding=encoding) as f:
                n = 0
                for line in f:
                    n += 1
                    if n < 9:
                        f.write(written)
            got = content().decode(encoding)
            print(encoding, lines, repr(written), n, got.startswith(text), repr(got[len(text):]))
            # Read by `readline`: what was read ahead is lost, and reading goes on behind what was written.
            with open(path, "w", encoding=encoding) as f:
                f.write(text)
            with open(path, "r+", encoding=encoding) as f:
                first = f.readline()
                f.write(written)
                print(repr(first), repr(f.readline()), f.tell() == os.fstat(f.fileno()).st_size)

# A stream over memory; iterated over after a `readline`.
f = io.TextIOWrapper(io.BytesIO(b"a\nb\nc\n"))
print(f.readline(), next(f), f.write("!"), list(f))
f = io.TextIOWrapper(io.BytesIO(b"a\nb\nc\n"))
print(next(f), f.write("!"), next(f), f.write("?"), list(f), attempt(f.tell))
f.flush()
print(f.buffer.getvalue(), f.tell())

# What has been read to its end can be set up anew; in the middle of it not.
for read in io.TextIOWrapper.read, list, io.TextIOWrapper.readlines, lambda f: [f.readline(), f.readline(), f.readline()], \
        io.TextIOWrapper.readline, lambda f: f.read(2):
    for how in {"encoding": "latin-1"}, {"newline": ""}, {"errors": "replace"}, {"line_buffering": True}:
        f = io.TextIOWrapper(io.BytesIO(b"a\nb\n"), encoding="utf-8")
        print(read(f), how, attempt(f.reconfigure, **how), f.encoding, f.errors)

# Only what the base class closed refuses to be flushed.
closed = io.StringIO()
closed.close()
print(closed.flush(), attempt(closed.read))


class Shut(io.IOBase):
    closed = True


print(Shut().flush(), Shut().close())
folder.cleanup()
