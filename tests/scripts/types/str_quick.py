"""Strings, bytes and numbers in the forms that have quick ways of their own, beside ones that have not."""

print("%s:%d" % ("abcdefghi", 5), "%5d|%-8s|%08x" % (3, "ab", 255), "%(a)s" % {"a": 1}, "%%", "%d%%" % 3, "%.3f" % 2.0)
print("{}/{:>8}".format(1, "abc"), "{0}-{1}-{0}".format(1, 2), "{a}".format(a=4), "{0.real}".format(3), "{!r}".format("x"))
print(f"{3:05d}", f"{3.14159:>10.3f}", f"{'x':^7}", f"{1234567:,}", f"{255:#x}")
print(str(5), str(2.5), str("x"), int("12"), int(" 12 "), int("-7"), int(3.9), int("ff", 16), float("1.5"), float(2), int(True))
print(int.from_bytes(b"abcd", "little"), (1000).to_bytes(2, "big"), int.from_bytes(b"\xff", "big", signed=True))
class I(int): pass
class S(str): pass
print(type(I(5)), I("7"), type(S("x")), S(4), type(I.from_bytes(b"a","big")))
print("abc".find("c"), "abc".find("z"), "abcabc".find("c", 3), "abc".find("", 3), "abc".find("", 4), "éa".find("a"))
print("a,b,,c".split(","), " a b ".split(), "a--b--c".split("--", 1), "abc".split("x"), "".split(), "".split(","))
print("a\r\nb\nc".splitlines(), "abc".partition("b"), "abc".rpartition("z"), "abc".replace("b", "xyz"), "abc".replace("", "-"))
print(",".join(["a", "b", "ccccccccccc"]), "".join(("ab", "c")), "x".join([]), "long separator".join(["a", "é"]))
print("abc".ljust(6) + "|", "abc".rjust(6, "*"), "abc".center(8), "5".zfill(4), "-5".zfill(4), "é".center(4) + "|")
print(b"a,b".split(b","), b"abc".hex(), b"".join([b"a", b"bc"]), b"abc".decode(), "é".encode(), "é".encode("utf-8"), b"abc".decode("ascii"))
print("a" "b" + "c" * 3, "abcd" + "efgh", "ab" + "\u00e9" * 4, ("ab" + "\ud800").encode("utf-8", "surrogatepass"))
print(list(map(str, [1, 2.5, "x", None])), list(map(int, ["1", "22"])), list(map(str.upper, ["a", "bc"])))
print(dict.fromkeys("ab", 1), str.maketrans("a", "b"), bytes.fromhex("6162"), float.fromhex("0x1p3"))
words = ["", "\0", "a", "a\0", "a\0b", "ab", "abc", "abcdefg", "abcdefg\0", "abcdefgh", "é", "z", "\x7f", "\x80", "\U0001f600", "\ud800"]
print(sorted(words, reverse=True) == sorted(words)[::-1], [ascii(w) for w in sorted(words)])
for v in words[:8]:
    print([(v < w, v <= w, v == w, v != w, v > w, v >= w) for w in words].count((True, True, False, True, False, False)), end=" ")
print()
print("héllo wörld".translate(str.maketrans("aeiowd", "AEIOWD")), "abc".translate({97: None, 98: "xyz", 99: 0xE9}), "aab".translate({97: 98}))
print([repr(s) for s in ("plain", "it's", 'say "x"', "a\\b", "tab\t", "é", "\x00", "", "'\"")])
m = memoryview(bytearray(b"hello"))
print(m[0], m[-1], m[1:4][1], m[::-1][0], m[::2].tolist(), memoryview(b"\1\2\3\4").cast("H")[1])
for bad in (lambda: m[5], lambda: m[-6], lambda: "%d" % "x", lambda: "%s %s" % 1, lambda: "{} {}".format(1), lambda: "{:d}".format("x"), lambda: format(3, "zz"), lambda: "a".find(1), lambda: ",".join(["a", 1]), lambda: int("1x"), lambda: float("x"), lambda: "a".split(""), lambda: b"\xff".decode(), lambda: (300).to_bytes(1), lambda: bytearray(2).append(256), lambda: "x".center(5, "ab")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
b = bytearray(b"abc")
b.append(100)
b[0] = 120
b[-1] = 121
b += b"z"
print(b, b[1], b[-1], [f"{x:{w}.{p}f}" for x, w, p in ((3.14159, 10, 2), (2.5, 0, 0), (1e22, 5, 1), (-0.0, 4, 1))])
print([f"{x:.3g}|{x:e}|{x!r}" for x in (0.0, 1.5, 123456.789, 9.9999996, 1e-5, 1e16, 123456789012345680.0, 5e-324)], "%.10f %g %e" % (1 / 3, 1e-10, 12345.678))
class Odd(str):
    def __rmod__(self, other):
        return "rmod " + other
    def __str__(self):
        return "odd"
print("%s" % Odd("x"), "{}".format(Odd("y")), f"{Odd('z')}", "%s" % (Odd("x"),), str(Odd("w")), "-".join([Odd("p"), "q"]))
