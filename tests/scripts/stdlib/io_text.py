# io: StringIO, TextIOWrapper, newline handling, encodings, iteration.
import io
import os
import tempfile

s = io.StringIO("line1\nline2\r\nline3")
print(repr(s.readline()), repr(s.read(3)), s.tell(), s.seek(0), s.readlines(), s.read(), repr(s.getvalue()))
s = io.StringIO()
print(s.write("hello"), s.write(" world"), s.getvalue(), s.tell(), s.seek(0), s.truncate(5), s.getvalue(), s.readable(), s.writable(), s.seekable(), s.closed, s.isatty())
s.close()


def err(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e)


err(s.read)
err(io.StringIO, 5)
err(io.StringIO().write, b"x")
err(io.StringIO("x").seek, -1)
print(list(io.StringIO("a\nb\n")), [l for l in io.StringIO("x\r\ny", newline=None)], io.StringIO("a\r\nb", newline="").readline())
d = tempfile.mkdtemp()
path = os.path.join(d, "t.txt")
with open(path, "w") as f:
    print(f.write("one\ntwo\nthrée 🎉\n"), f.mode, f.encoding.lower(), f.name == path, f.closed)
    f.writelines(["a\n", "b\n"])
print(f.closed)
with open(path, encoding="utf-8") as f:
    print(f.read(5), repr(f.readline()), f.readlines(2), next(f), f.read(), repr(f.read()))
with open(path, "rb") as f:
    print(f.read(8), f.tell(), f.seek(-4, 2), f.read(), f.seek(0), f.readline())
with open(path, "a+") as f:
    f.write("appended")
    f.seek(0)
    print(len(f.readlines()))
with open(path, "r+") as f:
    f.write("ONE")
    f.seek(0)
    print(f.readline())
for mode in ("w+", "x"):
    try:
        with open(path, mode) as f:
            f.write("new")
            f.seek(0)
            print(f.read())
    except FileExistsError as e:
        print(type(e).__name__, e.errno)
with open(path, "w", newline="\r\n") as f:
    f.write("a\nb\n")
print(open(path, "rb").read(), open(path).read(), repr(open(path, newline="").read()), repr(open(path, newline="\r\n").readline()))
with open(path, "w", encoding="latin-1", errors="replace") as f:
    f.write("é€")
print(open(path, "rb").read(), open(path, encoding="latin-1").read())
err(lambda: open(path, encoding="utf-8").read())
print(open(path, encoding="utf-8", errors="replace").read(), open(path, encoding="ascii", errors="ignore").read(), ascii(open(path, errors="surrogateescape").read()))
err(open, os.path.join(d, "missing.txt")) if False else None
err(open, path, "q")
err(open, path, "rw")
err(open, path, "rb", encoding="utf-8")
err(open, path, buffering=0)
err(open, path, newline="x")
err(open, path, encoding="nope")
err(open, 9999)
err(open, None)
err(open, d.encode() + b"\0")
try:
    open(os.path.join(d, "missing.txt"))
except FileNotFoundError as e:
    print(e.errno, e.strerror, e.filename.endswith("missing.txt"), str(e).startswith("[Errno 2] No such file or directory: '"))
try:
    open(d)
except IsADirectoryError as e:
    print(e.errno, e.strerror)
w = io.TextIOWrapper(io.BytesIO("é\nü\n".encode()), encoding="utf-8")
print(w.readline(), w.buffer.tell() > 0, w.read(), w.detach().getvalue())
raw = io.BytesIO()
w = io.TextIOWrapper(raw, encoding="utf-16", write_through=True)
w.write("ab")
w.flush()
print(raw.getvalue(), w.line_buffering, w.newlines)
w = io.TextIOWrapper(io.BytesIO(b"a\rb\r\nc\n"), newline=None)
print(w.read().encode(), w.newlines)
with open(path, "w") as f:
    for i in range(5000):
        f.write(f"line {i}\n")
with open(path) as f:
    lines = f.readlines()
    print(len(lines), lines[-1], f.tell(), os.path.getsize(path))
with open(path) as f:
    print(sum(1 for _ in f))
    f.seek(7)
    print(f.readline())
    pos = f.tell()
    a = f.readline()
    f.seek(pos)
    print(a == f.readline())
f = open(path)
err(f.write, "x")
it = iter(f)
next(it)
err(f.tell)
f.close()
err(f.read)
print(f, end="\n") if False else print(repr(f).startswith("<_io.TextIOWrapper name="))
os.remove(path)
os.rmdir(d)
