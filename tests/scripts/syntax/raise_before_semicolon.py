# A bare raise that other statements follow on its line.
import ast
import traceback


def again():
    try:
        1 / 0
    except ZeroDivisionError: raise; print("never")


def last():
    try:
        {}["k"]
    except KeyError:
        raise;


def generator():
    raise ; yield 1


class C:
    if False: raise; x = 1


for f in (again, last, lambda: next(generator())):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e, [(t.lineno, t.line) for t in traceback.extract_tb(e.__traceback__)][1:])

source = "if x: raise;pass;raise\nfor i in y:raise;continue"
print(ast.dump(ast.parse(source), include_attributes=True))
print(ast.unparse(ast.parse(source)))
print(compile("raise;x", "f", "exec").co_names)
for bad in ("raise;;", "raise;x y", "raise from x;", "raise;raise from x", "(raise;)", "f(raise;x)", "x = raise;", "raise;\n  x", "if x: raise; else: y", "lambda: raise;"):
    try:
        compile(bad, "f", "exec")
    except SyntaxError as e:
        print(bad, type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset)
