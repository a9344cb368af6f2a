# Classes and plain instances are keys by identity, until somebody says otherwise.
import threading
from dataclasses import dataclass


class M(type):
    pass


class N(type):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 7


class A: ...
class B(metaclass=M): ...
class C(metaclass=N): ...
class D(metaclass=N): ...


for t in (int, A, B, C, type, object, ValueError):
    assert hash(t) == (7 if t is C else object.__hash__(t)), t
d = {A: 1, B: 2, C: 3, int: 5}
print(d[A], d[D], d[int], d.get(str), A == B, A == C, C == A, A != int, A != A, d.keys() == {A, B, C, int})


class Any:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(A)


print({A: 1}[Any()], A == Any(), Any() == A, Any() in [A], A in [Any()])
try:
    A < B
except TypeError as e:
    print(e)


# Instances of plain classes.
class Plain: ...
class Slotted:
    __slots__ = ("x",)
class Failure(Exception): ...


for kind in (Plain, Slotted, Failure):
    objects = [kind() for _ in range(50)] + [kind.__new__(kind) for _ in range(3)]
    table = {o: i for i, o in enumerate(objects)}
    assert [table[o] for o in objects] == list(range(53)) and len(set(objects)) == 53
    assert all(hash(o) == object.__hash__(o) for o in objects)
    assert kind() not in table and table.get(kind()) is None and objects.index(objects[40]) == 40
    assert not any(o == other for o in objects for other in (1, "a", None, (), A, [], 1.5)) and 5 not in table
    del table[objects[3]]
    assert objects[3] not in table and objects.count(objects[3]) == 1
print("found by identity")


class Equal:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(plain)


plain = Plain()
print({plain: 1}[Equal()], {Equal(): 2}[plain], plain in [Equal()], [plain].count(Equal()), (plain, 1) == (Equal(), 1))


# A class that says so later, before and after there are instances; by inheritance; by another class.
@dataclass(frozen=True)
class Point:
    x: int


print({Point(1): "p"}[Point(1)], len({Point(1), Point(1)}))


class Base: ...
class Derived(Base): ...


one, two = Derived(), Derived()
print({one: 1}.get(two), one in {two}, one in [two])
Base.__eq__ = lambda self, other: isinstance(other, Base)
Base.__hash__ = lambda self: 11
print({one: 1}.get(two), one in {two}, one in [two], hash(one), hash(Derived()))
del Base.__eq__, Base.__hash__
print({one: 1}.get(two), one in {two}, one in [two], hash(one) == object.__hash__(one))


class Unhashable:
    __hash__ = None


class Other: ...


o = Other()
d = {o: 1}
o.__class__ = Derived
print(d[o])
for bad in (Unhashable(), [], {}):
    try:
        {bad}
    except TypeError as e:
        print(e)
Other.__hash__ = None
try:
    {Other()}
except TypeError as e:
    print(e)


# In threads, while a class changes its mind.
class Changes: ...


class Sub(Changes): ...


def look(out):
    objects = [Sub() for _ in range(200)]
    for _ in range(50):
        made = set(objects)
        out.append(len(made) in range(1, 201))


out = []
threads = [threading.Thread(target=look, args=(out,)) for _ in range(3)]
for t in threads:
    t.start()
Changes.__eq__ = lambda self, other: True
Changes.__hash__ = lambda self: 1
for t in threads:
    t.join()
print(len(out), all(out), len({Sub() for _ in range(9)}), len({Changes(), Sub()}))
