# collections.abc and abc: mixins, registration, abstract methods.
from abc import ABC, ABCMeta, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Container, Coroutine, Generator, Hashable, ItemsView, Iterable, Iterator, KeysView, Mapping, MutableMapping, MutableSequence, MutableSet, Reversible, Sequence, Set, Sized

for o in ([], (), {}, set(), "s", b"b", range(1), iter([]), (x for x in []), 5, len, {}.keys(), {}.items(), frozenset(), bytearray()):
    print(type(o).__name__, [k.__name__ for k in (Callable, Collection, Container, Generator, Hashable, Iterable, Iterator, Mapping, MutableMapping, MutableSequence, MutableSet, Reversible, Sequence, Set, Sized, KeysView, ItemsView) if isinstance(o, k)])


class S(Sequence):
    def __init__(self, *v):
        self.v = v

    def __getitem__(self, i):
        return self.v[i]

    def __len__(self):
        return len(self.v)


s = S(1, 2, 3, 2)
print(list(s), 2 in s, s.index(2), s.count(2), list(reversed(s)))
try:
    s.index(9)
except ValueError as e:
    print(type(e).__name__)


class M(MutableMapping):
    def __init__(self):
        self.d = {}

    def __getitem__(self, k):
        return self.d[k]

    def __setitem__(self, k, v):
        self.d[k] = v

    def __delitem__(self, k):
        del self.d[k]

    def __iter__(self):
        return iter(self.d)

    def __len__(self):
        return len(self.d)


m = M()
m["a"] = 1
m.update(b=2, c=3)
print(m.get("a"), m.pop("b"), m.setdefault("z", 9), sorted(m.items()), list(m.keys()), list(m.values()), m == {"a": 1, "c": 3, "z": 9}, "a" in m, m.popitem())
m.clear()
print(len(m), m.get("q", 5))


class Bag(MutableSet):
    def __init__(self, it=()):
        self.s = list(dict.fromkeys(it))

    def __contains__(self, x):
        return x in self.s

    def __iter__(self):
        return iter(self.s)

    def __len__(self):
        return len(self.s)

    def add(self, x):
        if x not in self.s:
            self.s.append(x)

    def discard(self, x):
        if x in self.s:
            self.s.remove(x)


b = Bag([1, 2, 3])
b |= [4]
b -= [1]
print(sorted(b & [2, 9]), sorted(b | Bag([7])), b <= {2, 3, 4}, b == {2, 3, 4}, b.isdisjoint([5]), sorted(b ^ {2, 8}), b.pop())


class A(ABC):
    @abstractmethod
    def f(self): ...

    @property
    @abstractmethod
    def p(self): ...

    @classmethod
    @abstractmethod
    def c(cls): ...


for cls in (A, type("B", (A,), {"f": lambda s: 1}), type("C", (A,), {"f": 1, "p": 2, "c": 3})):
    try:
        print(type(cls()).__name__)
    except TypeError as e:
        print(e)
print(sorted(A.__abstractmethods__), isinstance(A, ABCMeta))


class Reg:
    pass


A.register(Reg)
print(isinstance(Reg(), A), issubclass(Reg, A), Reg.__mro__[1:] == (object,))


class Duck(ABC):
    @classmethod
    def __subclasshook__(cls, c):
        return True if any("quack" in k.__dict__ for k in c.__mro__) else NotImplemented


class D:
    def quack(self): ...


print(isinstance(D(), Duck), isinstance(5, Duck))
try:
    A.register(5)
except TypeError as e:
    print(e)
try:
    Sized()
except TypeError as e:
    print(e)
print(issubclass(dict, Mapping), issubclass(list, Hashable), issubclass(int, Hashable), Iterable[int], Callable[[int], str], Mapping[str, int])
