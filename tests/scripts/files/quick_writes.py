# Short writes go straight to the buffer; whatever changes how text is written must be seen by the next one.
import io
import os
import tempfile

folder = tempfile.mkdtemp()
path = os.path.join(folder, "f")


def content():
    with open(path, "rb") as f:
        return f.read()


def refused(what):
    try:
        what()
    except Exception as e:
        print(type(e).__name__, e)
    else:
        print("accepted")


f = open(path, "w", encoding="utf-8")
print([f.write(t) for t in ("", "a\n", "é€𝄞", "x" * 5000)])
f.reconfigure(newline="\r\n")
f.write("1\n")
f.reconfigure(newline="\n")
f.write("2\n")
f.reconfigure(encoding="latin-1")
f.write("é")
refused(lambda: f.write("€"))
f.reconfigure(encoding="utf-8", errors="surrogateescape")
f.write("\udcff")
f.reconfigure(line_buffering=True)
f.write("seen\n")
print(content().endswith(b"seen\n"))
refused(lambda: f.write(b"bytes"))
refused(lambda: f.write(5))
write = f.write
f.close()
refused(lambda: write("late"))
print(content()[:13], content()[-14:])

f = open(path, "w", encoding="utf-8")
write = f.write
buffer = f.detach()
refused(lambda: write("detached"))
print(buffer.write(b"ab"), buffer.write(bytearray(b"cd")), buffer.write(memoryview(b"ef")))
refused(lambda: buffer.write("text"))
raw = buffer.detach()
refused(lambda: buffer.write(b"gone"))
raw.close()
print(content())

# The raw file is closed behind the buffer's back.
f = open(path, "wb")
f.write(b"a")
f.raw.close()
refused(lambda: f.write(b"b"))

# Functions of the class, with others' objects.
for receiver in (5, "text", [], object(), io.StringIO(), io.BytesIO(), buffer):
    refused(lambda: io.TextIOWrapper.write(receiver, "x"))
for receiver in (5, b"bytes", [], object(), io.StringIO(), io.BytesIO(), f):
    refused(lambda: io.BufferedWriter.write(receiver, b"x"))


class Upper(io.TextIOWrapper):
    def write(self, text):
        return super().write(text.upper())


with Upper(open(path, "wb"), encoding="utf-8") as f:
    print(f.write("up"), io.TextIOWrapper.write(f, "down"))
print(content())

refused(lambda: open(path, "r").write("x"))

# Small buffers, positions in between, both directions.
with open(path, "wb", buffering=4) as f:
    print([f.write(b) for b in (b"abc", b"d", b"efghij", b"", b"k")], f.tell())
    f.seek(1)
    f.write(b"X")
print(content())
with open(path, "r+", encoding="utf-8") as f:
    print(f.read(3), f.write("Y"), f.seek(0), f.read())
with open(path, "w+b") as f:
    f.write(b"12345")
    f.seek(2)
    print(f.read(1), f.write(b"Z"))
    f.seek(0)
    print(f.read())
os.remove(path)
os.rmdir(folder)
