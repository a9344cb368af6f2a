# str.format, format() and the format mini-language.
class P:
    x = 5
    items = [1, {"k": "v"}]

    def __format__(self, spec):
        return f"P<{spec}>"


p = P()


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
"{} {}".format(1, "a"), "{0} {1} {0}".format("x", "y"), "{a} {b}".format(a=1, b=2), "{} {a}".format(1, a=2), "{{}}".format(), "{{{}}}".format(5)
"{0.x} {0.items[0]} {0.items[1][k]}".format(p), "{a[0]}".format(a=[7]), "{0[key]}".format({"key": 1})
"{!r} {!s} {!a}".format("é", "é", "é"), "{0!r:>6}".format("a")
"{:>10} {:<5}| {:^7}|".format("a", "b", "c"), "{:*^9}".format("mid"), "{:{}}".format("a", 5), "{:{w}.{p}f}".format(3.14159, w=8, p=2), "{0:{1}}".format("x", ">4")
"{:d} {:5d} {:<5d}| {:05d} {:+d} {: d}".format(1, 2, 3, 4, 5, 6), "{:,} {:_}".format(1234567, 1234567), "{:x} {:#X} {:#o} {:b}".format(255, 255, 8, 5), "{:c}".format(65), "{:n}".format(1234)
"{:.2f} {:10.3e} {:g} {:%} {:.1%}".format(1.005, 1234.5, 1e10, 0.5, 0.123), "{:.3}".format("abcdef"), "{:5.1}|".format("xyz"), "{:=+8d}".format(42), "{:08.2f}".format(-3.14159), "{:+,.2f}".format(1234567.891)
"{:abc}".format(p), format(p, "z"), format(5), format("a", ""), format(None), format([1], "")
"{:s}".format("a"), "{:10s}|".format("a"), "{!s:10}|".format(5)
"{}".format()
"{1}".format(0)
"{a}".format()
"{".format()
"}".format()
"{0} {}".format(1, 2)
"{} {0}".format(1, 2)
"{:d}".format("a")
"{:d}".format(1.5)
"{:s}".format(5)
"{:q}".format(5)
"{:,s}".format("a")
"{:=5}".format("a")
"{:+}".format("a")
"{:.2d}".format(5)
"{!x}".format(1)
"{0.nope}".format(p)
"{0[9]}".format([1])
"{0[k]}".format([1])
"{:>10}".format([1])
"{:5}".format(None)
"{:c}".format(1114112)
"{:c}".format(-1)
"{:,x}".format(255)
"{:_x} {:_b}".format(0xFFFFFFFF, 255)
format(1234.5678, ",.2f"), format(0, ",d"), format(-1234, "_d"), format(1e6, ","), format(10**20, ",")
format(1.5, "10"), format(1.5, "<10") + "|", format(1.5, "^10") + "|", format(-1.5, "=10"), format(1.5, "010"), format(True, "d"), format(True), format(True, "10")
format(3, ".2f"), format(3, "e"), format(3, "%"), format(10**30, "f")[:10], format(0.0, "e"), format(1e-320, "g"), format(123.0, "n")
format(float("nan"), "10.2f"), format(float("-inf"), "+"), format(1.23456789, ".3g"), format(1234567.0, ".3g"), format(0.0001, "g"), format(1e16, ".20g"), format(100.0, "#.3g")
format("日本", ">6"), format("日本", "本^6"), format("a", "\U0001F600<3")
format(5, "{}")
format("a", "5.5.5")
format(5, "1" * 30)
"{:>{w}}".format(1, w=10), "{:{f}{a}{w}}".format("x", f="*", a="^", w=7)
"{0:{1:{2}}}".format(1, 2, 3)
"{a.b[c].d}".format(a=type("A", (), {"b": {"c": type("D", (), {"d": 9})}}))
"{:%Y}".format(5)
"{0}{1}".format(*"ab"), "{x}{y}".format(**{"x": 1, "y": 2}), "{x}".format_map({"x": 3})
"{missing}".format_map(type("D", (dict,), {"__missing__": lambda s, k: f"<{k}>"})())
"%s" % p.x, str.format("{}", 1), "{:}".format(5), "{!r}".format([1, "a"]), "{a!r}".format(a="q")
"{:2$}".format(5)
format(10**25, "c"), format(-(10**25), "c")
format(2**63 - 1, "c")
format(2**63, "c")
format("a", "\u0663"), format(255, "z08.\u0662F"), "{:>{}}".format(1, "\u0665"), format(7, "\uff15d")
format(1, "\u00b2")
""".strip().splitlines():
    check(line)
