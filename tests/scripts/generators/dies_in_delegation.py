# A generator that dies while it delegates closes what it delegates to, however little it does itself.
import gc


class Closing:
    def __init__(self, name):
        self.name = name

    def __iter__(self):
        return self

    def __next__(self):
        return self.name

    def close(self):
        print("close", self.name)


class Plain:
    def __iter__(self):
        return self

    def __next__(self):
        return 1


class Late(Plain):
    def __getattr__(self, name):
        print("asked for", name)
        raise AttributeError(name)


def inner():
    try:
        yield 1
        yield 2
    finally:
        print("inner ends")


def delegates(to):
    yield from to


def twice(a, b):
    yield from a
    yield from b


def deep(n, to):
    yield from (deep(n - 1, to) if n else to)


def dies(make):
    g = make()
    next(g)
    del g
    gc.collect()
    print("--")


dies(lambda: delegates(Closing("a")))
dies(lambda: delegates(inner()))
dies(lambda: delegates([1, 2]))
dies(lambda: delegates(Plain()))
dies(lambda: delegates(Late()))
dies(lambda: twice([], Closing("b")))
dies(lambda: twice(iter(()), inner()))
dies(lambda: deep(5, Closing("c")))
dies(lambda: deep(5, inner()))

# What it delegated to before is left alone.
g = twice(Closing("d"), [1])
next(g)
g.close()
print("--")


def once(*items):
    for item in items:
        yield from item


g = once([1], "ab", range(2), {3: 4}, (x for x in [5]), Closing("e"))
print([next(g) for _ in range(8)])
del g
gc.collect()
for x in delegates(inner()):
    print(x)
    break
gc.collect()
print("end")
