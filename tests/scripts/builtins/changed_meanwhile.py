"""Iterators that user code changes while they work, lengths that fail, groups that remember what they were given."""
import builtins
import collections


class BadLen:
    def __iter__(self):
        return iter(range(3))

    def __len__(self):
        raise RuntimeError("length")


class BadHint:
    def __iter__(self):
        return iter(range(3))

    def __length_hint__(self):
        raise RuntimeError("hint")


for make in (BadLen, BadHint):
    for use in (list, [].extend, bytearray().extend):
        try:
            use(make())
            print("fine")
        except RuntimeError as e:
            print(e)


def spam():
    if not spam.inside:
        spam.inside = True
        list(spam.iterator)
        return 1
    return 2


spam.inside = False
spam.iterator = iter(spam, 2)
print(list(spam.iterator))

queue = collections.deque([ValueError(1), TypeError(2)])
group = ExceptionGroup("g", queue)
print(repr(group))
queue.clear()
print(repr(group), group.args)


class Multi:
    def keys(self):
        return ["x", "x"]

    def __getitem__(self, key):
        return 1


def g(**kw):
    return kw


class C:
    __class_getitem__ = None


class Sync:
    def __enter__(self): pass
    def __exit__(self, *args): pass


async def wrong():
    async with Sync():
        pass


def attempt(f):
    try:
        print(f())
    except TypeError as e:
        print(e)


attempt(lambda: g(**Multi()))
attempt(lambda: C[int])
attempt(lambda: wrong().send(None))
print(range(10)[::2**70], range(2**100)[-5::-2**80], range(2**100)[:7])


class Mine:
    def __iter__(self):
        return self

    def __next__(self):
        return 42

    def close(self):
        print(gen.gi_running)
        try:
            next(gen)
        except ValueError as e:
            print(e)


def outer():
    yield from Mine()


gen = outer()
next(gen)
gen.close()


def plain(): pass
def generator(): yield


import warnings

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    plain.__code__ = generator.__code__
print([str(w.message) for w in seen])

limited = {"__builtins__": {"len": len}}
exec("def f(): return len('abc')", limited)
other = {}
exec("", other)
print(limited["f"](), limited["f"].__builtins__ is limited["__builtins__"], type(other["__builtins__"]).__name__)


class Key:
    iterator = ()

    def __hash__(self):
        return hash("iter")

    def __eq__(self, other):
        list(self.iterator)
        return other == "iter"


original = iter
iterators = [iter("xyz"), iter([1, 2]), iter((1, 2)), iter(tuple[int]), iter(lambda: 0, 0), iter(b"ab")]
results = []
del builtins.__dict__["iter"]
builtins.__dict__[Key()] = original
for Key.iterator in iterators:
    results.append(Key.iterator.__reduce__())
Key.iterator = ()
del builtins.__dict__["iter"]
builtins.iter = original
print([(found[0] is original, found[1:]) for found in results])
