"""The same text evaluated again: in other namespaces, from other functions, with other future statements."""

import warnings

for n in range(3):
    print(eval("x + 1", {"x": n}), eval(" x + 1", {"x": n + 10}))
    names = {}
    exec("def f(a, b=[]):\n    b.append(a)\n    return b, x\nf(1)", {"x": n}, names)
    print(names["f"](2) if n == 0 else sorted(names))


def outer(k):
    y = k * 2
    return eval("k + y"), [eval("(lambda z: z + 1)(2)") for _ in range(2)]


print(outer(1), outer(5))
for text in ["x y", "lambda: (yield", "(1"]:
    for _ in range(2):
        try:
            eval(text)
        except SyntaxError as e:
            print(type(e).__name__, e.msg, e.lineno, e.offset)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(2):
        eval("1 is 1")
print([str(w.message)[:30] for w in caught])

functions = [eval("lambda: 0") for _ in range(2)]
functions[0].__name__ = "changed"
print(functions[0] is functions[1], functions[1].__name__, functions[0].__code__ == functions[1].__code__)
functions[0].__code__ = (lambda: 1).__code__
print(functions[0](), functions[1](), eval("lambda: 0")())

future = {}
exec("from __future__ import annotations\nexec('def g(a: int): pass')", future)
plain = {}
exec("exec('def g(a: int): pass')", plain)
print(future["g"].__annotations__, plain["g"].__annotations__)
