"""FrameLocalsProxy: keys of any type, its constructor, itself among the locals; what frame.clear() leaves."""
import sys


def attempt(f, *args, **named):
    try:
        return f(*args, **named)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class Text(str):
    pass


class Alike:
    def __hash__(self):
        return hash("x")

    def __eq__(self, other):
        return other == "x"


class Unhashable(str):
    __hash__ = None


def by_key(key):
    x = 1
    proxy = sys._getframe().f_locals
    proxy[key] = 2
    return x, proxy[key], key in proxy, list(proxy)


for key in Text("x"), Alike(), "x":
    print(by_key(key))


def refused():
    x = 1
    proxy = sys._getframe().f_locals
    for key in Unhashable("x"), [], "none":
        print(attempt(proxy.__getitem__, key), attempt(proxy.get, key), attempt(proxy.__contains__, key))
    print(attempt(proxy.__setitem__, [], 1), attempt(proxy.pop, "x"), attempt(proxy.pop, "none"))
    print(proxy == sys._getframe().f_locals, proxy != {}, reversed(proxy)[-1])


refused()


def shown():
    proxy = sys._getframe().f_locals
    n = 1
    return repr(proxy)


print(shown())


def frame():
    x = 1
    return sys._getframe()


Proxy = type(frame().f_locals)
print(Proxy.__name__, Proxy(frame()), Proxy(frame()) == {"x": 1})
print(attempt(Proxy), attempt(Proxy, 1), attempt(Proxy, frame(), 2))


def outer():
    y = 2

    def inner():
        z = y
        return sys._getframe()

    return inner()


f = outer()
print(f.f_locals)
f.clear()
print(f.f_locals)
print(attempt(delattr, f, "f_trace_lines"))


def call():
    exec("import a.b", {"__builtins__": {"__import__": lambda *args: print(args[0], type(args[2]).__name__, args[3:])}})
    import_in_function = {"__builtins__": {"__import__": lambda *args: print(args[0], args[2:])}}
    exec("def g():\n import a.b\ng()", import_in_function)


call()
