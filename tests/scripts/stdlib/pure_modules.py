# Pure-Python modules used for real: pprint, difflib, shlex, calendar, base64, urllib.parse, html, graphlib, reprlib, configparser.
import base64
import calendar
import colorsys
import configparser
import difflib
import graphlib
import html
import io
import pprint
import reprlib
import shlex
import urllib.parse as up

pprint.pprint({"b": list(range(30)), "a": {"nested": ("x" * 40, "y" * 40)}, "c": {1, 2}}, width=60)
print(pprint.pformat([1, [2, [3, [4]]]], depth=2), pprint.pformat("word " * 30, width=40), pprint.isreadable([1]), pprint.saferepr({"z": 1, "a": 2}))
print("\n".join(difflib.unified_diff("a\nb\nc".split(), "a\nx\nc".split(), "old", "new", lineterm="")))
print(list(difflib.ndiff(["one", "two"], ["one", "tow"])), difflib.get_close_matches("appel", ["ape", "apple", "peach"]), round(difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), 3), difflib.SequenceMatcher(None, "ab", "acb").get_opcodes())
print(shlex.split("a 'b c' \"d e\" f\\ g # h"), shlex.quote("it's"), shlex.join(["a b", "c"]), shlex.split("x=1;y", comments=True))
try:
    shlex.split("'open")
except ValueError as e:
    print(e)
print(calendar.month(2024, 2), calendar.isleap(2024), calendar.monthrange(2023, 2), calendar.weekday(2024, 1, 1), calendar.timegm((1970, 1, 2, 0, 0, 0)))
print(base64.b64encode(b"hello"), base64.b64decode("aGVsbG8="), base64.urlsafe_b64encode(b"\xff\xfe"), base64.b32encode(b"hi"), base64.b16encode(b"\xab"), base64.b85encode(b"test"), base64.a85encode(b"test"), base64.b32decode("NBUQ===="))
try:
    base64.b64decode("a", validate=True)
except Exception as e:
    print(type(e).__name__)
u = up.urlparse("https://user:pw@host.com:8080/p/a;x?q=1&r=a+b#frag")
print(u, u.hostname, u.port, u.username, up.parse_qs(u.query), up.parse_qsl("a=1&a=2&b="), up.urlencode({"k": "v w", "é": [1, 2]}, doseq=True), up.quote("a b/é"), up.unquote("a%20b%C3%A9"), up.quote_plus("a b&"), up.urljoin("http://a/b/c", "../d"), up.urlunparse(u), up.urlsplit("//x/y").netloc)
print(html.escape("<a href='x'>&\"</a>"), html.unescape("&lt;&amp;&#233;&#x1F389;&eacute;&nope;"))
ts = graphlib.TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}})
order = list(ts.static_order())
print(order[0], order[-1])
try:
    list(graphlib.TopologicalSorter({1: {2}, 2: {1}}).static_order())
except graphlib.CycleError as e:
    print(e.args[0])
print(reprlib.repr(list(range(100))), reprlib.repr("x" * 100), reprlib.repr({i: i for i in range(10)}))


class R:
    @reprlib.recursive_repr()
    def __repr__(self):
        return f"R({self.me!r})"


r = R()
r.me = r
print(r)
c = configparser.ConfigParser()
c.read_string("[DEFAULT]\nbase = /b\n[one]\npath = %(base)s/x\nnum = 5\nflag = yes\n; comment\n[two]\nmulti =\n  a\n  b\n")
print(c.sections(), c["one"]["path"], c.getint("one", "num"), c["one"].getboolean("flag"), repr(c["two"]["multi"]), c.get("two", "no", fallback="fb"), "one" in c, dict(c["two"]))
out = io.StringIO()
c.write(out)
print(out.getvalue())
try:
    c.get("zz", "x")
except configparser.NoSectionError as e:
    print(e)
print([round(x, 3) for x in colorsys.rgb_to_hsv(0.2, 0.4, 0.6)], [round(x, 3) for x in colorsys.hls_to_rgb(0.5, 0.5, 0.5)])
