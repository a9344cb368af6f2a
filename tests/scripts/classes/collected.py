"""Classes nobody can reach any more are collected; an instance keeps its class alive."""

import gc
import threading
import weakref


def make(n):
    """Weak references to `n` classes, and an instance of each."""
    refs, instances = [], []
    for i in range(n):

        class Base:
            def __init__(self):
                self.number = i

        class Derived(Base):
            __slots__ = ()

            def double(self):
                return self.number * 2

        refs.append(weakref.ref(Derived))
        instances.append(Derived())
    return refs, instances


def alive(refs):
    gc.collect()
    gc.collect()
    return sum(r() is not None for r in refs)


def check():
    refs, instances = make(100)
    print("with instances:", alive(refs))
    print([type(o).__name__ for o in instances[:2]], [o.double() for o in instances[:4]])
    kept = instances[7]
    del instances[:]
    # A stale word on a stack may keep one or another.
    left = alive(refs)
    print("most are gone:", left < 10, "the kept one:", kept.double(), type(kept).__mro__[1].__name__)
    kept.more = 1
    type(kept).triple = lambda self: self.number * 3
    print(kept.triple(), kept.more, refs[7]() is type(kept))


check()
thread = threading.Thread(target=check)
thread.start()
thread.join()
check()

# The class of what a finalizer brings back lives.
back = []


def resurrect():
    class Phoenix:
        def __del__(self):
            back.append(self)

        def name(self):
            return type(self).__name__

    for _ in range(20):
        Phoenix()


resurrect()
gc.collect()
gc.collect()
print(len(back) > 15, {o.name() for o in back})


# What a `try` or `with` block does not use any more dies within it. (A second call of the same form writes over what the native
# stack, which is searched word by word, holds of the first.)
class Held:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass


def dies_in_try():
    o = Held()
    ref = weakref.ref(o)
    str(o)
    str(len)
    del o
    try:
        gc.collect()
        return ref() is None
    finally:
        pass


def dies_in_with():
    o = Held()
    ref = weakref.ref(o)
    str(o)
    str(len)
    del o
    with Held():
        gc.collect()
        return ref() is None


def dies_in_except():
    o = Held()
    ref = weakref.ref(o)
    str(o)
    str(len)
    del o
    try:
        gc.collect()
        raise ValueError(ref() is None)
    except ValueError as e:
        return e.args[0]


for f in dies_in_try, dies_in_with, dies_in_except:
    print(f.__name__, sum(f() for _ in range(20)) > 15)
