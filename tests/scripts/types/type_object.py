# The type object itself: attributes, calls, mro, names, doc, module, annotations.
class A:
    """doc of A"""

    x: int = 1

    def m(self):
        pass


print(A.__name__, A.__qualname__, A.__module__, A.__doc__, A.__bases__, A.__base__, A.__mro__, A.__annotations__, A.__dict__["x"], A.__class__, A.__flags__ & 0, A.__basicsize__ > 0)
print(type(A.__dict__).__name__, "m" in A.__dict__, sorted(k for k in A.__dict__ if not k.startswith("__")))
A.__name__ = "Renamed"
A.__qualname__ = "Q.Renamed"
A.__doc__ = "new doc"
A.__module__ = "mod"
print(A, A.__name__, A.__doc__, repr(A()).startswith("<mod.Q.Renamed object at 0x"))


def err(code):
    try:
        exec(code, {"A": A})
    except Exception as e:
        print(type(e).__name__, e)


err("A.__name__ = 5")
err("A.__name__ = 'a\\0b'")
err("del A.__name__")
err("A.__bases__ = ()")
err("A.__bases__ = (int,)")
err("A.__bases__ = 5")
err("A.__mro__ = ()")
err("A.__dict__ = {}")
err("int.__name__ = 'x'")
err("int.new = 1")
err("del int.real")
err("A.__dict__['y'] = 1")
err("type.__call__()")
err("type('X', (A,))")
err("type(1, 2, 3)")
err("type('X', [], {})")
err("type('X', (), [])")
err("type('X', (1,), {})")
err("object.__new__()")
err("object.__new__(int)")
err("object.__new__(5)")
err("int.__new__(str)")
err("tuple.__new__(list)")
err("A.__init__()")
err("A().m(1)")
err("A.m()")
print(int.__qualname__, int.__module__, list.append.__qualname__, list.append.__name__, list.append.__objclass__, str.join.__doc__[:20], len.__module__, [].append.__qualname__, (5).__add__.__name__)
print(list.append, [].append.__name__, int.__add__, (5).__add__(6), type(int.__add__).__name__, type((5).__add__).__name__, type(list.append).__name__, type(dict.fromkeys).__name__, type(int.real).__name__)
print(type.__subclasses__(bool), A.__subclasses__(), type(A).__mro__, isinstance(A, type), issubclass(type, object), type(type) is type)
B = type("B", (A,), dict(y=2, f=lambda self: self.y))
print(B().f(), B.__bases__, B.__module__, B.__qualname__)


class WithNew:
    def __new__(cls, *a, **k):
        self = super().__new__(cls)
        self.args = a
        return self


print(WithNew(1, 2).args, WithNew.__new__(WithNew, 5).args, A.__init__ is object.__init__, A.__new__ is object.__new__)
print(A | int, type(A | int), (A | None).__args__, list[A], A.__or__(int) == A | int)
print(type.__eq__(A, A), A.__hash__ is not None, {A: 1}[A], A == A, A != B, sorted([B, A], key=lambda c: c.__name__) == [B, A])
print(A.__instancecheck__(B()), A.__subclasscheck__(B), A().__sizeof__() > 0, A.__prepare__(), object.__init_subclass__(), object.__subclasshook__(int))
print(object().__reduce_ex__(2)[1], object.__str__(5), object.__format__(5, ""), object.__eq__(1, 1), object.__ne__(1, 2), object.__dir__(5)[:1] != [])


def types_without_constructor():
    import re
    import sys
    import types
    import weakref

    class Referenced:
        pass

    kept = Referenced()
    frame = type(sys._getframe())
    made = [iter([]), iter({}), {}.items(), reversed([]), frame, types.GeneratorType, type(len), type(str.join), type(weakref.proxy(kept)),
            type(object().__str__), type(types.FunctionType.__code__), iter(range(3)), iter(range(10**30)), types.UnionType]
    for x in made:
        t = x if isinstance(x, type) else type(x)
        for make in t, object.__new__, t.__new__:
            try:
                print(make() if make is t else make(t))
            except TypeError as e:
                print(e)
    for t in types.GenericAlias, type(re.compile("")), weakref.ref:
        try:
            print(object.__new__(t))
        except TypeError as e:
            print(e)


types_without_constructor()
