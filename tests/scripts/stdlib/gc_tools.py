# What tools that look through the heap see: referents of any object, and no object that is dead.
import functools
import gc


class Plain:
    pass


class Slots:
    __slots__ = ('kept',)


def kinds(*objs):
    return sorted({type(x).__name__ for x in gc.get_referents(*objs)})


def holds(holder, wanted):
    return any(x is wanted for x in gc.get_referents(holder))


kept = ['something that is kept']
plain, slots = Plain(), Slots()
plain.kept = slots.kept = kept
print(gc.get_referents(plain) == [kept, Plain], gc.get_referents(slots) == [kept, Slots])


def closure():
    inner = kept
    return lambda: inner


print(holds(closure().__closure__[0], kept), holds(closure(), closure.__globals__))
arguments = functools.partial(print, kept)
print(any(holds(x, kept) for x in gc.get_referents(arguments)), holds(functools.partial(closure), closure))
print(holds(iter(kept), kept), holds(kept.append, kept), holds(slice(kept), kept))
print(holds(property(closure), closure), holds(staticmethod(closure), closure))


async def agen():
    yield 1


async def drive():
    g = agen()
    step = g.asend(None)
    print('of asend:', holds(step, g))
    print(await step)
    step = g.athrow(ValueError)
    print('of athrow:', holds(step, g))
    step.close()
    await g.aclose()


try:
    drive().send(None)
except StopIteration:
    pass


def generator():
    mine = [kept]
    yield mine


g = generator()
print(holds(g, next(g)))
print(gc.get_referents({'a': 1}, [2], (3,), {4}), gc.get_referents({'a': 1, 2: 3}))
print(gc.get_referents(1, None, 'text of some length', b'bytes of some length', 1.5))
print(kinds(ValueError(kept)))


def objects_after(n):
    for _ in range(n):
        [[], [[]]]
    return len(gc.get_objects())


objects_after(10)
counts = [objects_after(1000) for _ in range(10)]
print(max(counts) - min(counts) < 500)
mine = Plain()
mine.list = [kept]
print(any(x is mine for x in gc.get_objects()), any(x is mine.list for x in gc.get_referrers(kept)))
