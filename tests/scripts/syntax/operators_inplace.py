# Binary and in-place operator protocol with reflected methods and NotImplemented.
class N:
    def __init__(self, name):
        self.name = name


ops = ["add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor"]
syms = ["+", "-", "*", "@", "/", "//", "%", "**", "<<", ">>", "&", "|", "^"]
for op in ops:
    setattr(N, f"__{op}__", lambda s, o, op=op: f"{s.name}.{op}({getattr(o, 'name', o)})")
    setattr(N, f"__r{op}__", lambda s, o, op=op: f"{s.name}.r{op}({getattr(o, 'name', o)})")
a, b = N("a"), N("b")
for s in syms:
    print(eval(f"a {s} b"), eval(f"a {s} 1"), eval(f"1 {s} b"))
for s in syms:
    ns = {"a": a, "b": b}
    exec(f"a {s}= b", ns)
    print(ns["a"])


class I:
    def __init__(self):
        self.log = []

    def __iadd__(self, o):
        self.log.append(o)
        return self

    def __imul__(self, o):
        return NotImplemented

    def __mul__(self, o):
        return "mul fallback"


i = I()
j = i
i += 1
i += 2
print(i is j, i.log)
i *= 3
print(i)


class Base:
    def __add__(self, o):
        return "base add"

    def __radd__(self, o):
        return "base radd"


class Derived(Base):
    def __radd__(self, o):
        return "derived radd"


print(Base() + Derived(), Derived() + Base(), Base() + Base(), 1 + Derived())


class Refuse:
    def __add__(self, o):
        return NotImplemented

    def __radd__(self, o):
        return NotImplemented


for e in ("Refuse() + 1", "1 + Refuse()", "Refuse() - 1", "Refuse() + Refuse()", "-Refuse()", "~'a'", "+[]", "[] + ()", "'a' + 1", "1 + 'a'", "'a' * 'b'", "[1] * 1.5", "{} + {}", "None + 1", "1 @ 2", "1 << 'a'", "2 ** 'a'", "divmod('a', 1)", "1.5 & 2", "b'a' + 'a'", "'a' % 1", "{1} - [1]"):
    try:
        print(eval(e))
    except TypeError as x:
        print(e, "->", x)
for e in ("x += 'a'", "x -= []", "y += 1", "z *= 'b'", "x **= None", "x @= 1", "x <<= 1.0"):
    try:
        exec(e, {"x": 1, "y": "s", "z": "t"})
    except TypeError as x:
        print(e, "->", x)


class U:
    def __neg__(self):
        return "neg"

    def __pos__(self):
        return "pos"

    def __invert__(self):
        return "inv"

    def __abs__(self):
        return "abs"


u = U()
print(-u, +u, ~u, abs(u))


class P:
    def __pow__(self, e, m=None):
        return ("pow", e, m)


print(P() ** 2, pow(P(), 3, 5))
