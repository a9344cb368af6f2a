"""Sources that end early, are warned of, or follow a future statement; texts of t-strings."""
import ast
import codeop
import warnings


def attempt(source, mode="exec", flags=0):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            compile(source, "<s>", mode, flags)
            result = "fine"
        except SyntaxError as e:
            result = (type(e).__name__, e.msg, e.lineno, e.offset, e.end_offset, e.text)
    print(repr(source), mode, hex(flags), result, len(seen))


BLOCKS = ["if 1:\n  x", "if 1:\n  x\n", "if 1: x", "if 1: x\n", "def f():\n  x\n\n", "@d\nclass C: pass", "x = 1"]
for flags in (0, codeop.PyCF_DONT_IMPLY_DEDENT, codeop.PyCF_ALLOW_INCOMPLETE_INPUT, 0x4200):
    for source in BLOCKS:
        attempt(source, "single", flags)
attempt("if 1: x")

# Warnings about what stands before an error.
attempt(r"'\e' $")
attempt(r"'\e' 1")
attempt(r"1 +; '\e'")

# The tokenizer's errors show the line without its end.
for source in ["ä = '''thîs is \na \ntest", "1a\nb", "x = (1,\n2", "(]\n", "x = $\n", "x\\", "f'''{a}\nb"]:
    attempt(source)

FLUFL = "from __future__ import barry_as_FLUFL\n"
attempt(FLUFL + "2 <> 3")
attempt(FLUFL + "2 != 3")
attempt("2 <> 3")
attempt("2 <> 3", flags=0x400000)
attempt("from .__future__ import barry_as_FLUFL; 2 <> 3")
ns = {}
exec(FLUFL + "a = 1 <> 2; b = eval('1 <> 1'); c = '!='", ns)
print(ns["a"], ns["b"], ns["c"])

ANNOTATED = ["x: (yield)", "x.y: (yield)", "def f(x: (yield)): pass", "def f() -> (await y): pass", "x: (y := 1)"]
for source in ANNOTATED:
    attempt(source)
    attempt("from __future__ import annotations\n" + source)
    attempt("def g():\n  " + source)

for source in ["(*x)", "((*x), y) = 1, 2", "(**x)", "print((*x))", "f((**x))", "(*a)[0]", "del (*x)"]:
    attempt(source)

for source in ["0b1_2", "0b1__1", "0o1_8", "0x1_g", "print foo bar", "print {1:(foo.)}", "a = 'a\\"]:
    attempt(source)
attempt("a = 'a\\\n", flags=codeop.PyCF_ALLOW_INCOMPLETE_INPUT)
for index in ["i, j", "(1, 2)", "[3]", "{3}", "{3: 4}", "f'{x}'", "t'{x}'", "b''", "1j", "...", "None", "1", "i"]:
    attempt(f"[[1, 2] [{index}]]")
attempt('[t"{x}" [i, j]]')

x = 1
print(f'''{(
   x,  # c "'
   "#'")= }''')
template = t'''{(
   x,  # a comment
   '#')} { x } {x  !r:>4}'''
print([i.expression for i in template.interpolations])
exec("from __future__ import annotations\ndef f(a: t'{a   +  b}', b: f'{a   +  b}'): pass", ns)
print(ns["f"].__annotations__)
try:
    "a" + template
except TypeError as e:
    print(e)
