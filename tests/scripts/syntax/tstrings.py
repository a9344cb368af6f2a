# Template strings (t-strings).
from string.templatelib import Template, Interpolation

name = "world"
n = 42
t = t"hello {name}!"
print(type(t).__name__, isinstance(t, Template))
print(t.strings, t.values)
i = t.interpolations[0]
print(i.value, i.expression, i.conversion, repr(i.format_spec))
t2 = t"{n:>5}{n!r}{n + 1 = }"
print(t2.strings)
for i in t2.interpolations:
    print(i.value, i.expression, i.conversion, i.format_spec)
print(list(t"a{1}b{2}c"))
print((t"a{1}" + t"b{2}").strings)
print(t"".strings, t"".interpolations, t"plain".strings)


def render(t):
    out = []
    for part in t:
        if isinstance(part, Interpolation):
            v = part.value
            if part.conversion == "r":
                v = repr(v)
            out.append(f"<{format(v, part.format_spec)}>")
        else:
            out.append(part)
    return "".join(out)


print(render(t"x={n:04d} y={name!r} z={name.upper()}"))
print(render(t"nested {f'{n}'} {n:{'>'}{8}}"))
try:
    t"a" + "b"
except TypeError as e:
    print(e)
match t.interpolations[0]:
    case Interpolation(value, expression):
        print(value, expression)
print(rt"raw \n {n}".strings)
print(Template("a", Interpolation(1, "one"), "b").strings)
print(repr(t"r{n}"))
