# The whole tree of built-in exceptions: bases, attributes, construction.
import builtins

names = sorted(n for n, v in vars(builtins).items() if isinstance(v, type) and issubclass(v, BaseException))
for n in names:
    c = getattr(builtins, n)
    print(n, "<-", ", ".join(b.__name__ for b in c.__bases__), "" if c.__name__ == n else f"(alias of {c.__name__})")
for n in names:
    c = getattr(builtins, n)
    if "Group" in n or "Unicode" in n and "Error" in n and n not in ("UnicodeError", "UnicodeWarning"):
        continue
    e = c("arg")
    print(n, e, repr(e), e.args)
s = StopIteration(5)
print(s.value, s.args, StopIteration().value, StopAsyncIteration(1).args)
x = SystemExit(3)
print(x.code, SystemExit().code, SystemExit(1, 2).code)
o = OSError(2, "No such file", "name.txt")
print(o.errno, o.strerror, o.filename, o.filename2, o, repr(o), o.args)
print(type(o).__name__, type(OSError(13, "x")).__name__, type(OSError(17, "x")).__name__, type(OSError(11, "x")).__name__, type(OSError(9999, "x")).__name__, type(OSError("only")).__name__)
for n in (1, 3, 4, 10, 20, 21, 32, 103, 104, 110, 111):
    print(n, type(OSError(n, "m")).__name__)
print(OSError(1, "a", "f1", None, "f2"), OSError("one"), OSError(), OSError(1, 2, 3, 4, 5).args)
print(FileNotFoundError("msg"), FileNotFoundError(2, "m", "f").filename, BlockingIOError(11, "m", 5).characters_written)
u = UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "bad byte")
print(u, u.encoding, u.object, u.start, u.end, u.reason)
v = UnicodeEncodeError("ascii", "é", 0, 1, "no")
print(v, v.args)
w = UnicodeTranslateError("é€", 0, 2, "why")
print(w)
y = SyntaxError("msg", ("file.py", 3, 5, "text\n", 3, 7))
print(y, y.msg, y.filename, y.lineno, y.offset, y.text, y.end_lineno, y.end_offset)
print(SyntaxError("plain"), SyntaxError(), repr(SyntaxError("a", ("f", 1, 2, "t"))))
i = ImportError("m", name="n", path="p")
print(i, i.name, i.path, i.msg, ModuleNotFoundError("x", name="y").name)
a = AttributeError("m", name="n", obj=5)
print(a.name, a.obj, NameError("m", name="q").name)
k = KeyError("key")
print(k, k.args)
for bad in ("UnicodeDecodeError()", "UnicodeDecodeError('a', 'b', 1, 2, 'c')", "ImportError('m', foo=1)", "SyntaxError('m', 5)", "ValueError(x=1)", "AttributeError(1, nope=2)", "OSError(1, 2, x=3)", "StopIteration(a=1)"):
    try:
        print(eval(bad))
    except Exception as e:
        print(type(e).__name__, e)
