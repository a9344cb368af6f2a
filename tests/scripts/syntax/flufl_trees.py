"""`from __future__ import barry_as_FLUFL` holds for syntax trees, too, and for text of any depth."""
import ast

FLUFL = "from __future__ import barry_as_FLUFL\n"
print(ast.dump(ast.parse(FLUFL + "x <> y")))
print(ast.unparse(ast.parse(FLUFL + "x <> y; z = t'{a <> b}'")))
print(ast.dump(compile("x <> y", "f", "eval", ast.PyCF_ONLY_AST | 0x400000)))
for text in ("x <> y", FLUFL + "x != y"):
    try:
        ast.parse(text)
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset)
for form in (compile, lambda text, *_: ast.parse(text)):
    for text in ("(" * 1000, "[lambda x=" * 10_000):
        try:
            form(FLUFL + "x = " + text, "f", "exec")
        except (SyntaxError, MemoryError, RecursionError):
            print("refused")
