"""Special methods written in Python: what operators, truth, iteration and calls do with their results and errors."""
import sys
import traceback


def attempt(f, *args):
    try:
        r = f(*args)
        return r if not isinstance(r, object.__class__) else r
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


class A:
    def __init__(self, n, give=True):
        self.n = n
        self.give = give

    def __repr__(self):
        return "an A"

    def __add__(self, o):
        return ("A.add", self.n, o if isinstance(o, int) else "obj") if self.give else NotImplemented

    def __radd__(self, o):
        return ("A.radd", o) if self.give else NotImplemented

    def __iadd__(self, o):
        return ("A.iadd", self.n) if self.give else NotImplemented

    def __mul__(self, o):
        return NotImplemented

    def __lt__(self, o):
        return ("lt",) if self.give else NotImplemented

    def __eq__(self, o):
        return [] if self.give else NotImplemented

    def __neg__(self):
        return NotImplemented

    __hash__ = None


class B(A):
    def __add__(self, o):
        return "B.add"

    def __radd__(self, o):
        return "B.radd"

    def __gt__(self, o):
        return "B.gt"


class R:
    def __radd__(self, o):
        return ("R.radd", o)

    def __rmul__(self, o):
        return ("R.rmul", o)

    def __rsub__(self, o):
        raise ValueError("rsub")

    def __gt__(self, o):
        return "R.gt"

    def __eq__(self, o):
        return "R.eq"


class IntLike(int):
    def __radd__(self, o):
        return "IntLike.radd"


no = A(1, False)
print(A(1) + 2, A(1) + A(2), A(1) + B(2), B(1) + A(1), 5 + A(3), 2.5 + A(3))
print(attempt(lambda: no + 1), attempt(lambda: no + no), no + R(), attempt(lambda: 1 + no))
print(attempt(lambda: A(1) * 3), A(1) * R(), 3 * R(), attempt(lambda: 1 - R()))
print(1 + IntLike(5), 1.5 + IntLike(5), IntLike(5) + 1, True + R())
x = A(1)
x += 1
print(x)
x = no
try:
    x += 1
except TypeError as e:
    print(e)
x = A(2, False)
x += R()
print(x)
x = B(3)
x += 4
print(x)
print(A(1) < A(2), no < R(), attempt(lambda: no < no), A(1) < B(2), A(1) == 1, no == R(), no == no, no != A(2))
print("jump" if A(1) < 1 else "no", "jump" if A(1) == 1 else "no", "no" if not (A(1) == 1) else "yes")
print(-A(1) is NotImplemented)


class T:
    def __init__(self, v):
        self.v = v

    def __bool__(self):
        return self.v


class L:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


def truth(v):
    return ("if" if v else "else", not v, v and 1, v or 2, [1 for _ in [0] if v])


print([str(truth(T(b))[:2]) for b in (True, False)], attempt(truth, T(1)), attempt(truth, T(None)))
print([truth(L(n))[:2] for n in (0, 3)], attempt(truth, L(-1)), attempt(truth, L("x")))
i = 3
while T(i > 0):
    i -= 1
print(i)


class Count:
    def __init__(self, n, error=None):
        self.n = n
        self.error = error

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            if self.error:
                raise self.error
            raise StopIteration
        self.n -= 1
        return self.n


class Bad:
    def __iter__(self):
        return 5


class GenIter:
    def __iter__(self):
        yield 1
        yield 2


class Sub(Count):
    pass


def loop(it):
    out = []
    for x in it:
        out.append(x)
    else:
        out.append("else")
    return out


print(loop(Count(3)), loop(Sub(2)), loop(GenIter()), attempt(loop, Bad()), attempt(loop, Count(1, KeyError("k"))))
print(loop(Count(1, StopIteration("value"))), list(Count(3)), [x for x in GenIter()])


def pairs():
    class P:
        def __init__(self):
            self.n = 2

        def __iter__(self):
            return self

        def __next__(self):
            self.n -= 1
            if self.n < 0:
                raise StopIteration
            return self.n, -self.n

    return [(a, b) for a, b in P()]


print(pairs())


class Box:
    def __init__(self):
        self.d = {}

    def __getitem__(self, k):
        return ("get", k)

    def __setitem__(self, k, v):
        self.d[k] = v

    def __contains__(self, k):
        return k in self.d

    def __call__(self, *a, **k):
        return a, k

    def __enter__(self):
        return "entered"

    def __exit__(self, *a):
        return a[0] is KeyError


b = Box()
b[1] = "one"
b["k"] = 2
print(b[1], b["k"], b[1:2], b[-1], 1 in b, 9 in b, 9 not in b, b(1, x=2), b(*[1, 2], **{"z": 3}))
with b as e:
    print(e)
    raise KeyError
print(attempt(lambda: exec("with b: 1 / 0")))


class Prop:
    def __init__(self):
        self._v = 0

    @property
    def v(self):
        return self._v

    @v.setter
    def v(self, new):
        if new < 0:
            raise ValueError("negative")
        self._v = new

    @property
    def ro(self):
        return 1


p = Prop()
for i in range(3):
    p.v = i
    p.v += 10
print(p.v, attempt(lambda: setattr(p, "v", -1)), attempt(lambda: setattr(p, "ro", 2)))
try:
    p.v = -5
except ValueError:
    print([f.name for f in traceback.extract_tb(sys.exc_info()[2])])


class Deep:
    def __init__(self, n):
        self.n = n

    def __add__(self, o):
        return Deep(self.n + 1) + o

    def __getitem__(self, k):
        return self[k + 1]

    def __bool__(self):
        return bool(self)

    def __lt__(self, o):
        return self < o

    def __call__(self):
        return self()

    def __iter__(self):
        return iter(self)

    def __next__(self):
        for _ in self:
            pass

    @property
    def p(self):
        return self.p


d = Deep(0)
for f in (lambda: d + 1, lambda: d[0], lambda: 1 if d else 2, lambda: d < d, lambda: d(), lambda: [x for x in d], lambda: d.p):
    try:
        f()
    except RecursionError:
        print("RecursionError")


class Changing:
    def __add__(self, o):
        return "first"


c = Changing()
out = []
for i in range(4):
    out.append(c + 1)
    if i == 1:
        Changing.__add__ = lambda self, o: "second"
    if i == 2:
        Changing.__add__ = None
        out.append(attempt(lambda: c + 1))
        del Changing.__add__
        out.append(attempt(lambda: c + 1))
        break
print(out)


class Meta(type):
    def __add__(cls, o):
        return "meta add"

    def __getitem__(cls, k):
        return "meta item"


class WithMeta(metaclass=Meta):
    pass


print(WithMeta + 1, WithMeta[0])


class Base:
    def m(self, n):
        return ("Base", n)

    @classmethod
    def c(cls):
        return ("Base.c", cls.__name__)

    @staticmethod
    def s():
        return "Base.s"

    @property
    def q(self):
        return "Base.q"


class Mid(Base):
    def m(self, n):
        return ("Mid",) + super().m(n)

    @classmethod
    def c(cls):
        return ("Mid.c",) + super().c()

    @staticmethod
    def s():
        return "Mid.s"

    @property
    def q(self):
        return "Mid." + super().q


class Other(Base):
    def m(self, n):
        return ("Other",) + super().m(n)


class Bottom(Mid, Other):
    def m(self, n):
        return ("Bottom",) + super().m(n)


for _ in range(3):
    print([k().m(1) for k in (Mid, Bottom, Other)], Bottom.c(), Bottom().c(), Mid.c(), Bottom().q, Bottom.s())
Base.m = lambda self, n: ("changed", n)
print([k().m(1) for k in (Mid, Bottom, Other)])
Other.__bases__ = (type("NewBase", (Base,), {"m": lambda self, n: ("NewBase", n)}),)
print([k().m(1) for k in (Mid, Bottom, Other)])
