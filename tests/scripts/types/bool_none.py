# bool, None, Ellipsis, NotImplemented.
def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
True, False, True == 1, False == 0, True is True, isinstance(True, int), issubclass(bool, int)
True + True, True - 1, True * 5, True / 2, True // 1, True % 2, -True, +True, True ** 2
True & False, True | False, True ^ True, True & 1, 1 | True, ~0, True << 3
type(True & False), type(True & 1), type(True + 0), type(not 1)
bool(), bool(0), bool(1), bool(""), bool("a"), bool([]), bool([0]), bool(None), bool(0.0), bool({}), bool(object())
bool(1, 2)
bool(x=1)
str(True), repr(False), f"{True:d}", f"{True}", f"{True:>6}", format(True, "5"), int(True), float(True)
[10, 20][True], "ab"[False], {1: "a"}[True], {True: "x", 1: "y", 1.0: "z"}
True.real, True.numerator, True.bit_length(), True.to_bytes(1), bool.from_bytes(b"\0"), bool.from_bytes(b"\2")
hash(True), hash(False), True < 2, False < True, max(True, False), sum([True, True])
None, repr(None), str(None), None == None, None is None, None == 0, bool(None), hash(None) == hash(None)
type(None)(), type(None).__name__
type(None)(1)
None.foo
None + 1
None < 1
len(None)
iter(None)
Ellipsis, ..., type(...), repr(...), bool(...), ... == Ellipsis
NotImplemented, type(NotImplemented), repr(NotImplemented)
bool(NotImplemented)
not NotImplemented
type("X", (bool,), {})
type("X", (type(None),), {})
isinstance(None, type(None)), None.__class__, None.__doc__
None.__eq__(None), None.__eq__(1), None.__bool__()
True and None, None or False, None if None else 0
""".strip().splitlines():
    check(line)
