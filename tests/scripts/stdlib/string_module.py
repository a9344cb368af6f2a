# string, textwrap, keyword.
import string
import textwrap
import keyword
from string import Template, Formatter

t = Template("$who likes ${what}, $$5")
text = "The quick brown fox jumps over the lazy dog. " * 3


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
string.ascii_letters, string.digits, string.hexdigits, string.octdigits, string.punctuation, string.whitespace, len(string.printable)
string.capwords("hello  big world"), string.capwords("a-b c", "-")
t.substitute(who="tim", what="kung pao"), t.substitute({"who": "a"}, what="b"), t.safe_substitute(who="x"), t.get_identifiers(), t.is_valid(), t.template
t.substitute(who="x")
Template("$").substitute()
Template("$1").substitute()
Template("$").is_valid(), Template("$a ${b").safe_substitute(a=1)
type("T", (Template,), {"delimiter": "%"})("%a $b").substitute(a=1)
Formatter().format("{0} {a}", 1, a=2), Formatter().vformat("{x}", (), {"x": 3}), list(Formatter().parse("a{b!r:>5}c{}")), Formatter().get_field("a.b[0]", (), {"a": type("O", (), {"b": [9]})})[0]
type("F", (Formatter,), {"get_value": lambda s, k, a, kw: f"<{k}>"})().format("{x} {0}")
textwrap.wrap(text, 30), textwrap.fill(text[:60], 20), textwrap.shorten(text, 30), textwrap.shorten(text, 30, placeholder="..."), textwrap.dedent("  a\n    b\n  c"), textwrap.indent("a\nb\n\nc", "> "), textwrap.dedent("\tx\n\t y")
textwrap.wrap("a-b-c super-long-hyphenated", 10), textwrap.wrap("verylongwordthatdoesnotfit", 8), textwrap.wrap("verylong", 4, break_long_words=False), textwrap.wrap("a b", 10, initial_indent="* ", subsequent_indent="  "), textwrap.wrap("", 5), textwrap.wrap(text, 25, max_lines=2)
textwrap.fill("x  y\tz\nw", 40), textwrap.TextWrapper(width=12, drop_whitespace=False).wrap("aaa bbb ccc ddd"), textwrap.indent("a\n\nb", "-", lambda l: True)
textwrap.wrap("a", 0)
keyword.iskeyword("if"), keyword.iskeyword("foo"), keyword.issoftkeyword("match"), len(keyword.kwlist), keyword.softkwlist
""".strip().splitlines():
    check(line)
