# bytes and its methods.
b = b"hello world"


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
bytes(), bytes(3), bytes([1, 2, 255]), bytes("é", "utf-8"), bytes(b"a"), bytes(bytearray(b"x")), bytes(range(3)), bytes(memoryview(b"mv")), bytes("a", encoding="ascii", errors="strict")
bytes("a")
bytes([256])
bytes([-1])
bytes(-1)
bytes(["a"])
bytes(1.5)
bytes(1, "ascii")
bytes(None)
b[0], b[-1], b[1:3], b[::-1], b[::2], len(b), list(b[:3]), 104 in b, b"ell" in b, b"" in b
b[100]
b["a"]
"a" in b
300 in b
b + b"!", b * 2, b"-" * 3, 2 * b"a", b + bytearray(b"x"), bytearray(b"x") + b
b + "a"
b"a" * -1, b"%s %d" % (b"a", 5), b"%r" % (1,), b"%x" % 255, b"%c%c" % (65, b"B"), b"%b" % b"q", b"%5.1f|" % 2.25, b"%(k)s" % {b"k": b"v"}
b"%s" % "a"
b.find(b"o"), b.find(b"xyz"), b.find(111), b.rfind(b"o"), b.index(b"w"), b.rindex(b"o"), b.count(b"l"), b.count(108), b.count(b"")
b.index(b"zz")
b.find("o")
b.find(256)
b.startswith(b"he"), b.startswith((b"x", b"h")), b.endswith(b"ld"), b.startswith(b"w", 6)
b.startswith("h")
b.upper(), b.title(), b.capitalize(), b"ABC".lower(), b"aBc".swapcase(), b"abc".isalpha(), b"12".isdigit(), b"a1".isalnum(), b" ".isspace(), b"AB".isupper(), b"ab".islower(), b"Ab Cd".istitle(), b"ab".isascii(), b"\xff".isascii()
b" a ".strip(), b"xax".strip(b"x"), b" a".lstrip(), b"a ".rstrip(), b"a".center(5, b"*"), b"a".ljust(3), b"a".rjust(3, b"."), b"-5".zfill(4), b"a\tb".expandtabs(4)
b"a,b,c".split(b","), b" a b ".split(), b"a,b,c".rsplit(b",", 1), b"a\nb\r\n".splitlines(), b"a\nb".splitlines(True), b"a=b".partition(b"="), b"a=b=c".rpartition(b"=")
b"a".split("a")
b"a".split(b"")
b"-".join([b"a", b"b"]), b"".join([]), b",".join((bytearray(b"x"), b"y"))
b"-".join(["a"])
b.replace(b"o", b"0"), b.replace(b"o", b"0", 1), b"aaa".replace(b"", b"-"), b.removeprefix(b"he"), b.removesuffix(b"ld")
b"abc".translate(bytes(range(256))), b"abc".translate(None, b"b"), bytes.maketrans(b"ab", b"xy")[97:99], b"abc".translate(bytes.maketrans(b"a", b"z"), b"c")
b"abc".translate(b"short")
bytes.maketrans(b"a", b"bc")
b"\x00\xff\n".hex(), b"abcdef".hex("-"), b"abcdef".hex(":", 2), b"abcde".hex(" ", -2), bytes.fromhex("00 ff 0A"), bytes.fromhex("")
bytes.fromhex("0")
bytes.fromhex("zz")
b"abc".decode(), b"\xc3\xa9".decode("utf-8"), b"\xe9".decode("latin-1"), b"a\x00".decode("utf-16-le"), b"\xff".decode("utf-8", "replace"), b"a\xffb".decode("ascii", "ignore"), b"\xff".decode("utf-8", "backslashreplace"), b"\xff".decode("utf-8", "surrogateescape")
b"\xff".decode()
b"\xc3".decode()
b"abc\xe9".decode("ascii")
b"\xed\xa0\x80".decode()
b"\xf0\x28\x8c\x28".decode("utf-8")
b"abc".decode("nope")
b"a" < b"b", b"a" == bytearray(b"a"), b"a" == "a", b"a" != b"b", b"ab" > b"a", b"" < b"a"
b"a" < "a"
hash(b"abc") == hash(b"ab" + b"c"), hash(b"") == hash(bytes()), {b"k": 1}[b"k"]
repr(b"\t\n\r\\'\"\x00\x7f\x80"), repr(b"it's"), repr(b"\"'"), str(b"a"), b"\'"
iter(b"ab").__next__(), [x for x in b"az"], bytes(reversed(b"abc")), sorted(b"cab"), max(b"az"), sum(b"ab")
b.__class__, b"a".__getnewargs__(), b"abc".__contains__(97), b"x".__bytes__()
b[0] == 104, b[0:1] == b"h", bytes([*b"ab", 99])
""".strip().splitlines():
    check(line)
