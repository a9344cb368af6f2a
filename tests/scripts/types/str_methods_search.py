# str: searching and testing methods.
s = "hello world, hello python"


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
s.find("hello"), s.find("hello", 1), s.find("xyz"), s.find("o", 5, 9), s.find(""), s.find("", 100), s.find("l", -5), s.find("hello", None, 3)
s.rfind("hello"), s.rfind("o"), s.rfind("xyz"), s.rfind(""), s.rfind("h", 0, 5)
s.index("world"), s.rindex("hello")
s.index("xyz")
s.rindex("xyz")
s.count("l"), s.count("hello"), s.count("l", 5), s.count(""), "aaaa".count("aa"), "".count(""), s.count("o", 4, 8)
s.find(5)
s.count(None)
s.startswith("hello"), s.startswith("world", 6), s.startswith(("x", "he")), s.startswith(""), s.startswith("hello", 1), s.startswith("lo", 3, 5)
s.endswith("python"), s.endswith(("a", "on")), s.endswith(""), s.endswith("hello", 0, 18), s.endswith("x")
s.startswith(5)
s.startswith(("a", 5))
s.endswith(["a"])
"abc".isalpha(), "abc1".isalpha(), "".isalpha(), "é".isalpha(), "a b".isalpha()
"123".isdigit(), "12.3".isdigit(), "²".isdigit(), "٣".isdigit(), "½".isdigit(), "".isdigit()
"123".isdecimal(), "²".isdecimal(), "٣".isdecimal(), "123".isnumeric(), "½".isnumeric(), "一".isnumeric()
"abc1".isalnum(), "abc_".isalnum(), "é1".isalnum(), "".isalnum()
"abc".islower(), "aBc".islower(), "a1".islower(), "1".islower(), "ABC".isupper(), "A1".isupper(), "ß".islower(), "".isupper()
"Hello World".istitle(), "Hello world".istitle(), "HELLO".istitle(), "".istitle(), "A B1c".istitle()
" \t\n".isspace(), "".isspace(), "\xa0".isspace(), "\u2003".isspace(), "a ".isspace(), "\x1c".isspace(), "\u200b".isspace()
"abc_1".isidentifier(), "1abc".isidentifier(), "def".isidentifier(), "é".isidentifier(), "".isidentifier(), "a-b".isidentifier()
"abc".isprintable(), "\n".isprintable(), "".isprintable(), "\u200b".isprintable(), " ".isprintable(), "\xa0".isprintable()
"abc".isascii(), "é".isascii(), "".isascii()
"lo" in s, "xyz" in s, "" in s, "" in ""
5 in s
None in "abc"
"abc" < "abd", "abc" < "abcd", "a" > "B", "é" > "z", "" < "a", "abc" == "abc", "a" != "b", "\U0001F600" > "\uffff"
"abc".__contains__("b"), "abc".__len__(), "abc".__getitem__(1), "abc".__getitem__(slice(1)), "abc".__eq__(5)
len("héllo"), len("日本"), len(""), len("a" * 1000), len("🎉🎊")
"héllo wörld".find("w"), "日本語テキスト".find("語"), "日本語テキスト".rfind("ト"), "🎉x🎉".count("🎉"), "🎉x🎉".index("x")
min("hello"), max("hello"), sorted("hello"), list("héy"), tuple("ab"), set("a"), "".join(reversed("abc"))
"abc"[0], "abc"[-1], "日本語"[1], "日本語"[-1], "🎉ab"[1:], "héllo"[1:3], "日本語"[::-1]
"abc"[3]
"abc"[-4]
hash("abc") == hash("ab" + "c"), hash("") == hash(str())
"a".__hash__() == hash("a"), "abc".__class__
all(c in "helo" for c in "hello"), [i for i, c in enumerate("abcabc") if c == "b"]
""".strip().splitlines():
    check(line)
