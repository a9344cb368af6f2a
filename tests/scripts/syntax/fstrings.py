# f-strings.
name = "world"
n = 42
pi = 3.14159
print(f"hello {name}")
print(f"{n} {n + 1} {n * 2:5} {n:>6}|{n:<6}|{n:^6}|")
print(f"{pi:.2f} {pi:8.3f} {pi:e} {pi:g} {pi:010.4f}")
print(f"{n:x} {n:X} {n:o} {n:b} {n:#x} {n:#b} {n:+} {n:08d} {n:,}")
print(f"{name!r} {name!s} {'ü'!a}")
print(f"{n=} {n = } {name=} {n=:>5} {name=!s}")
print(f"{{literal}} {{{n}}}")
print(f"{'nested ' + f'{n}'}")
width = 10
print(f"{name:>{width}} {pi:{width}.{2}f} {name:*^{width + 2}}")
print(f"{[x for x in range(3)]} { {1: 2}[1] } {(lambda x: x * 2)(4)}")
print(f"{name[0]} {name.upper()} {name[1:3]} {len(name)}")
print(f"{'a' if n > 10 else 'b'}")
print(f"multi {
    n + 1
} line")
print(f'{name + "quoted"}')
print(f"{f"{f"{n}"}"}")
print(f"{1_000_000:_} {1234567:,} {0.25:%} {1e10:,.2f}")
print(rf"raw \n {n}")
print(f"\n escaped \t {n}".strip())
print(f"""triple
{n}
end""")
print("a" f"{n}" "b" f"{name}")
print(f"{True} {None} {1.0} {1e100} {1 + 2j}")
print(f"{'x':5}|{'x':<5}|{'x':>5}|{'x':^5}|")
print(f"{n!r:>6}|{name!r:^12}|")


class P:
    def __format__(self, spec):
        return f"<{spec}>"

    def __str__(self):
        return "str"

    def __repr__(self):
        return "repr"


p = P()
print(f"{p} {p:abc} {p!s} {p!r} {p!s:>5}")
print(f"{n:{'>' + '8'}}")
print(f"{'\n'.join(['a', 'b'])}")
for bad in ("d", "q"):
    try:
        print(f"{name:{bad}}")
    except ValueError as e:
        print(e)
print(f"{x:=5}" if (x := 3) else "")
