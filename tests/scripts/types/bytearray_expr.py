# bytearray: expressions.
def do(method, *args, init=b"hello"):
    x = bytearray(init)
    r = getattr(x, method)(*args)
    return r, x


def setit(init, key, value):
    x = bytearray(init)
    x[key] = value
    return x


def delit(init, key):
    x = bytearray(init)
    del x[key]
    return x


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
bytearray(), bytearray(3), bytearray(b"ab"), bytearray("é", "utf-8"), bytearray([1, 2]), bytearray(range(3))
bytearray("a")
bytearray([256])
do("append", 33), do("extend", b"ab"), do("extend", [1, 2]), do("insert", 0, 65), do("insert", 100, 66), do("insert", -1, 67)
do("append", 256)
do("append", "a")
do("append", b"a")
do("extend", "ab")
do("extend", [300])
do("pop"), do("pop", 0), do("pop", -2)
do("pop", 10)
do("pop", init=b"")
do("remove", 108), do("reverse"), do("clear"), do("copy")
do("remove", 0)
do("find", b"l"), do("count", 108), do("upper"), do("title"), do("split", b"l"), do("replace", b"l", b"LL"), do("hex"), do("decode"), do("startswith", b"he"), do("strip", b"ho"), do("center", 9, b"."), do("zfill", 8), do("join", [b"a", b"b"]), do("partition", b"l"), do("splitlines"), do("translate", None, b"l"), do("removeprefix", b"he"), do("isalpha")
do("resize", 3), do("resize", 7)
setit(b"abc", 0, 90), setit(b"abc", -1, 90), setit(b"abcdef", slice(1, 3), b"XYZ"), setit(b"abcdef", slice(None, None, 2), b"123"), setit(b"abc", slice(1, 1), [1, 2]), setit(b"abc", slice(0, 2), b"")
setit(b"abc", 0, 256)
setit(b"abc", 5, 1)
setit(b"abc", 0, "a")
setit(b"abcdef", slice(None, None, 2), b"12")
setit(b"abc", slice(0, 1), "a")
setit(b"abc", slice(0, 1), 5)
delit(b"abc", 0), delit(b"abcdef", slice(1, 4)), delit(b"abcdef", slice(None, None, 2))
delit(b"abc", 3)
bytearray(b"a") + b"b", bytearray(b"a") * 3, bytearray(b"abc")[1], bytearray(b"abc")[1:], bytearray(b"ab") == b"ab", bytearray(b"a") < b"b"
98 in bytearray(b"abc"), b"bc" in bytearray(b"abc"), len(bytearray(5)), list(bytearray(b"ab")), repr(bytearray(b"'")), str(bytearray(b"x"))
hash(bytearray())
bytearray.fromhex("00ff"), bytearray(b"%d") % 5, bytes(bytearray(b"q")), bytearray(b"a\nb").splitlines()
[x := bytearray(b"ab"), x.__iadd__(b"c"), x.__imul__(2)]
bytearray(b"abc").__alloc__() >= 3
int(bytearray(b"42")), float(bytearray(b"1.5"))
memoryview(bytearray(b"abc"))[1], bytearray(b"abc").index(b"c")
""".strip().splitlines():
    check(line)
