# The wording of the most common syntax errors, with their line.
def check(src):
    try:
        compile(src, "<test>", "exec")
    except SyntaxError as e:
        print(f"{type(e).__name__}: {e.msg} @{e.lineno}")
    else:
        print("no error:", src)


for src in [
    "1 +",
    "x = = 2",
    "if x\n    pass",
    "if x:\npass",
    "def f()\n    pass",
    "for i in range(3)\n    pass",
    "class C\n    pass",
    "print 'hello'",
    "x = (1, 2",
    "x = [1, 2",
    "x = 1)",
    "x = (1]",
    "'abc",
    "  x = 1",
    "if x:\n    y\n  z",
    "return 1",
    "yield 1",
    "await x",
    "break",
    "continue",
    "1 = x",
    "f() = 1",
    "None = 1",
    "del f()",
    "f(a=1, 2)",
    "f(a=1, a=2)",
    "def f(a, a): pass",
    "def f(a=1, b): pass",
    "def f():\n    x = 1\n    global x",
    "def f():\n    nonlocal x",
    "nonlocal x",
    "try:\n    pass\nx = 1",
    "a, *b, *c = d",
    "*a = 1",
    "0777",
    "f'{'",
    "f'{}'",
    "f'}'",
    "if x = 1: pass",
    "[1 2]",
    "foo(a b)",
    "from __future__ import nonsense",
    "from __future__ import braces",
]:
    check(src)
