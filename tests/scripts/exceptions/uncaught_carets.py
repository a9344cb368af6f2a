# Caret positions for many kinds of expressions (via the traceback module).
import traceback


def show(src):
    ns = {"d": {}, "l": [1], "n": None, "f": lambda x: x, "s": "a", "o": object()}
    try:
        exec(compile(src, "<src>", "exec"), ns)
    except Exception as e:
        frames = traceback.extract_tb(e.__traceback__)
        f = frames[-1]
        line = src.splitlines()[f.lineno - 1]
        if f.filename == "<src>":
            print(line)
            end = f.end_colno if f.end_lineno == f.lineno else len(line)
            print(" " * f.colno + "^" * (end - f.colno), f.lineno, f.end_lineno, type(e).__name__, e)
        else:
            print("elsewhere", f.filename)


for src in [
    "1 / 0",
    "x = 1 + s * s",
    "l[5]",
    "d['k']['j']",
    "n.attr",
    "o.a.b",
    "f(1, 2)",
    "f(f(undefined))",
    "-s",
    "s < 1",
    "1 in 5",
    "for i in 5: pass",
    "a, b = l",
    "raise ValueError('v')",
    "assert l == [2], 'msg'",
    "import nonexistent_module_x",
    "from sys import nonexistent_name_y",
    "del d['zz']",
    "d[l] = 1",
    "o.x = 5",
    "del o.x",
    "x = (1 +\n     s)",
    "f(\n  1,\n  2)",
    "[i / 0 for i in l]",
    "{1: s + 1}",
    "f'{n.x}'",
    "f'{1/0!r:>5}'",
    "x = y = n()",
    "l[0][1]",
    "l[0] += s",
    "with n: pass",
    "lambda: 0 + s + 1 / 0; 1 % 0",
    "x = 5 if 1/0 else 6",
    "while n.x: pass",
    "if not n.y: pass",
    "print(*5)",
    "f(**5)",
    "class C(5): pass",
    "class C(metaclass=n): pass",
    "@n\ndef g(): pass",
    "x: int = n.z",
    "é = 'ü'; é + n",
    "global_name",
    "int('x')",
    "len(5)",
    "(yield_ := n + 1)",
    "2 ** n",
    "s @ s",
    "not_defined(1)",
    "d.keys().foo",
]:
    show(src)
