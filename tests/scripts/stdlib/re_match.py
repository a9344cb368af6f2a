# re: matching, groups, flags.
import re

m = re.match(r"(?P<y>\d{4})-(?P<m>\d\d)(-(\d\d))?", "2024-05 rest")


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
m.group(), m.group(0), m.group(1, 2), m.group("y"), m["m"], m[0], m.groups(), m.groups("x"), m.groupdict(), m.span(), m.span(1), m.start("m"), m.end(), m.pos, m.endpos, m.lastindex, m.lastgroup, m.string, m.re.pattern
m.group(9)
m.group("nope")
m[5]
m.expand(r"\1/\g<m>"), m.regs, repr(m), m.group(3)
re.match("b", "ab"), re.search("b", "ab").span(), re.fullmatch("a+", "aaa").group(), re.fullmatch("a", "ab"), re.match("", "").span()
re.findall(r"\d+", "a1 b22 c"), re.findall(r"(\w)(\d)", "a1 b2"), re.findall("", "ab"), re.findall("(a)|b", "ab"), re.findall("x", "ab")
[m.span() for m in re.finditer("a", "banana")], [m.group() for m in re.finditer(r"\w+", "hi there")]
re.split(r"[,;]", "a,b;c"), re.split(r"([,;])", "a,b;c"), re.split(",", "a,b,c", maxsplit=1), re.split("x*", "axb"), re.split(r"\s+", " a b "), re.split("(x)|y", "axbyc")
re.sub("a", "b", "banana"), re.sub("a", "b", "banana", count=1), re.sub(r"(\w)(\w)", r"\2\1", "abcd"), re.sub(r"(?P<n>\d)", r"<\g<n>>", "a1"), re.sub("a", lambda m: m.group().upper(), "banana"), re.sub("", "-", "ab"), re.sub(r"\b", "|", "hi you"), re.subn("a", "x", "banana"), re.sub("a", r"\n\\", "a"), re.sub("x*", "-", "abxc")
re.sub("a", r"\9", "a")
re.sub("a", r"\g<no>", "a")
re.sub("(a", "", "")
re.escape("a.b*c[d]"), re.escape("é_ -"), re.escape(b"a.b")
re.match("(a)|(b)", "b").groups(), re.match("(a)?b", "b").group(1), re.match("(?:a)(b)", "ab").groups(), re.match("(a)(?P<x>b)?", "a").groupdict()
re.I, re.IGNORECASE | re.M, re.match("ABC", "abc", re.I).group(), re.findall("^a", "a\na", re.M), re.match("a.b", "a\nb", re.S).span(), re.match(r"a # comment", "a", re.X).group(), re.findall(r"\w", "é1", re.A), re.findall(r"\w", "é1")
re.match("(?i)ABC", "abc").group(), re.match("(?s:.)b", "\nb").span(), re.match("(?i:a)B", "AB").group(), re.match("(?i:a)B", "Ab"), re.match("(?x) a b ", "ab").group(), re.match("a(?-i:B)", "AB", re.I).group()
re.search("(?<=a)b", "cb ab").span(), re.search("(?<!a)b", "ab cb").span(), re.search("a(?=b)", "ac ab").span(), re.search("a(?!b)", "ab ac").span(), re.match(r"(a)(?(1)b|c)", "ab").group(), re.match(r"(a)?(?(1)b|c)", "c").group()
re.match("a{2,3}", "aaaa").group(), re.match("a{2,3}?", "aaaa").group(), re.match("a{,2}", "aaa").group(), re.match("a{2,}", "aaa").group(), re.match("a{2}", "aaa").group(), re.match("a*?b", "aab").group(), re.match("a+?", "aa").group(), re.match("a??", "a").group(), re.match("a{x}", "a{x}").group(), re.match("a++b", "aab").group(), re.match("a*+a", "aaa"), re.match("(?>a+)a", "aaa")
re.match(r"[a-c]+[^x]", "abcd").group(), re.match(r"[\d-]+", "1-2").group(), re.match(r"[]a]+", "]a").group(), re.match(r"[^\W\d]+", "ab1").group(), re.match(r"[\]\\]+", "]\\").group(), re.match(r"[a\-z]+", "a-z").group()
re.match(r"\d\D\w\W\s\S", "1a_ \tb").group(), re.search(r"\bfoo\b", "a foo b").span(), re.search(r"\Boo", "foo").span(), re.match(r"\Aab\Z", "ab").group(), re.search(r"a\z", "ba").span(), re.match(r"(\w)\1", "aa").group(), re.match(r"(?P<c>.)(?P=c)", "bb").group(), re.match(r"\x41\u0042\103\t", "ABC\t").group(), re.match(r"\N{DIGIT ONE}", "1").group()
re.match(b"a(.)", b"ab").group(1), re.findall(rb"\w", b"a\xe9"), re.sub(b"a", b"b", b"aa")
re.match("a", b"a")
re.match(b"a", "a")
re.compile("a").match("ba", 1).span(), re.compile("a").search("aba", 1, 3).span(), re.compile("^a").search("ba", 1), re.compile("a").findall("aaa", 1, 2), re.compile("a").fullmatch("xax", 1, 2).span()
re.compile("a", re.I).flags, re.compile("a") == re.compile("a"), re.compile("(?P<x>a)(b)").groupindex, re.compile("(a)(b)").groups, repr(re.compile("a", re.I | re.M)), re.compile(re.compile("x")).pattern, hash(re.compile("a")) == hash(re.compile("a"))
re.purge(), re.compile("a").__class__.__name__, type(m).__name__, bool(m)
re.findall(r"[\u4e00-\u9fff]+", "日本語 text"), re.match("日(.)語", "日本語").group(1), re.search("🎉+", "a🎉🎉").span(), re.match("É", "é", re.I).group(), re.findall("ß|ẞ", "ẞß", re.I)
re.search(r"(\d+)(?:px|em)", "12em").group(1), re.findall(r"<(\w+)[^>]*>(.*?)</\1>", "<b>x</b><i a='1'>y</i>"), re.findall(r'"((?:[^"\\]|\\.)*)"', r'"a" "b\"c"')
""".strip().splitlines():
    check(line)
for pattern, text in [(r"(a)?(?(1)b)", "ab"), (r"(a)?(?(1)b)", "c"), (r"(?:(a)?(?(1)b))+x", "abx"), (r'^(?P<quote>")?a(?(quote)")$', '"a"')]:
    print(pattern, re.match(pattern, text))
