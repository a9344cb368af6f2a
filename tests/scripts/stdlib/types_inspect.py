# types and the parts of inspect that need little.
import inspect
import types


def f(a, b=2, /, c=3, *args, d, e=5, **kw) -> int:
    """doc line

    more
    """
    return a


print(inspect.signature(f))
s = inspect.signature(f)
print([(p.name, p.kind.name, p.default if p.default is not p.empty else "-") for p in s.parameters.values()], s.return_annotation)
b = s.bind(1, 2, 3, 4, d=6, z=7)
b.apply_defaults()
print(b.arguments, b.args, b.kwargs)
try:
    s.bind(1)
except TypeError as e:
    print(e)
print(inspect.getdoc(f), inspect.isfunction(f), inspect.ismethod(f), inspect.isclass(int), inspect.isbuiltin(len), inspect.ismodule(types), inspect.isgeneratorfunction(lambda: (yield)))


class K:
    x = 1

    def m(self): ...

    @property
    def p(self): ...

    @staticmethod
    def s(): ...


print([n for n, _ in inspect.getmembers(K) if not n.startswith("__")], inspect.getmro(K), inspect.isdatadescriptor(K.p), inspect.signature(K.m), inspect.signature(K().m))
print(inspect.getsource(K.m), inspect.getsourcelines(f)[1], inspect.getfile(f).endswith("types_inspect.py"))
print(inspect.currentframe().f_lineno, inspect.stack()[0].function, inspect.getmodule(f).__name__)
g = (x for x in [1])
print(inspect.getgeneratorstate(g), next(g), inspect.getgeneratorstate(g), list(g), inspect.getgeneratorstate(g))
ns = types.SimpleNamespace(a=1, b="x")
ns.c = [1]
print(ns, ns == types.SimpleNamespace(a=1, b="x", c=[1]), vars(ns))
mp = types.MappingProxyType({"a": 1})
print(mp, mp["a"], len(mp), list(mp), mp | {"b": 2}, "a" in mp, mp.get("z", 5))
try:
    mp["b"] = 1
except TypeError as e:
    print(e)
print(types.new_class("N", (K,), {}, lambda ns: ns.update(y=2)).y, types.resolve_bases((K,)), types.prepare_class("P")[0].__name__)
m = types.MethodType(lambda self, x: (self, x), 5)
print(m(1), m.__self__, m.__func__(0, 1))
fn = types.FunctionType(f.__code__, globals(), "renamed", (9, 9))
print(fn.__name__, fn.__defaults__, fn(0, d=1, e=5))
print([t.__name__ for t in (types.FunctionType, types.GeneratorType, types.CoroutineType, types.MethodType, types.BuiltinFunctionType, types.ModuleType, types.TracebackType, types.FrameType, types.CodeType, types.CellType, types.NoneType, types.EllipsisType, types.GenericAlias, types.UnionType)])
c = types.CellType(5)
print(c.cell_contents, types.CellType() == types.CellType())
try:
    types.CellType().cell_contents
except ValueError as e:
    print(e)
code = f.__code__
print(code.co_name, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_varnames, code.co_flags & 0xF, code.co_firstlineno, code.co_filename.endswith("types_inspect.py"), code.co_consts[0][:8] if isinstance(code.co_consts[0], str) else "")
print(code.replace(co_name="other").co_name, f.__code__ == f.__code__, hash(code) == hash(code))
f.__name__ = "new name"
f.__defaults__ = (10, 20)
f.__kwdefaults__ = {"d": 1, "e": 2}
print(f.__name__, f(7), inspect.signature(f))
try:
    f.__code__ = 5
except TypeError as e:
    print(e)


def other():
    return "other code"


f.__code__ = other.__code__
f.__defaults__ = None
print(f())


class Dyn:
    v = types.DynamicClassAttribute(lambda self: "instance")


print(Dyn().v)
print(inspect.cleandoc("a\n    b\n    c"), inspect.unwrap(f) is f, inspect.getclosurevars(lambda: K).globals.keys())
