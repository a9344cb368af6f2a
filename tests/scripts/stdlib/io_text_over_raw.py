"""A text stream over a raw file, and over objects that have only some methods: what it asks of them, and when."""

import io, os, tempfile, sys
p = tempfile.mktemp()

class Enc(io.TextIOWrapper):
    @property
    def name(self): return "enc"

f = Enc(tempfile.TemporaryFile(buffering=0), encoding="utf-8", errors="replace", newline="", write_through=True)
print(f.write("abc\ndé\n"), f.tell(), f.readable(), f.writable(), f.seekable(), f.write_through)
f.seek(0); print(repr(f.read())); f.seek(0); f.truncate(); f.write("xyz"); f.seek(0); print(f.read(2), f.tell(), f.readline(), list(f))
f = io.TextIOWrapper(io.FileIO(p, "w+"), encoding="ascii")
f.write("waiting"); print(os.stat(p).st_size); f.flush(); print(os.stat(p).st_size)
f.write("x" * 8000); print(os.stat(p).st_size); f.write("y" * 300); print(os.stat(p).st_size); f.write("z"*9000); print(os.stat(p).st_size)
f.seek(0); print(len(f.read()), f.read(), f.readline(), f.tell()); f.close(); print(os.stat(p).st_size)
class Log:
    """only some methods"""
    def __init__(self, readable=True, writable=True, seekable=False, data=b""): self.a=(readable,writable,seekable); self.data=data; self.closed=False; self.log=[]
    def readable(self): self.log.append("readable"); return self.a[0]
    def writable(self): self.log.append("writable"); return self.a[1]
    def seekable(self): self.log.append("seekable"); return self.a[2]
    def read(self, n=-1): self.log.append(("read", n)); d, self.data = self.data[:n if n >= 0 else None], self.data[n:] if n >= 0 else b""; return d
    def write(self, b): self.log.append(("write", bytes(b))); return len(b)
    def flush(self): self.log.append("flush")
    def close(self): self.log.append("close"); self.closed=True
def attempt(f):
    try: return f()
    except Exception as e: return type(e).__name__, str(e)
for kw in [dict(), dict(readable=False), dict(writable=False), dict(seekable=False, data=b"one\ntwo\r\nthree")]:
    for opts in [dict(), dict(write_through=True), dict(line_buffering=True)]:
        l = Log(**kw); t = io.TextIOWrapper(l, "utf-8", **opts)
        print(kw, opts)
        print(attempt(lambda: t.write("ab")), attempt(lambda: t.write("c\n")), attempt(t.readline), attempt(lambda: t.read(3)), attempt(t.read), attempt(lambda: t.write("d")), attempt(t.tell), attempt(lambda: t.seek(0)), attempt(t.fileno), attempt(lambda: next(t)))
        attempt(t.close); print(l.log)
class NoMethods: pass
print(attempt(lambda: io.TextIOWrapper(NoMethods())))
class OnlyWrite:
    def close(self): pass
    def flush(self): pass
    closed=False
    def readable(self): return False
    def writable(self): return True
    def seekable(self): return False
    def write(self, b): print("write", bytes(b))
t = io.TextIOWrapper(OnlyWrite(), "utf-8", write_through=True); t.write("hello"); print(attempt(t.flush), attempt(t.tell), attempt(lambda: t.seek(0)), attempt(t.detach) is not None)
class Str(Log):
    def read(self, n=-1): return "text"
print(attempt(io.TextIOWrapper(Str(), "utf-8").readline), attempt(io.TextIOWrapper(Str(), "utf-8").read))
class R1(Log):
    def read1(self, n=-1): self.log.append(("read1", n)); return 5
l=R1(); t=io.TextIOWrapper(l,"utf-8"); print(attempt(t.readline), l.log)
t=io.TextIOWrapper(io.BytesIO(b"abc\ndef"),"utf-8"); print(t._CHUNK_SIZE); t._CHUNK_SIZE=1; print(t._CHUNK_SIZE, t.readline(), t.tell(), attempt(lambda: setattr(t,"_CHUNK_SIZE",0)), attempt(lambda: delattr(t,"_CHUNK_SIZE")))
b=io.BytesIO(); w=io.BufferedWriter(b); t=io.TextIOWrapper(w,"utf-8",write_through=True); t.write("x"); print(b.getvalue()); w.flush(); print(b.getvalue())
b=io.BytesIO(b"0123456789"); t=io.TextIOWrapper(b,"utf-8"); print(t.read(3)); t.write("AB"); t.flush(); print(b.getvalue(), t.read(), t.seek(0), t.read())

# What is dropped at the end of a chunk goes out as CPython sends it.
for sizes in [(8000, 300, 1), (8191, 2, 1), (10, 9000, 10), (4000, 4000, 4000, 4000), (8192,), (1, 8191), (1, 8192)]:
    l = Log(readable=False); t = io.TextIOWrapper(l, "ascii")
    for n in sizes: t.write("x" * n); l.log.append("|")
    t.close(); print(sizes, [(x[0], len(x[1])) if isinstance(x, tuple) else x for x in l.log])
class Fails(Log):
    def flush(self): raise OSError("flush")
    def close(self): self.closed = True; raise OSError("close")
try: io.TextIOWrapper(Fails(), "utf-8").close()
except OSError as e: print(e, repr(e.__context__))
class RawFails(io.RawIOBase):
    def writable(self): return True
    def write(self, b): raise OSError("write")
    def close(self): super().close(); raise OSError("close")
w = io.BufferedWriter(RawFails()); w.write(b"x")
try: w.close()
except OSError as e: print(e, repr(e.__context__))
