# Lambdas, conditional expressions, walrus, operator precedence.
print((lambda: 1)(), (lambda a, b=2: a + b)(1), (lambda *a: a)(1, 2), (lambda **k: k)(z=1))
print((lambda a, /, b, *, c: (a, b, c))(1, b=2, c=3))
print([f(3) for f in (lambda x: x, lambda x: x * x, lambda x: -x)])
print(sorted([3, -1, 2], key=lambda v: -v))
print((lambda x: lambda y: x + y)(1)(2))
y = (lambda: (yield 1))()
print(list(y))
a = 1 if True else 2 if False else 3
print(a, (1, 2)[0] if a else 0)
print(1 + 2 * 3 - 4 / 2, (1 + 2) * 3, 2**3**2, -(2**2), (-2) ** 2)
print(1 | 2 ^ 3 & 4, 1 << 2 + 1, ~1 + 2, not 1 + 1)
print(5 - 3 - 1, 2 * 3 % 4, 7 // 2 * 2, 8 >> 1 << 1)
print(1 < 2 and 2 < 3 or 0, not 0 and 1, 1 if 0 or 1 else 2)
print(-1 ** 2, 2 ** -1, -3 % 5, 3 @ 4 if False else "no matmul")
if (n := 10) > 5 and (m := n * 2):
    print(n, m)
print([(k, (j := k * 2)) for k in range(3)], j)
while (n := n - 3) > 0:
    print(n, end=" ")
print()
print((x := 1, x + 1), x)


def f(x, y=(z := 5)):
    return x + y


print(f(1), z)
print(f"{(q := 7)}", q)
d = {"a": (lambda: "in dict")}
print(d["a"]())
ops = {"+": lambda a, b: a + b, "-": lambda a, b: a - b}
print(ops["+"](1, 2), ops["-"](1, 2))
print((lambda: None).__name__, (lambda a: a).__code__.co_argcount)
print(True if [] == [] else False, "yes" if "a" in "abc" else "no")
t = 1,
print(t, (), (1, 2), 1, sep="|")
x = 1; y = 2; print(x, y)
if x: print("one line"); print("two")
z = (1 +
     2 +
     3)
w = 1 + \
    2
print(z, w)
print("adjacent " "strings" ' join' """ up""")
print(not not True, -(-1), +-+1, ~~5)
