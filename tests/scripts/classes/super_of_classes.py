# super() where the receiver is a class: in `__new__`, class methods and metaclasses.
class Base:
    made = 0

    def __new__(cls, *args):
        self = super().__new__(cls)
        cls.made += 1
        return self

    @classmethod
    def name(cls):
        return "Base of " + cls.__name__

    @staticmethod
    def plain(x):
        return x, "plain"

    def method(self):
        return "method of " + type(self).__name__

    @property
    def prop(self):
        return "prop"


class Derived(Base):
    def __new__(cls, *args):
        self = super().__new__(cls, *args)
        self.args = args
        return self

    @classmethod
    def name(cls):
        return "Derived, " + super().name()

    @classmethod
    def others(cls, other):
        f = super().method
        g = super().prop
        return super().plain(1), super().method(other), f(other), g.__get__(other), super().made

    @classmethod
    def missing(cls):
        return super().nothing()


class Leaf(Derived):
    pass


print(Derived(1, 2).args, Leaf().args, Base.made, Derived.made, Leaf.made)
print(Derived.name(), Leaf.name(), Leaf().name())
print(Leaf.others(Leaf()))
try:
    Leaf.missing()
except AttributeError as e:
    print(e)


class Point(tuple):
    def __new__(cls, x, y=0):
        return super().__new__(cls, (x, y))


class Text(str):
    def __new__(cls, *a):
        return super().__new__(cls, *a)

    def join(self, items):
        return type(self)(super().join(items))

    @classmethod
    def maketrans(cls, *a):
        return super().maketrans(*a), super(Text, cls).maketrans is str.maketrans


print([Point(i) for i in range(3)], Text("-").join("abc"), type(Text("x").join("yz")).__name__, Text.maketrans("a", "b"))
for wrong in (lambda: Point(), lambda: super(Point, int).__new__, lambda: super(Point, 3).count):
    try:
        wrong()
    except TypeError as e:
        print(e)


class Meta(type):
    count = 0

    def __new__(mcs, name, bases, namespace, **kw):
        cls = super().__new__(mcs, name, bases, namespace)
        cls.kw = kw
        return cls

    def __init__(cls, name, bases, namespace, **kw):
        super().__init__(name, bases, namespace)
        Meta.count += 1

    def __call__(cls, *args):
        return super().__call__(*args), cls.__name__

    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        return {**super().__prepare__(name, bases), "prepared": name}


class Deeper(Meta):
    def __new__(mcs, name, bases, namespace, **kw):
        return super().__new__(mcs, name + "!", bases, namespace, **kw)

    def __call__(cls, *args):
        return ["deeper", *super().__call__(*args)]


class A(metaclass=Meta, a=1):
    def __init__(self, x=0):
        self.x = x


class B(A, metaclass=Deeper, b=2):
    pass


# A metaclass that is an instance of its own base: super() takes it for a class.
try:

    class Own(Meta, metaclass=Meta):
        pass

except TypeError as e:
    print(e)

print(A.kw, B.kw, A.prepared, B.prepared, B.__name__, Meta.count)
print(A(3)[0].x, A(3)[1], B(4)[0], B(4)[1].x, B(4)[2])


# The class that stands behind is exchanged meanwhile.
class First:
    def __new__(cls):
        print("First", cls.__name__)
        return super().__new__(cls)


class Second:
    def __new__(cls):
        print("Second", cls.__name__)
        return object.__new__(cls)


class Last(First):
    def __new__(cls):
        return super().__new__(cls)


for i in range(4):
    Last()
    if i == 1:
        Last.__bases__ = (Second,)
    if i == 2:
        Second.__new__ = staticmethod(lambda cls: object.__new__(cls))
super_was, super = super, lambda: Second
print(type(Last()).__name__)
