# Code from syntax trees: the same as from their text, with the tree's positions; trees of no program are refused.
import ast
import glob
import os
import types


def differs(a, b, path):
    """What of two code objects is not the same."""
    fields = "name qualname argcount posonlyargcount kwonlyargcount nlocals flags names varnames freevars cellvars firstlineno code"
    for field in fields.split():
        x, y = getattr(a, "co_" + field), getattr(b, "co_" + field)
        if x != y:
            yield f"{path}.{a.co_name}: co_{field} {x if field != 'code' else ''} {y if field != 'code' else ''}"
    if [*a.co_lines()] != [*b.co_lines()]:
        yield f"{path}.{a.co_name}: lines"
    for x, y in zip(a.co_consts, b.co_consts):
        if isinstance(x, types.CodeType):
            yield from differs(x, y, f"{path}.{a.co_name}")
        elif x != y or type(x) is not type(y):
            yield f"{path}.{a.co_name}: {x!r} {y!r}"


# Every script of this suite.
count = 0
for name in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "*", "*.py"))):
    with open(name, encoding="utf-8") as f:
        text = f.read()
    try:
        direct = compile(text, "<s>", "exec")
    except (SyntaxError, ValueError):
        continue
    count += 1
    by_tree = compile(ast.parse(text), "<s>", "exec")
    for line in differs(direct, by_tree, os.path.basename(name)):
        print(line)
print(count > 200)


def run(tree, mode="exec", **names):
    exec(compile(ast.fix_missing_locations(tree), "<tree>", mode), names)
    return names


# What no text can say: names, constants, places.
tree = ast.parse("def f(a):\n    b = a\n    return b")
for node in ast.walk(tree):
    for field in ("id", "arg", "name"):
        if hasattr(node, field):
            setattr(node, field, "@" + getattr(node, field))
    if hasattr(node, "lineno"):
        node.lineno += 1000
        node.end_lineno += 1000
names = run(tree)
f = names["@f"]
print(f.__name__, f.__code__.co_varnames, f.__code__.co_firstlineno, f(3), sorted({n for *_, n in f.__code__.co_lines() if n} - {1001}))
values = [-1, 10**40, -(10**40), 1.5, -0.0, 2j, -1 - 2j, "x", "\ud800", "", b"b", b"", None, True, ..., (), (1, (2, "\udfff")), frozenset({1})]
for v in values:
    got = eval(compile(ast.fix_missing_locations(ast.Expression(ast.Constant(v))), "<c>", "eval"))
    assert type(got) is type(v) and repr(got) == repr(v), v
print(eval(compile(ast.fix_missing_locations(ast.Expression(ast.JoinedStr([ast.Constant("\ud800"), ast.FormattedValue(ast.Constant(5), -1, ast.JoinedStr([ast.Constant("03")]))]))), "<j>", "eval")).encode("utf-8", "surrogatepass"))
t = eval(compile(ast.fix_missing_locations(ast.Expression(ast.TemplateStr([ast.Constant("a"), ast.Interpolation(ast.Constant(5), "written", 114, None)]))), "<t>", "eval"))
print(t.strings, [(i.value, i.expression, i.conversion) for i in t.interpolations])
far = ast.parse("1/0")
far.body[0].value.col_offset, far.body[0].value.end_col_offset = 100_000, 100_003
print([p for p in compile(far, "<f>", "exec").co_positions() if p[2] == 100_000][:1])

# Subclasses and attributes that come from elsewhere.


class Name(ast.Name):
    id = property(lambda self: "sub" + "class")
    ctx = ast.Load()


node = Name.__new__(Name)
print(eval(compile(ast.fix_missing_locations(ast.Expression(node)), "<n>", "eval"), {"subclass": "found"}))

# Errors have the tree's places.
for text in ("x = 1\nreturn 5\n", "def f():\n  nonlocal y\n", "async def f(): [x async for x in y]\nawait z\n"):
    try:
        compile(ast.parse(text), "<e>", "exec")
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, e.text)


def refused(tree, mode="exec", fix=True):
    try:
        compile(ast.fix_missing_locations(tree) if fix else tree, "<r>", mode)
        print("compiled", ast.dump(tree))
    except (ValueError, TypeError, OverflowError, SystemError) as e:
        print(type(e).__name__, str(e).split(" object at ")[0])


def stmt(*body, **kw):
    return refused(ast.Module(list(body), []), **kw)


def expr(e, **kw):
    return refused(ast.Expression(e), "eval", **kw)


x, store, one = ast.Name("x", ast.Load()), ast.Name("x", ast.Store()), ast.Constant(1)
done = ast.Pass()
refused(ast.Expression(one))
refused(ast.Module([], []), "eval")
refused(ast.Interactive([done]), "exec")
expr(store)
stmt(ast.Assign([x], one))
stmt(ast.Assign([one], one))
stmt(ast.Assign([], one))
stmt(ast.Delete([store]))
stmt(ast.Delete([]))
stmt(ast.For(x, one, [done], []))
stmt(ast.For(store, one, [], []))
stmt(ast.If(one, [], []))
stmt(ast.If(one, [None], []))
stmt(ast.While(one, [done, None]))
stmt(ast.With([], [done]))
stmt(ast.With([ast.withitem(x, x)], [done]))
stmt(ast.Import([]))
stmt(ast.ImportFrom("a", [ast.alias("b")], -1))
stmt(ast.Global([]))
stmt(ast.Raise(None, one))
stmt(ast.Try([done], [], [], []))
stmt(ast.Try([done], [], [done], [done]))
stmt(ast.TryStar([done], [], [], []))
stmt(ast.Try([done], [ast.ExceptHandler(None, None, [])], [], []))
stmt(ast.FunctionDef("f", ast.arguments(args=[ast.arg("a")], defaults=[one, one]), [done], []))
stmt(ast.FunctionDef("f", ast.arguments(kwonlyargs=[ast.arg("a")], kw_defaults=[]), [done], []))
stmt(ast.FunctionDef("f", ast.arguments(), [], []))
stmt(ast.ClassDef("C", [], [], [], []))
stmt(ast.ClassDef("C", [None], [], [done], []))
stmt(ast.AnnAssign(ast.Attribute(x, "y", ast.Store()), one, None, 1))
stmt(ast.Match(one, []))
stmt(ast.Match(one, [ast.match_case(ast.MatchValue(x), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchValue(ast.Constant(None)), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchSingleton(1), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchStar("a"), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchAs(ast.MatchAs(None, "b"), None), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchAs(None, "_"), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchOr([ast.MatchAs(None, "b")]), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchMapping([one], [], None), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchClass(one, [], [], []), None, [done])]))
stmt(ast.Match(one, [ast.match_case(ast.MatchClass(x, [], ["a"], []), None, [done])]))
expr(ast.BoolOp(ast.And(), [one]))
expr(ast.Dict([one], []))
expr(ast.ListComp(x, []))
expr(ast.Compare(one, [], []))
expr(ast.Compare(one, [ast.Lt()], [one, one]))
expr(ast.Name("None", ast.Load()))
expr(ast.Constant([]))
expr(ast.Constant((1, [])))
expr(ast.NamedExpr(one, one))
expr(ast.Set([None]))
expr(ast.List([store], ast.Load()))
# Fields of another kind, or missing.
expr(ast.Attribute(None, "a", ast.Load()))
expr(ast.Attribute(one, 5, ast.Load()))
expr(ast.BinOp(one, ast.Add(), "text"))
expr(ast.Set(5))
expr(ast.Constant(1), fix=False)
node = ast.UnaryOp(ast.Not(), one)
del node.operand
expr(node)
node = ast.Constant(1, lineno=2, col_offset=0, end_lineno=1, end_col_offset=0)
expr(node, fix=False)
node = ast.Constant(1, lineno=1, col_offset=5, end_lineno=1, end_col_offset=2)
expr(node, fix=False)
node = ast.Constant(1, lineno=1, col_offset=-5, end_lineno=1, end_col_offset=2)
expr(node, fix=False)
node = ast.Constant(1, lineno="1", col_offset=0)
expr(node, fix=False)
for flags, mode in ((1 << 30, "exec"), (0, "func_type"), (ast.PyCF_ONLY_AST, "other"), (0, "other")):
    try:
        compile("1", "<m>", mode, flags)
    except ValueError as e:
        print(e)

# Deep trees end in an error, not in a crash.
for make in (lambda e: ast.UnaryOp(ast.Not(), e), lambda e: ast.Attribute(e, "a", ast.Load()), lambda e: ast.List([e], ast.Load())):
    deep = ast.Constant(1)
    for _ in range(200_000):
        deep = make(deep)
        deep.lineno = deep.col_offset = 1
    deep = ast.Expression(deep)
    try:
        compile(deep, "<d>", "eval")
        print("compiled")
    except RecursionError:
        print("RecursionError")
    except MemoryError:
        print("MemoryError")

# `await` at the top level.
import asyncio
import inspect

code = compile("import asyncio\nx = await asyncio.sleep(0, 5)\nasync for y in g(): pass\n", "<a>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
print(bool(code.co_flags & inspect.CO_COROUTINE))


async def g():
    yield 6


names = {"g": g}
asyncio.run(eval(code, names))
print(names["x"], names["y"])
code = compile(ast.parse("await h()", mode="eval"), "<a>", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


async def h():
    return 7


print(asyncio.run(eval(code, {"h": h})))
code = compile("5", "<a>", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
print(bool(code.co_flags & inspect.CO_COROUTINE), eval(code))
try:
    compile("await h()", "<a>", "eval")
except SyntaxError as e:
    print(e.msg)
