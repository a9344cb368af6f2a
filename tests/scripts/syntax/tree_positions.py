# Code compiled from a syntax tree has the positions of the tree, not of any text in between.
import ast
import traceback

source = '''

def f(a,
      b):

    x = (a +
         b)   ;   y = 1

    return (  x / (b - b)  )


class C:


    def m(self): return f(1,
                          2)
'''
tree = ast.parse(source)
ns = {}
exec(compile(tree, "made.py", "exec"), ns)
print(ns["f"].__code__.co_firstlineno, ns["C"].m.__code__.co_firstlineno)
try:
    ns["C"]().m()
except ZeroDivisionError as e:
    for frame in traceback.extract_tb(e.__traceback__)[1:]:
        print(frame.name, frame.lineno, frame.colno, frame.end_lineno, frame.end_colno)


class Wrap(ast.NodeTransformer):
    def visit_BinOp(self, node):
        self.generic_visit(node)
        call = ast.Call(ast.Name("probe", ast.Load()), [node], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))


def probe(v):
    import sys

    frame = sys._getframe(1)
    print("probe", v, frame.f_lineno)
    return v


tree = Wrap().visit(ast.parse(source))
ns = {"probe": probe}
exec(compile(tree, "made.py", "exec"), ns)
try:
    ns["f"](1, 2)
except ZeroDivisionError as e:
    print(e, traceback.extract_tb(e.__traceback__)[-1].lineno)
moved = ast.increment_lineno(ast.parse("1/0"), 99)
try:
    exec(compile(moved, "made.py", "exec"))
except ZeroDivisionError as e:
    print(traceback.extract_tb(e.__traceback__)[-1].lineno)
