# Multiple inheritance, C3, super in all forms, cooperative calls.
class A:
    def f(self):
        return ["A"]


class B(A):
    def f(self):
        return ["B"] + super().f()


class C(A):
    def f(self):
        return ["C"] + super().f()


class D(B, C):
    def f(self):
        return ["D"] + super().f()


print(D().f(), [k.__name__ for k in D.__mro__], D.mro() == list(D.__mro__))
print(super(B, D()).f(), super(D, D()).f(), super(C, D()).f())
for src in ("class X(A, B): pass", "class X(A, A): pass", "class X(int, str): pass", "class X(bool): pass", "class X(B, C, D): pass"):
    try:
        exec(src)
    except TypeError as e:
        print(str(e).replace("\n", " "))


class Base:
    def __init__(self, **kw):
        self.rest = kw


class M1(Base):
    def __init__(self, a, **kw):
        super().__init__(**kw)
        self.a = a


class M2(Base):
    def __init__(self, b, **kw):
        super().__init__(**kw)
        self.b = b


class M(M1, M2):
    pass


m = M(a=1, b=2, c=3)
print(m.a, m.b, m.rest)


class S:
    @classmethod
    def make(cls):
        return cls.__name__

    @staticmethod
    def st():
        return "st"

    @property
    def p(self):
        return "p"

    attr = "attr"


class T(S):
    @classmethod
    def make(cls):
        return "T+" + super().make()

    @staticmethod
    def st():
        return "T" + super(T, T).st()

    @property
    def p(self):
        return "T" + super().p

    def a(self):
        return super().attr

    def inner(self):
        def g():
            return super(T, self).attr

        return g(), (lambda: super(T, self).p)()

    def comp(self):
        return [super(T, self).p for _ in range(2)]


t = T()
print(T.make(), t.make(), T.st(), t.p, t.a(), t.inner(), t.comp())


def err(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


err(lambda: super().x)
err(lambda: super(T, 5).x)
err(lambda: super(5))
err(lambda: super(T, t).missing)
print(super(T, t).__thisclass__, super(T, t).__self_class__, super(T, t).__self__ is t)


class Dyn:
    pass


class E1:
    def who(self):
        return "E1"


class E2:
    def who(self):
        return "E2"


class F(E1):
    pass


f = F()
print(f.who())
F.__bases__ = (E2,)
print(f.who(), F.__mro__[1].__name__)
print(A.__subclasses__(), issubclass(D, C), D.__bases__, F.__base__)
E1.__init_subclass__


class Meth:
    def m(self):
        return "one"


class MethSub(Meth):
    pass


ms = MethSub()
print(ms.m())
Meth.m = lambda self: "two"
print(ms.m())
MethSub.m = lambda self: "three"
print(ms.m())
del MethSub.m
print(ms.m())
