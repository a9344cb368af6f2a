# __code__ assigned while the function runs, is suspended, and is called in every way.
def other():
    return 1


def running(x):
    running.__code__ = other.__code__
    a = "constant one" + str(x)
    b = ["constant two", 3.5, (1, 2, "three")]
    try:
        raise ValueError(a)
    except ValueError as e:
        b.append(str(e))
    return a, b, "constant four", len(b), (lambda: x)()


code = running.__code__
print(running(1), running.__code__ is other.__code__, running.__code__ is code)
print(running())


def first():
    yield "a1"
    yield "a2", 4.5
    yield "a3"


def second():
    yield "b1"


suspended = first()
print(next(suspended))
first.__code__ = second.__code__
print(next(suspended), next(suspended), list(first()), first.__name__, first.__qualname__)


def target(a, b=1):
    return "target", a, b


def keywords(*args, k=5, **kw):
    return "keywords", args, k, kw


def plain(a, b=3):
    return "plain", a, b


target.__kwdefaults__ = {"k": 7}
for f in (keywords, plain, target, keywords, plain):
    target.__code__ = f.__code__
    print(target(1), target(1, 2), target(*[1, 2]), target(1, b=4), target.__name__, target.__code__.co_name)
    target.__defaults__ = (9,)
print(plain(1))


class C:
    def __init__(self, v):
        self.v = v

    def method(self):
        return "method", self.v

    def __len__(self):
        return 3

    @property
    def p(self):
        return "p"


def init(self, v):
    self.v = ("new", v)


def method(self):
    return "new method", self.v


def length(self):
    return 4


c = C(1)
bound = c.method
C.__init__.__code__ = init.__code__
C.method.__code__ = method.__code__
C.__len__.__code__ = length.__code__
C.p.fget.__code__ = (lambda self: "new p").__code__
print(C(2).v, C(v=3).v, c.method(), bound(), len(c), c.p, list(map(C.method, [c])), sorted([3, 1], key=lambda x: -x))


def recursive(n):
    if n == 3:
        recursive.__code__ = (lambda n: ["end", n]).__code__
    return [recursive(n - 1), "after", n]


print(recursive(5))
try:
    target.__code__ = 5
except TypeError as e:
    print(e)
x = 1


def closure():
    def inner():
        return x

    x = 2
    return inner


try:
    closure().__code__ = other.__code__
except ValueError as e:
    print(e)
