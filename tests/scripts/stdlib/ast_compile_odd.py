"""Syntax trees that no source text can hold."""
import ast


def run(tree, mode="exec", **names):
    namespace = dict(names)
    code = compile(ast.fix_missing_locations(tree), "<tree>", mode)
    if mode == "eval":
        return eval(code, namespace)
    exec(code, namespace)
    return {k: v for k, v in namespace.items() if k != "__builtins__"}


def name(identifier, store=False):
    return ast.Name(identifier, ast.Store() if store else ast.Load())


# Names that are no identifiers, as in pytest's rewritten assertions.
tree = ast.parse("import builtins as x\ndef f(a):\n    y = x.len(a)\n    return y, lambda: y\nr = f([1, 2])[1]()\n")
for node in ast.walk(tree):
    for field in ("id", "asname", "arg"):
        if getattr(node, field, None) in ("x", "y", "a"):
            setattr(node, field, "@py_" + getattr(node, field))
found = run(tree)
print(sorted(found), found["r"])
print(found["f"].__code__.co_varnames, found["f"].__code__.co_cellvars, found["@py_x"].__name__)
try:
    found["f"](wrong=1)
except TypeError as error:
    print(error)
try:
    run(ast.Module([ast.Expr(name("no such"))], []))
except NameError as error:
    print(error)
# Keywords as names.
print(run(ast.Module([ast.Assign([name("class", True)], ast.Constant(3))], [])))
print(run(ast.Expression(ast.Attribute(name("o"), "import", ast.Load())), "eval", o=type("O", (), {"import": 5})))
# Any expression between the parts of a formatted string.
parts = [ast.Constant("a"), ast.Call(name("str"), [ast.Constant(1)], []), ast.FormattedValue(ast.Constant(2.5), -1), name("s")]
print(run(ast.Expression(ast.JoinedStr(parts)), "eval", s="end"))

# Positions of decorated functions are the tree's.
SOURCE = """x = 1


def plain(f): return f


@plain
@plain
def g(
    a,
):
    return a


@plain
class C:
    @property
    def p(self):
        return 1 / 0
"""
found = run(ast.parse(SOURCE))
print(found["g"].__code__.co_firstlineno, found["C"].__firstlineno__, found["C"].p.fget.__code__.co_firstlineno)
print(max(line for *_, line in found["C"].p.fget.__code__.co_lines()))
