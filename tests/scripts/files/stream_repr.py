"""A stream whose name is the stream itself; the prompt on pipes."""
import io
import subprocess
import sys


class Raw(io.RawIOBase):
    def readable(self):
        return True


raw = Raw()
for make in (io.BufferedReader, lambda raw: io.TextIOWrapper(io.BufferedReader(raw), "utf-8")):
    raw.name = "x"
    stream = make(raw)
    print(repr(stream))
    raw.name = stream
    try:
        repr(stream)
    except RuntimeError as e:
        print(e)

child = [sys.executable, "-E", "-i", "-q"]
with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as p:
    print(p.stdout.read(4))
    p.stdin.write(b"1/0\n")
    p.stdin.flush()
    print([p.stdout.readline() for _ in range(5)][-1], p.stdout.read(4))
    p.stdin.close()
    p.stdout.read()
p = subprocess.run([sys.executable, "-c", r"import sys; sys.exit('lone \udcff')"], stderr=subprocess.PIPE)
print(p.returncode, p.stderr)
