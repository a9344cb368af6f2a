"""Binding of arguments, defaults, keywords, methods, instances."""


def raises(kind, text, f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except kind as e:
        assert str(e) == text, str(e)
    else:
        assert False, "nothing raised"


def plain(a, b):
    return a, b


def full(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


assert plain(1, 2) == (1, 2)
assert plain(b=1, a=2) == (2, 1)
assert full(1, d=4) == (1, 2, 3, (), 4, 5, {})
assert full(1, 2, 3, 4, 5, d=6, f=7) == (1, 2, 3, (4, 5), 6, 5, {"f": 7})
assert full(1, b=8, d=4) == (1, 2, 3, (), 4, 5, {"b": 8})
assert plain(*[1], **{"b": 3}) == (1, 3)
raises(TypeError, "plain() missing 1 required positional argument: 'b'", plain, 1)
raises(TypeError, "plain() missing 2 required positional arguments: 'a' and 'b'", plain)
raises(TypeError, "plain() takes 2 positional arguments but 3 were given", plain, 1, 2, 3)
raises(TypeError, "plain() got an unexpected keyword argument 'zz'", plain, 1, zz=2)
raises(TypeError, "plain() got multiple values for argument 'a'", plain, 1, a=2)
raises(TypeError, "full() missing 1 required keyword-only argument: 'd'", full, 1)


class C:
    made = 0

    def __init__(self, x, *, y=0):
        self.x = x
        self.y = y
        C.made += 1

    def get(self, plus=0):
        return self.x + plus

    @classmethod
    def new(cls, x):
        return cls(x)

    @staticmethod
    def static(x):
        return x * 2

    @property
    def twice(self):
        return self.x * 2

    def __add__(self, other):
        return C(self.x + other.x)

    def __call__(self, a):
        return self.x, a


for i in range(5):
    c = C(i, y=i)
    assert c.get() == i and c.get(plus=2) == i + 2
    assert C.new(i).x == i and C.static(i) == i * 2
    assert c.twice == 2 * i and (c + c).x == 2 * i and c(7) == (i, 7)
assert C.made == 15
bound = C(3).get
assert bound() == 3 and bound(1) == 4
raises(TypeError, "C.__init__() missing 1 required positional argument: 'x'", C)


class Bad:
    def __init__(self):
        return 5


raises(TypeError, "__init__() should return None, not 'int'", Bad)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


assert depth(900) == 900
reached = 0


def endless():
    global reached
    reached += 1
    endless()


for _ in range(3):
    reached = 0
    try:
        endless()
    except RecursionError as e:
        assert str(e) == "maximum recursion depth exceeded"
    # Frames are counted when the stack has grown by a certain size, so there may be more of them when they are small.
    assert 950 < reached < 4000, reached
