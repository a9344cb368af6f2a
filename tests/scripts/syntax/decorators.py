# Decorators on functions and classes, with arguments and stacking order.
order = []


def deco(tag):
    order.append(f"make {tag}")

    def apply(f):
        order.append(f"apply {tag} to {f.__name__}")

        def wrapper(*args, **kw):
            return f"{tag}({f(*args, **kw)})"

        wrapper.__name__ = f.__name__
        return wrapper

    return apply


@deco("a")
@deco("b")
def hello(x):
    return x * 2


print(hello(4), order)


def register(registry):
    def inner(cls):
        registry[cls.__name__] = cls
        cls.registered = True
        return cls

    return inner


reg = {}


@register(reg)
class A:
    pass


print(reg["A"] is A, A.registered)


@lambda f: f()
def value():
    return 99


print(value)


class Counted:
    def __init__(self, f):
        self.f = f
        self.calls = 0

    def __call__(self, *a):
        self.calls += 1
        return self.f(*a)


@Counted
def add(a, b):
    return a + b


add(1, 2)
print(add(3, 4), add.calls)


class M:
    @staticmethod
    def s(x):
        return x + 1

    @classmethod
    def c(cls, x):
        return cls.__name__, x

    @property
    def p(self):
        return "prop"

    def not_decorated(f):
        def w(self):
            return f(self) + "!"

        return w

    @not_decorated
    def shout(self):
        return "hey"


print(M.s(1), M().s(2), M.c(3), M().c(4), M().p, M().shout())
buttons = [deco("x"), deco("y")]


@buttons[1]
def indexed(v):
    return v


print(indexed(1))


@(d := deco("walrus"))
def w(v):
    return v


print(w(2))
