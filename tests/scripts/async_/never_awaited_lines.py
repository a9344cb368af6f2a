"""A coroutine that was never awaited: the warning names the line that made and dropped it, whenever that is found out."""

import asyncio
import gc
import sys
import warnings


async def never(*args, **kwargs):
    return args


class Thing:
    async def method(self):
        pass

    async def __call__(self):
        pass


def plain():
    never()


def with_arguments():
    never(1,
          2,
          key=3)


def of_object():
    thing = Thing()
    thing.method()
    thing()


def nested():
    [never(i) for i in range(2)]


def through_native():
    list(map(never, [1]))


async def inside():
    never()
    await asyncio.sleep(0)


def in_coroutine():
    asyncio.run(inside())


def with_origin():
    sys.set_coroutine_origin_tracking_depth(1)
    never()
    sys.set_coroutine_origin_tracking_depth(0)


def run(case, seen, n):
    case()
    for _ in range(100):
        gc.collect()
        if len(seen) >= n:
            break


for case, n in (plain, 1), (with_arguments, 1), (of_object, 2), (nested, 2), (in_coroutine, 1):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run(case, caught, n)
    first = case.__code__.co_firstlineno if case is not in_coroutine else inside.__code__.co_firstlineno
    print(case.__name__, [(str(w.message), w.category.__name__, w.lineno - first, w.filename == __file__) for w in sorted(caught, key=lambda w: w.lineno)])

for case in through_native, with_origin:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run(case, caught, 1)
    print(case.__name__, len(caught), "Coroutine created at" in str(caught[0].message))

# What takes the place of the library's function is asked instead.
library, seen = warnings._warn_unawaited_coroutine, []
warnings._warn_unawaited_coroutine = lambda coroutine: seen.append(coroutine.__qualname__)
run(plain, seen, 1)
warnings._warn_unawaited_coroutine = library
print(seen)

for depth in -1, "x", 2:
    try:
        sys.set_coroutine_origin_tracking_depth(depth)
        coroutine = never()
        print(sys.get_coroutine_origin_tracking_depth(), [name for *_, name in coroutine.cr_origin])
        coroutine.close()
    except (OverflowError, TypeError, ValueError) as e:
        print(type(e).__name__, e)
