"""Every East Asian codec over many characters and random bytes: results, errors and states."""

import codecs
import hashlib
import io
import random

CODECS = """gb2312 gbk gb18030 hz big5hkscs cp932 shift_jis euc_jp euc_jisx0213 shift_jisx0213 euc_jis_2004 shift_jis_2004
cp949 euc_kr johab big5 cp950 iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext
iso2022_kr""".split()


def seen(f, *args):
    try:
        return f(*args)
    except UnicodeError as e:
        return type(e).__name__, e.args
    except Exception as e:
        return repr(e)


def characters(name, digest):
    # A part of each plane that the codecs know, in pieces, so that one character that cannot be written hides few others.
    for start in [*range(0, 0xD800, 512), *range(0xE000, 0x11000, 512), 0x1F100, 0x1F200, *range(0x20000, 0x30000, 2048)]:
        text = "".join(map(chr, range(start, start + 128)))
        data = text.encode(name, "backslashreplace")
        digest.update(data)
        digest.update(repr(seen(data.decode, name)).encode())


ESCAPES = [b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(B", b"\x1b(I", b"\x1b$(D", b"\x1b$(Q", b"\x1b$(O", b"\x1b$(P", b"\x1b$A", b"\x1b.A",
           b"\x1b.F", b"\x1bN", b"\x1b$)C", b"\x0e", b"\x0f", b"\n", b"\x1b&@\x1b$B", b"\x1b[7m", b"\x1b(", b"~{", b"~}", b"~~", b"~",
           b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xd4", b"\x84\x31\xa4\x37", b"\x90\x30\x81\x30", b"\x81\x30\xff\x30"]


def random_bytes(rng):
    parts = []
    for _ in range(rng.randrange(1, 8)):
        kind = rng.randrange(5)
        if kind == 0:
            parts.append(rng.randbytes(rng.randrange(1, 4)))
        elif kind == 1:
            parts.append(bytes(rng.randrange(0xA1, 0xFF) for _ in range(4)))
        elif kind == 2:
            parts.append(bytes(rng.randrange(0x20, 0x80) for _ in range(4)))
        elif kind == 3:
            parts.append(rng.choice(ESCAPES))
        else:
            parts.append(bytes([rng.randrange(0x81, 0xFF), rng.randrange(0x30, 0xFF)]))
    return b"".join(parts)


def wrong_bytes(name, rng, digest):
    for _ in range(20):
        data = random_bytes(rng)
        for errors in "strict", "replace", "ignore":
            digest.update(repr(seen(data.decode, name, errors)).encode())
        decoder = codecs.getincrementaldecoder(name)("replace")
        for i in range(0, len(data), 3):
            digest.update(repr((seen(decoder.decode, data[i:i + 3]), decoder.getstate())).encode())
        digest.update(repr(seen(decoder.decode, b"", True)).encode())


def texts(name, rng, digest):
    some = "aZ~\n\\\u3042\u304b\u309a\u4e16\u754c\uac00\uac02\u00e6\u0300\u00ca\u0304\u00a5\uff3c\u0123\U0002000b\udc00\u2014\u3131"
    for _ in range(20):
        text = "".join(rng.choice(some) for _ in range(rng.randrange(1, 9)))
        for errors in "strict", "replace", "xmlcharrefreplace":
            digest.update(repr(seen(text.encode, name, errors)).encode())
        encoder = codecs.getincrementalencoder(name)("ignore")
        for c in text:
            digest.update(repr((encoder.encode(c), encoder.getstate())).encode())
        digest.update(encoder.encode("", True))


for name in CODECS:
    rng = random.Random(name)
    row = []
    for part in characters, wrong_bytes, texts:
        digest = hashlib.md5()
        part(name, digest) if part is characters else part(name, rng, digest)
        row.append(digest.hexdigest()[:12])
    print(name, *row)

# Streams.
for name in "shift_jis", "iso2022_kr", "hz":
    raw = io.BytesIO()
    writer = codecs.getwriter(name)(raw)
    writer.writelines(["\u4e16\u754c\n", "ab\n", "\u5927"])
    writer.reset()
    print(name, raw.getvalue())
    for size in None, 1, 3:
        reader = codecs.getreader(name)(io.BytesIO(raw.getvalue()))
        print([ascii(seen(reader.read, size)) for _ in range(3)], ascii(seen(reader.readline)), ascii(seen(reader.readlines)))

# Handlers.
for answer in ("?", 1), (b"!", 99), ("\u0123", 1), ("x", -100), ("x", 2**70), ("x", None), None, [1, 2]:
    codecs.register_error("test.answer", lambda e: answer)
    print(answer, seen("\u0123z".encode, "gbk", "test.answer"), seen(b"\xffz".decode, "gbk", "test.answer"))

# The data is not copied for each error.
seen_objects = []


def remember(e):
    seen_objects.append(e.object)
    return "?", e.end


codecs.register_error("test.remember", remember)
print((b"\xff" * 10 + b"ab").decode("gbk", "test.remember"), len(seen_objects), len(set(map(id, seen_objects))))
# Nor is a view of it left.
buffer = bytearray(b"\xa4")
decoder = codecs.getincrementaldecoder("euc_jp")()
print(repr(decoder.decode(buffer)))
buffer[:] = b"\xa6abc"
print(decoder.decode(buffer))

# What is refused.
import _codecs_jp
import _multibytecodec

print(seen(_codecs_jp.getcodec, "gbk"), seen(_codecs_jp.getcodec, 1))
encoder = codecs.getincrementalencoder("euc_jis_2004")()
for state in 9, 2**136, -1, "x", 1 | 0xFF00:
    print(state, seen(encoder.setstate, state))
decoder = codecs.getincrementaldecoder("euc_jp")()
for state in 1, ("x", 0), (b"x",), (b"123456789", 0), (b"", "x"):
    print(state, seen(decoder.setstate, state))
for cls in _multibytecodec.MultibyteIncrementalEncoder, _multibytecodec.MultibyteStreamReader:
    try:
        cls(None)
    except (AttributeError, TypeError) as e:
        print(type(e).__name__)
for cls in codecs.getincrementalencoder("gbk"), codecs.getincrementaldecoder("gbk"):
    print(seen(cls, None), seen(cls, 5))
for cls in codecs.getreader("gbk"), codecs.getwriter("gbk"):
    print(seen(cls, io.BytesIO(), None))
