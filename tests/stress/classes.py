"""Classes and instances that change while they are used."""

import abc
import gc

from _stress import case, main

T = 4


@case
def method_replaced(run):
    """A call that starts after the replacement returned runs the new method: values never go back."""

    class Base:
        def f(self):
            return 0

    class Leaf(Base):
        pass

    leaf, done = Leaf(), []
    floor = [0]

    def change(rng):
        for i in range(1, run.n(1500)):
            Base.f = lambda self, i=i: i
            floor[0] = i
        done.append(1)

    def call(rng):
        while not done:
            low = floor[0]
            got = leaf.f()
            if got < low:
                run.problem("stale method", got, low)

    run.threads(change, call, call)


@case
def class_attribute_counter(run):
    """C.n = v and C.n: never torn, never back in time."""

    class C:
        n = (0, 0)

    c, done = C(), []

    def write(rng):
        for i in range(run.n(4000)):
            C.n = (i, -i)
        done.append(1)

    def read(rng):
        last = 0
        while not done:
            a, b = c.n
            if a != -b or a < last:
                run.problem("torn or back in time", a, b, last)
            last = a

    run.threads(write, read, read)


@case
def override_comes_and_goes(run):
    """An override in the middle of the hierarchy appears and is deleted."""

    class A:
        def f(self):
            return "A"

    class B(A):
        pass

    class C(B):
        pass

    objects = [A(), B(), C()]

    def change(rng):
        for i in range(run.n(1500)):
            match rng.randrange(4):
                case 0:
                    B.f = lambda self: "B"
                case 1:
                    if "f" in B.__dict__:
                        try:
                            del B.f
                        except AttributeError:
                            pass
                case 2:
                    C.f = lambda self: "C"
                case 3:
                    try:
                        del C.f
                    except AttributeError:
                        pass

    def call(rng):
        for _ in range(run.n(3000)):
            got = [o.f() for o in objects]
            if got[0] != "A" or got[1] not in "AB" or got[2] not in "ABC":
                run.problem(got)

    run.threads(change, change, call, call)


@case
def dunders_come_and_go(run):
    """Special methods added to and removed from a class whose instances are used."""

    class C:
        pass

    c = C()
    makers = {
        "__len__": lambda self: 5,
        "__getitem__": lambda self, i: i,
        "__call__": lambda self: 7,
        "__eq__": lambda self, o: True,
        "__hash__": lambda self: 9,
        "__repr__": lambda self: "C",
        "__add__": lambda self, o: 11,
        "__iter__": lambda self: iter([1]),
        "__bool__": lambda self: True,
        "__getattr__": lambda self, n: n,
        "__setattr__": object.__setattr__,
        "__contains__": lambda self, x: True,
        "__enter__": lambda self: self,
        "__exit__": lambda self, *a: None,
    }

    def change(rng):
        for _ in range(run.n(1000)):
            name = rng.choice(list(makers))
            if rng.randrange(2):
                setattr(C, name, makers[name])
            else:
                try:
                    delattr(C, name)
                except AttributeError:
                    pass

    def enter():
        with c:
            return 1

    uses = [
        (lambda: len(c), {5}),
        (lambda: c[3], {3}),
        (lambda: c(), {7}),
        (lambda: c + 1, {11}),
        (lambda: bool(c), {True}),
        (lambda: c.attr, {"attr"}),
        (enter, {1}),
        (lambda: c == c, {True}),
        (lambda: type(repr(c)), {str}),
        (lambda: type(hash(c)), {int}),
        (lambda: setattr(c, "z", 1), {None}),
    ]

    def use(rng):
        for i in range(run.n(2500)):
            f, good = uses[i % len(uses)]
            try:
                got = f()
            except (TypeError, AttributeError):
                continue
            if got not in good:
                run.problem(i % len(uses), got)

    run.threads(change, use, use, use)


@case
def bases_change(run):
    """__bases__ reassigned under calls, isinstance and super()."""

    class P:
        def f(self):
            return "P"

    class Q:
        def f(self):
            return "Q"

    class Mid(P):
        pass

    class Leaf(Mid):
        def f(self):
            return super().f() + "!"

    leaf = Leaf()

    def change(rng):
        for i in range(run.n(500)):
            Mid.__bases__ = (rng.choice([P, Q]),)

    def call(rng):
        for _ in range(run.n(2000)):
            got = leaf.f()
            if got not in ("P!", "Q!"):
                run.problem(got)
            isinstance(leaf, P), isinstance(leaf, Q), issubclass(Leaf, P), Leaf.__mro__, Leaf.mro(), P.__subclasses__()
            run.check(isinstance(leaf, Mid), "isinstance")

    run.threads(change, change, call, call)


@case
def class_of_an_instance_changes(run):
    """__class__ assigned: each call runs a method of one of the classes, attributes stay."""

    class X:
        tag = "x"

        def f(self):
            return ("X", self.v)

    class Y:
        tag = "y"

        def f(self):
            return ("Y", self.v)

    shared = X()
    shared.v = 5

    def change(rng):
        for i in range(run.n(2000)):
            shared.__class__ = Y if i % 2 else X

    def write(rng):
        for i in range(run.n(2000)):
            shared.v = 5
            setattr(shared, f"a{i % 12}", i)
            if i % 7 == 0:
                try:
                    delattr(shared, f"a{rng.randrange(12)}")
                except AttributeError:
                    pass

    def call(rng):
        for _ in range(run.n(3000)):
            if shared.f() not in (("X", 5), ("Y", 5)) or shared.tag not in "xy":
                run.problem("mixed")
            type(shared), isinstance(shared, X)
            try:
                vars(shared).get("v")
            except TypeError as e:
                # The descriptor of one class met an instance that had become the other's.
                run.check("doesn't apply to" in str(e), e)

    run.threads(change, write, call, call)
    run.check(shared.v == 5, "attribute lost")


@case
def attributes_come_and_go(run):
    """Attributes of one instance set, deleted and read: a value always belongs to its name."""

    class C:
        pass

    shared = C()

    def body(rng):
        for i in range(run.n(3000)):
            k = rng.randrange(25)
            match rng.randrange(3):
                case 0:
                    setattr(shared, f"n{k}", (k, i))
                case 1:
                    try:
                        delattr(shared, f"n{k}")
                    except AttributeError:
                        pass
                case 2:
                    v = getattr(shared, f"n{k}", None)
                    if v is not None and v[0] != k:
                        run.problem("another attribute's value", k, v)

    run.threads(*[body] * T)
    for name, v in vars(shared).items():
        run.check(name == f"n{v[0]}", "mixed at the end", name, v)


@case
def new_attributes_lose_nothing(run):
    """Different threads add different attributes to one instance: all are there."""

    class C:
        pass

    for _ in range(run.n(30)):
        shared = C()

        def body(i):
            def add(rng):
                for k in range(40):
                    setattr(shared, f"a{i}_{k}", (i, k))

            return add

        run.threads(*[body(i) for i in range(T)])
        run.check(len(vars(shared)) == 40 * T, "lost", len(vars(shared)))
        run.check(all(getattr(shared, f"a{i}_{k}") == (i, k) for i in range(T) for k in range(40)), "mixed")


@case
def instance_dict(run):
    """__dict__ used as a dict, replaced, and changed under attribute access."""

    class C:
        pass

    shared = C()
    ops = [
        lambda rng, i: setattr(shared, "x", i),
        lambda rng, i: shared.__dict__.update(y=i),
        lambda rng, i: setattr(shared, "__dict__", {"x": i, "y": i}),
        lambda rng, i: shared.__dict__.pop("y"),
        lambda rng, i: run.check(type(shared.x) is int, "x"),
        lambda rng, i: run.check(type(shared.y) is int, "y"),
        lambda rng, i: (list(shared.__dict__), vars(shared), len(shared.__dict__)),
        lambda rng, i: delattr(shared, "x"),
        lambda rng, i: shared.__dict__.clear(),
        lambda rng, i: shared.__dict__.setdefault("z", i),
        lambda rng, i: (shared.__dict__.copy(), dict(shared.__dict__), repr(shared.__dict__)),
        lambda rng, i: shared.__dict__.__setitem__(i % 9, i),
    ]
    run.conflict(ops, rounds=1500, allowed=(AttributeError, KeyError, RuntimeError))


@case
def subclasses_while_the_base_changes(run):
    """Classes made below one that is changed; __subclasses__ and weak references to dead classes."""

    class Base:
        def f(self):
            return 0

    def make(rng):
        for i in range(run.n(120)):
            c = type(f"C{i}", (Base,), {"g": lambda self, i=i: i})
            o = c()
            run.check(o.g() == i and o.f() >= 0, "subclass")

    def change(rng):
        for i in range(run.n(300)):
            Base.f = lambda self, i=i: i
            setattr(Base, f"attr{i % 10}", i)

    def look(rng):
        for _ in range(run.n(100)):
            for c in Base.__subclasses__():
                run.check(issubclass(c, Base), "subclass list")

    run.threads(make, make, change, look)
    gc.collect()


@case
def abstract_classes(run):
    """ABCs: register, isinstance, issubclass, with their caches."""

    class Shape(abc.ABC):
        @abc.abstractmethod
        def area(self): ...

    def body(rng):
        for i in range(run.n(60)):
            c = type("C", (), {})
            run.check(not isinstance(c(), Shape), "instance before registration")
            Shape.register(c)
            run.check(isinstance(c(), Shape) and issubclass(c, Shape), "registered")
            d = type("D", (Shape,), {"area": lambda self: 1})
            run.check(d().area() == 1, "concrete")
            try:
                Shape()
                run.problem("abstract class made an instance")
            except TypeError:
                pass

    run.threads(*[body] * T)


@case
def first_registrations(run):
    """The first classes that are registered with an ABC, at the same time: each of them counts from then on."""
    shapes = [abc.ABCMeta("Shape", (), {}) for _ in range(run.n(100))]
    reached = [0, 0]

    def body(me):
        def register(rng):
            try:
                for k, shape in enumerate(shapes, 1):
                    c = type("C", (), {})
                    reached[me] = k
                    # To meet in the next line: waiting in the operating system would spread the two.
                    while reached[1 - me] < k:
                        pass
                    shape.register(c)
                    run.check(issubclass(c, shape) and isinstance(c(), shape), "registered")
            finally:
                reached[me] = len(shapes)

        return register

    run.threads(body(0), body(1))
    for shape in shapes:
        run.check(not issubclass(int, shape), "never registered")


@case
def metaclass_and_init_subclass(run):
    """Class creation with hooks, on all threads at once."""
    made = []

    class Meta(type):
        def __new__(m, name, bases, ns, **kw):
            return super().__new__(m, name, bases, ns)

        def __call__(cls, *a):
            return super().__call__(*a)

    class Root(metaclass=Meta):
        def __init_subclass__(cls, **kw):
            made.append(cls.__name__)

    n = run.n(60)

    def body(i):
        def make(rng):
            for k in range(n):

                class New(Root):
                    __slots__ = ("a", "b")

                    def __init__(self):
                        self.a = k

                New.__name__ = f"N{i}_{k}"
                run.check(New().a == k, "instance")

        return make

    run.threads(*[body(i) for i in range(T)])
    run.check(len(made) == n * T, "init_subclass", len(made))


@case
def slots(run):
    """Slots set, deleted and read."""

    class S:
        __slots__ = ("a", "b", "__weakref__")

    s = S()
    ops = [
        lambda rng, i: setattr(s, "a", ("a", i)),
        lambda rng, i: setattr(s, "b", ("b", i)),
        lambda rng, i: delattr(s, "a"),
        lambda rng, i: run.check(s.a[0] == "a", "a"),
        lambda rng, i: run.check(s.b[0] == "b", "b"),
    ]
    run.conflict(ops, rounds=2000, allowed=(AttributeError,))


main()
