# Classes, instances, methods, class attributes, inheritance.
class A:
    count = 0

    def __init__(self, v=0):
        self.v = v
        A.count += 1

    def get(self):
        return self.v

    def set(self, v):
        self.v = v
        return self


a, b = A(1), A()
print(a.get(), b.get(), A.count, a.count, a.set(5).v)
a.count = 100
print(a.count, A.count, b.count)
del a.count
print(a.count)


class B(A):
    def get(self):
        return "B" + str(super().get())

    def extra(self):
        return self.get() * 2


x = B(3)
print(x.get(), x.extra(), B.count, isinstance(x, A), B.__bases__, B.__name__)
f = x.get
x.v = 9
print(f(), A.get(x), B.get(x))
A.late = lambda self: "late " + str(self.v)
print(x.late(), a.late())
a.own = lambda: "own"
print(a.own())


class Empty:
    pass


e = Empty()
e.x = e.y = 1
e.__dict__["z"] = 3
print(e.x, e.z, sorted(e.__dict__), e.__dict__)
del e.x
try:
    e.x
except AttributeError as err:
    print(err)
try:
    del e.x
except AttributeError as err:
    print(err)
try:
    A.nope
except AttributeError as err:
    print(err)
try:
    Empty(1)
except TypeError as err:
    print(err)
try:
    A(1, 2)
except TypeError as err:
    print(err)
try:
    a.get(1)
except TypeError as err:
    print(err)
try:
    A.get()
except TypeError as err:
    print(err)


class Bad:
    def __init__(self):
        return 5


try:
    Bad()
except TypeError as err:
    print(err)
print(A, type(a), A.get.__qualname__, a.__class__ is A, repr(A.__doc__))
e.__class__ = A
e.v = "moved"
print(e.get())


class Outer:
    class Inner:
        def who(self):
            return type(self).__qualname__

    value = Inner().who()


print(Outer.value, Outer.Inner)
for i in range(3):

    class Loop:
        n = i

    print(Loop.n, end=" ")
print()
if True:

    class Cond:
        pass

print(Cond.__module__)
