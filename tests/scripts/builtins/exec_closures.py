# Closures given to exec; texts that types cannot have as names; modules whose __dict__ is none; modules that await.
import ast
import types


def said(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


def outer():
    two = 2

    def inner():
        print("two is", two)

    return inner


code = outer().__code__
said(lambda: exec(code, {}, closure=outer().__closure__))
said(lambda: exec(code, {"print": print}, closure=(types.CellType(3),)))
said(lambda: exec(code, {}, closure=None))
said(lambda: exec(code, {}))
said(lambda: exec(code, {}, closure=(1,)))
said(lambda: exec(code, {}, closure=()))
said(lambda: exec(code, {}, closure=[types.CellType(1)]))
said(lambda: exec("1", {}, closure=()))
said(lambda: exec(compile("1", "", "exec"), {}, closure=(types.CellType(1),)))
said(lambda: exec(compile("1", "", "exec"), {}, closure=()))
said(lambda: eval(code))

A = type("A", (), {})


def rename(name):
    A.__name__ = name


said(lambda: rename("A\udcdcB"))
said(lambda: type("A\udcdcB", (), {}))
said(lambda: type("X", (), {"__doc__": "x\udcdcy"}))
said(lambda: rename("A\0B"))
said(lambda: rename("Ä"))
print(A.__name__)


class Odd(types.ModuleType):
    __dict__ = 8


said(lambda: dir(Odd("odd")))
for source in ("async for i in a: pass", "async with a as b: pass", "await x", "[x async for x in y]", "x"):
    for mode in ("single", "exec"):
        flags = compile(source + "\n", "?", mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT).co_flags
        print(source, mode, flags & 128)


class P:
    pass


for value in (b"ab", bytearray(b"abc"), b"", 300, P()):
    said(lambda: b"%c" % value)

u = UnicodeEncodeError("baz", "xxxxx", 1, 5, "foo")
print(u)
u.end = 2
print(u)
u.start, u.end = 1000, 5
print(u)
u = UnicodeDecodeError("baz", b"xxxxx", 1, 2, "foo")
print(u)
u.start = 1000
print(u)
e = ImportError("test", name="name", path="path")
e.__init__()
print(e.args, e.msg, e.name, e.path)
e = SyntaxError("msg", ("file.py", 1, 2, "txt", 2, 3))
e.__init__("new", ("new.py", 2, 3, "new"))
print(e.msg, e.filename, e.lineno, e.end_lineno, e.end_offset)
for source in ('return "ä"', 'def f(ä, ä): pass', 'x = "ä"; ä = 1 = 2', '"ä" + (yield)'):
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as e:
        print(e.msg, e.offset, e.end_offset)
