# str: split, partition, splitlines.
def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
"a b c".split(), " a  b ".split(), "".split(), "   ".split(), "a\tb\nc".split(), "a b c".split(None, 1), " a b c ".split(None, 1), "a\u2003b\x1cc".split()
"a,b,,c".split(","), ",".split(","), "".split(","), "a,b,c".split(",", 1), "a,b,c".split(",", 0), "a,b,c".split(",", -1), "a--b--c".split("--"), "abc".split("x"), "a,b".split(sep=",", maxsplit=5)
"a b c".rsplit(), "a b c".rsplit(None, 1), "a,b,c".rsplit(",", 1), "a,b,c".rsplit(","), " a b ".rsplit(maxsplit=1), "a--b--c".rsplit("--", 1), "".rsplit(",")
"a".split("")
"a".split(5)
"a".rsplit("")
"a".split(",", "x")
"a=b=c".partition("="), "abc".partition("="), "a=b=c".rpartition("="), "abc".rpartition("="), "=".partition("="), "ab::cd".partition("::")
"a".partition("")
"a".partition(5)
"a\nb\r\nc\rd".splitlines(), "a\nb\n".splitlines(), "a\nb\n".splitlines(True), "".splitlines(), "\n".splitlines(), "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i".splitlines(), "a\r\n\nb".splitlines(keepends=True)
"日 本 語".split(), "日,本".split(","), "日本日".split("本"), "é\né".splitlines(), "🎉-🎊".partition("-")
[len(p) for p in ("x" * 100 + " ").split(" ")], len(("ab," * 1000).split(","))
"aXbXc".split("X", 1), "aXbXc".rsplit("X", 1), "XX".split("X"), "XaX".split("X")
"one two  three".split(" "), "one two  three".split("  ")
list(map(int, "1 2 3".split())), dict(p.split("=") for p in "a=1;b=2".split(";"))
"; ".join("c a b".split()), " ".join(sorted("c a b".split())), "a b".split()[::-1]
""".strip().splitlines():
    check(line)
