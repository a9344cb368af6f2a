"""Formats of struct, remembered by each thread; encodings by their usual and other names."""

import struct
import threading

for fmt in ("<I", ">hB", "!3s?", "=d", "@i", b"<Q", "0s", "x4x", "2h2b"):
    s = struct.Struct(fmt)
    print(s.size, struct.calcsize(fmt), s.format, struct.calcsize(s.format))
for i in range(300):
    fmt = f"<{i}h"
    assert struct.unpack(fmt, struct.pack(fmt, *range(i))) == tuple(range(i))
big = struct.Struct("<100Q")
assert big.unpack(big.pack(*range(100))) == tuple(range(100))
for bad in ("<y", "<", "3", "\0", "é", 5, "9" * 30 + "h"):
    for _ in range(2):
        try:
            print(struct.calcsize(bad))
        except (struct.error, TypeError, UnicodeError) as e:
            print(type(e).__name__, e)
for args in (("<b", 200), ("<B", -1), ("<I", "x"), ("<I",), ("<f", 1e300), ("<q", 2**70), ("<?", [])):
    try:
        print(struct.pack(*args))
    except (struct.error, OverflowError) as e:
        print(e)
shared = struct.Struct("<iIqd")
got = []


def work():
    for i in range(2000):
        row = shared.pack(-i, i, i << 40, i / 2)
        assert shared.unpack(row) == (-i, i, i << 40, i / 2) == struct.unpack("<iIqd", row)
    got.append(row)


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(set(got)))
struct._clearcache()
print(struct.unpack_from("<H", b"abcd", 1), list(struct.iter_unpack("<h", b"\1\0\2\0")))

for name in ("utf-8", "UTF-8", "utf8", "U8", "ascii", "ASCII", "us-ascii", "latin-1", "Latin1", "iso-8859-1", "utf_8"):
    print(name, "ab".encode(name), b"ab".decode(name), str(b"ab", name), str(b"ab", name, "surrogatepass"), str(bytearray(b"ab"), name))
print("é\udc80".encode("utf-8", "surrogatepass"), str(b"\xed\xb2\x80", "utf-8", "surrogatepass") == "\udc80")
for call in (
    lambda: b"a".decode(5),
    lambda: b"a".decode(errors=None),
    lambda: str(b"a", None),
    lambda: str(b"\xff", "utf-8"),
    lambda: "é".encode("ascii"),
    lambda: b"\xff".decode("ascii", "strict"),
    lambda: "a".encode("no-such"),
    lambda: "\udc80".encode(),
    lambda: str("a", "utf-8"),
):
    try:
        print(call())
    except (TypeError, UnicodeError, LookupError) as e:
        print(type(e).__name__, e)


class S(str):
    pass


print(type(str(b"ab", S("utf-8"))), type(S(b"ab", "utf-8")).__name__, b"ab".decode(S("ascii"), S("strict")))
