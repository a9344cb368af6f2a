# Attributes of functions, methods and code objects.
def f(a, b=2, *c, d=4, **e):
    "doc"
    local = a
    return local


print(f.__name__, f.__qualname__, f.__doc__, f.__module__, f.__defaults__, f.__kwdefaults__, f.__dict__, f.__closure__, f.__annotations__, f.__type_params__, f.__globals__ is globals(), f.__builtins__["len"] is len)
c = f.__code__
print(c.co_name, c.co_qualname, c.co_argcount, c.co_kwonlyargcount, c.co_posonlyargcount, c.co_nlocals, c.co_varnames, c.co_names, c.co_freevars, c.co_cellvars, c.co_firstlineno, hex(c.co_flags & 0xFF))
f.__defaults__ = (1, 2)
print(f())
f.__defaults__ = None
f.__kwdefaults__ = None
try:
    f(1)
except TypeError as e:
    print(e)
f.attr = 1
f.__dict__["other"] = 2
print(f.attr, f.other, sorted(vars(f)))
del f.attr
try:
    f.attr
except AttributeError as e:
    print(e)
f.__doc__ = "new"
f.__name__ = "g"
f.__qualname__ = "Q.g"
f.__module__ = "elsewhere"
f.__annotations__ = {"a": int}
print(f.__doc__, f.__name__, f.__module__, f.__annotations__, repr(f).startswith("<function Q.g at 0x"))
for name, value in (("__name__", 5), ("__defaults__", 5), ("__kwdefaults__", 5), ("__code__", 5), ("__dict__", 5), ("__qualname__", None), ("__closure__", ()), ("__globals__", {}), ("__annotations__", 5)):
    try:
        setattr(f, name, value)
        print(name, "set")
    except (TypeError, AttributeError) as e:
        print(name, e)


def outer():
    x, y = 1, 2

    def inner():
        return x

    def both():
        return x + y

    return inner, both


i, b = outer()
print(i.__closure__[0].cell_contents, [c.cell_contents for c in b.__closure__], b.__code__.co_freevars, outer.__code__.co_cellvars, i.__qualname__)
i.__closure__[0].cell_contents = 50
print(i(), b())
try:
    i.__code__ = b.__code__
except ValueError as e:
    print(e)


class K:
    def m(self, x=1):
        return x

    @classmethod
    def c(cls):
        pass


k = K()
m = k.m
print(m.__self__ is k, m.__func__ is K.m, m.__name__, m.__qualname__, m.__doc__, m.__module__, m.__defaults__, m == k.m, m is k.m, hash(m) == hash(k.m), K.c.__self__ is K, m.__code__ is K.m.__code__, repr(m).startswith("<bound method K.m of <__main__.K object at 0x"))
try:
    m.attr = 1
except AttributeError as e:
    print(e)
K.m.tag = "tagged"
print(m.tag, K.m.__get__(k)() == 1, K.m.__get__(None, K) is K.m, f.__get__(5).__self__)
print(len.__name__, len.__qualname__, len.__module__, len.__self__.__name__, len.__doc__[:10], repr(len), repr([].append).startswith("<built-in method append of list object at 0x"), repr(list.append), repr(int.__add__), len.__text_signature__)
print((lambda: 0).__name__, (lambda x: x).__code__.co_varnames, type(f).__name__, callable(m), f.__call__ is not None)
try:
    type(f)()
except TypeError as e:
    print(e)
try:
    type(c)()
except TypeError as e:
    print(e)
