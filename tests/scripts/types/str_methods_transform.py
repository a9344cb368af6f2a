# str: transforming methods.
s = "Hello World"


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
s.upper(), s.lower(), s.swapcase(), s.capitalize(), s.title(), s.casefold(), "they're bill's".title(), "hELLO wORLD".capitalize()
"ß".upper(), "ß".casefold(), "İ".lower(), "ﬁ".upper(), "ŉ".upper(), "Σ".lower(), "ΑΣ".lower(), "ǆ".title(), "ÿ".upper(), "µ".casefold()
"  ab ".strip(), "  ab ".lstrip(), "  ab ".rstrip(), "xxabxx".strip("x"), "xyabyx".strip("xy"), "xxab".lstrip("x"), "abxx".rstrip("x"), "\t\n a \r".strip(), "aaa".strip("a"), "".strip(), "\u3000a\xa0".strip()
"ab".strip(5)
"ab".strip(None)
"a".center(5), "a".center(4), "ab".center(5, "*"), "a".ljust(4) + "|", "a".rjust(4), "a".ljust(3, "-"), "abc".center(2), "日".center(5, "本")
"a".center(5, "ab")
"a".center("x")
"42".zfill(5), "-42".zfill(5), "+42".zfill(5), "abc".zfill(2), "".zfill(3), "--1".zfill(5)
"a,b,c".replace(",", ";"), "aaa".replace("a", "b", 2), "abc".replace("", "-"), "abc".replace("", "-", 2), "aaa".replace("aa", "b"), "abc".replace("x", "y"), "".replace("", "x"), "aa".replace("a", "", count=1), "日本".replace("本", "x")
"abc".replace("a", 5)
"abc".removeprefix("a"), "abc".removeprefix("b"), "abc".removesuffix("bc"), "abc".removesuffix(""), "abc".removesuffix("x")
"a\tb\tc".expandtabs(), "a\tb".expandtabs(4), "\t".expandtabs(0), "ab\tc\n\td".expandtabs(3), "a\tb".expandtabs(tabsize=2)
"abc".translate({97: "x", 98: None, 99: 100}), "abc".translate(str.maketrans("ab", "xy")), "abc".translate(str.maketrans("ab", "xy", "c")), "abc".translate({ord("a"): "long"}), "abc".translate(str.maketrans({"a": "1", 98: "2"}))
str.maketrans("ab", "x")
str.maketrans({"ab": 1})
str.maketrans("ab")
"abc".translate(5)
"-".join(["a", "b"]), "".join([]), ", ".join("abc"), "x".join(["one"]), "-".join(str(i) for i in range(3)), "".join(("a", "b"))
"-".join([1, 2])
"-".join(5)
"-".join(["a", None])
"%s" % "a", "%d items" % 5, "%5.2f|" % 3.14159, "%-5s|" % "a", "%05d" % 42, "%x %X %o" % (255, 255, 8), "%r %a" % ("é", "é"), "%%" % (), "%c%c" % ("a", 98), "%e" % 12345.678, "%g" % 1e-5, "%+d" % 5, "% d" % 5, "%#x" % 255, "%*d" % (5, 42), "%.3s" % "abcdef", "%(a)s %(b)d" % {"a": 1, "b": 2}, "%i" % 3.9, "%s %s" % (1, (2,))
"%d" % "a"
"%d" % 1.5
"%s %s" % (1,)
"%s" % (1, 2)
"%(a)s" % 5
"%(a)s" % {}
"%z" % 1
"%" % 1
"%c" % "ab"
"%x" % 1.5
"abc" % 1
"abc" % {"a": 1}
"a" + "b", "ab" * 3, 3 * "ab", "a" * 0, "a" * -1, "ab" * True
"a" * 1.5
"a" + 1
"abc".encode(), "é".encode(), "é".encode("latin-1"), "é".encode("utf-16-le"), "é".encode("ascii", "replace"), "é".encode("ascii", "ignore"), "é".encode("ascii", "xmlcharrefreplace"), "é".encode("ascii", "backslashreplace"), "€".encode("utf-8"), "a".encode("utf-32-be")
"é".encode("ascii")
"é€".encode("latin-1")
"\ud800".encode()
"\ud800".encode("utf-8", "surrogatepass"), "\udcff".encode("utf-8", "surrogateescape")
"a".encode("nope")
"a".encode("ascii", "nope") 
"é".encode("ascii", "nope")
str(), str(5), str(b"a"), str(b"caf\xc3\xa9", "utf-8"), str(b"\xff", "latin-1"), str(b"\xff", errors="replace"), str(object=7), str(None)
str(b"\xff", "ascii")
str(5, "utf-8")
str("a", "utf-8")
s.__str__() == s, s.__repr__(), s.__add__("!"), s.__mul__(2), s.__rmul__(2), s.__mod__(()), s.__format__(">15"), s.__sizeof__() > 0
s.__getnewargs__()
""".strip().splitlines():
    check(line)
