# Annotate functions: what they return, which of two wins, and names that annotations use.
import types


def attempt(code):
    try:
        exec(code, {"__name__": "x"})
    except Exception as e:
        print(type(e).__name__, e)
    else:
        print("ok")


for value in "0", "{}", "[]", "''", "object()", "frozenset()", "set()":
    attempt(f"__conditional_annotations__ = {value}\nx: int")
    attempt(f'globals()["__conditional_annotations__"] = {value}\nx: int')


def f():
    pass


class C:
    pass


for o in f, C, types.ModuleType("m"):
    o.__annotate__ = lambda x: 42
    try:
        print(o.__annotations__)
    except TypeError as e:
        print(e)


class X:
    a: int

    def __annotate__(format):
        return {"a": str}


print(X.__annotate__(1), X.__annotations__)
space = {}
exec("a: int\ndef __annotate__(format): return {'a': str}", space)
print(space["__annotate__"](1))
exec(
    """
class format: pass
def f(x: format): pass
class O:
    class format: pass
    def m(self, x: format): pass
    y: format
z: format
""",
    space,
)
print(space["f"].__annotations__, space["__annotate__"](1))
O = space["O"]
print(O.m.__annotations__["x"] is O.format, O.__annotations__["y"] is O.format, O.format)
print(space["f"].__annotate__.__code__.co_varnames)


# Comprehensions inside of annotation scopes do not see the class.
def base(arg):
    class Base:
        __arg__ = arg if isinstance(arg, str) else list(arg)
    return Base


T = "global"


class G[T]:
    T = "class"

    class Inner[U](base([T for _ in (1,)]), base(T)):
        pass

    def meth[U](x: (T for _ in (1,)), y: T, z: [[T for _ in (1,)] for _ in (1,)]):
        pass

    type Alias = [T for _ in (1,)]
    type Generic[T] = (T for _ in (1,))
    v: [T for _ in (1,)]
    w: T
    u: [(lambda: T)() for _ in (1,)]


t = G.__type_params__[0]
print([b.__arg__ == [t] or b.__arg__ for b in G.Inner.__bases__[:2]])
a = G.meth.__annotations__
print(next(a["x"]) is t, a["y"], a["z"] == [[t]])
print(G.Alias.__value__ == [t], next(G.Generic.__value__) is G.Generic.__type_params__[0])
print(G.__annotations__["v"] == [t], G.__annotations__["w"], G.__annotations__["u"] == [t])


class Plain:
    T = "class"
    type A = [T for _ in (1,)]
    type B[U] = {T: T for _ in (1,)}
    v: {T for _ in (1,)}
    w: T
    n: [__name__ for _ in (1,)]


print(Plain.A.__value__, Plain.B.__value__, Plain.__annotations__)
