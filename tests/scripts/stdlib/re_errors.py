# re: errors in patterns.
import re


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
re.compile("(")
re.compile(")")
re.compile("[a")
re.compile("a**")
re.compile("*a")
re.compile("?")
re.compile("a{2,1}")
re.compile("(?P<1>a)")
re.compile("(?P<a>x)(?P<a>y)")
re.compile("(?P=zz)")
re.compile("(?P>")
re.compile(r"\1")
re.compile(r"(a)\2")
re.compile("[b-a]")
re.compile(r"\q")
re.compile("a\\")
re.compile("(?z)")
re.compile("(?<=a*)b")
re.compile("(?(1)a|b|c)")
re.compile("(?(2)a)")
re.compile("a(?i)b")
re.compile(r"\x1")
re.compile(r"\u12")
re.compile(r"[\w-a]")
re.compile("(?#")
re.compile("(?P<a")
re.compile("(?i")
re.compile("(?i-i:a)")
re.compile("(?L)a")
re.compile(5)
re.compile("a", "b")
re.match("a")
re.compile("(?a)(?u)x")
re.compile(b"(?u)x")
re.compile(re.compile("a"), re.I)
re.sub("a", 5, "a")
re.compile(r"\N{NO SUCH}")
[e.pos for e in [None] if False]
re.error is re.PatternError
""".strip().splitlines():
    check(line)
