"""Positions in text whose decoder has a state, and what happens to a text stream while it is at work."""
import codecs
import io
import os


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return repr(e)


# Every position in a text can be come back to.
TEXT = "ab\n\u3046\u3048\r\nx\ry\u00e9\U0001f40d\r\n\nend"
for encoding in "utf-8", "utf-16", "utf-16-le", "utf-32", "utf-7", "utf-8-sig", "shift_jis", "iso2022_jp", "euc_jp":
    text = TEXT if encoding.startswith("utf") else TEXT.replace("\U0001f40d", "").replace("\u00e9", "")
    data = text.encode(encoding)
    for newline in None, "", "\n", "\r\n":
        for chunk in 1, 3, 8192:
            whole = io.TextIOWrapper(io.BytesIO(data), encoding, newline=newline).read()
            for i in range(len(whole) + 1):
                f = io.TextIOWrapper(io.BytesIO(data), encoding, newline=newline)
                f._CHUNK_SIZE = chunk
                first = f.read(i)
                place = f.tell()
                again = f.read(2)
                f.seek(place)
                if first + f.read() != whole or again != whole[i:i + 2]:
                    print("lost", encoding, newline, chunk, i)
    f = io.TextIOWrapper(io.BytesIO(data), encoding)
    lines = []
    places = []
    while line := f.readline():
        lines.append(line)
        places.append(f.tell())
    for place, following in zip(places, lines[1:] + [""]):
        f.seek(place)
        if f.readline() != following:
            print("lost line", encoding, place)
    small = io.TextIOWrapper(io.BufferedReader(io.BytesIO(data), 1), encoding)
    print(encoding, lines == list(small), small.newlines)

print([attempt(io.TextIOWrapper(io.BytesIO(b"abc")).seek, n) for n in (-1, 1 << 200, 1 << 168, 2)])

# Writing in between.
pair = io.TextIOWrapper(io.BufferedRWPair(io.BytesIO(b"foo\nbar\n"), io.BytesIO()))
print(repr(pair.readline()), pair.write("x"), repr(pair.readline()))


class Inner(io.RawIOBase):
    written = []

    def writable(self):
        return True

    def write(self, data):
        if not self.written:
            self.written.append(b"")
            t.write("middle")
        self.written.append(bytes(data))
        return len(data)


t = io.TextIOWrapper(Inner())
t.write("abc")
t.write("g" * 8192)
t.flush()
print([piece[:6] for piece in Inner.written])


# Text of a subclass translates its own line ends, and may do what it likes to the stream.
class Text(str):
    def __new__(cls, text, action):
        self = super().__new__(cls, text)
        self.action = action
        return self

    def replace(self, *args):
        return self.action()


for action in lambda: None, lambda: "other\r\n", lambda: t.close(), lambda: t.detach() and "x":
    t = io.TextIOWrapper(io.BytesIO(), newline="\r\n")
    print(attempt(t.write, Text("a\n", action)), attempt(lambda: (t.flush(), t.buffer.getvalue())))
for buffer, kw in (io.BufferedReader(io.BytesIO()), {}), (io.BytesIO(), {"encoding": "none of them"}):
    t = io.TextIOWrapper(io.BytesIO(), newline="\r\n")
    print(attempt(t.write, Text("a\n", lambda: attempt(t.__init__, buffer, **kw) and None or "x")))

# Streams that could not be made, or are no longer whole.
t = io.TextIOWrapper(io.BytesIO(b"text"))
print(attempt(t.__init__, io.BytesIO(), newline="nonsense"), attempt(t.read), attempt(repr, t), attempt(lambda: t.encoding))
t = io.TextIOWrapper(io.BytesIO(b"text"))
print([attempt(setattr, t, "_CHUNK_SIZE", n) for n in (0, 1 << 100, -1 << 100, "x")])
for name in "\udcfe", "utf-8\0":
    print(ascii(attempt(io.TextIOWrapper, io.BytesIO(), name)))
print(ascii([attempt(t.reconfigure, encoding=name) for name in ("\udcfe", "locale\0")]))
print(ascii(attempt(t.reconfigure, errors="\udcfe")))
print(t.read(), t.detach() and attempt(t.close))


class Nothing(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, b):
        return None


print(attempt(io.TextIOWrapper(io.BufferedReader(Nothing())).read))


class Bad:
    def __init__(self, state):
        self.state = state

    def getstate(self):
        return self.state


class Detaching(io.RawIOBase):
    done = False

    def readable(self):
        return True

    def readinto(self, b):
        if self.done:
            return 0
        self.done = True
        wrapper.detach()
        b[:3] = b"ab\n"
        return 3


for name in "read", "readline":
    wrapper = io.TextIOWrapper(io.BufferedReader(Detaching()))
    print(repr(getattr(wrapper, name)()), attempt(lambda: wrapper.buffer))

info = codecs.lookup("cp037")
for state in 42, (), (1, 2):
    made = codecs.CodecInfo(info.encode, info.decode, info.streamreader, info.streamwriter, info.incrementalencoder,
                            lambda errors, state=state: Bad(state), name="bad")
    codecs.register(search := lambda name, made=made: made if name == "bad" else None)
    print(attempt(io.TextIOWrapper(io.BytesIO(b"x"), "bad", newline="\n").read, 1))
    codecs.unregister(search)
