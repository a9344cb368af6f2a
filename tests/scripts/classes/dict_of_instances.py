# An instance's __dict__ may be an instance of a subclass of dict, and stays that object.
import copy
import functools
import pickle
import threading
from collections import Counter, OrderedDict, defaultdict


class D(dict):
    pass


class A:
    pass


class Magic(dict):
    """What attributes use is the dict below, not its overridden methods."""

    def __getitem__(self, k):
        return 'magic'

    def __missing__(self, k):
        return 'missing'

    def __setitem__(self, k, v):
        print('set', k)
        super().__setitem__(k, v)

    def __contains__(self, k):
        return True


class X(Exception):
    pass


class Bunch(dict):
    def __init__(self, *args, **keywords):
        super().__init__(*args, **keywords)
        self.__dict__ = self


def f():
    pass


def show(o, d, name):
    o.__dict__ = d
    print(type(o).__name__, type(d).__name__, o.__dict__ is d, vars(o) is d, getattr(o, name, 'none'))
    o.added = 1
    print(dict.get(d, 'added'), hasattr(o, 'nope'))
    d['stored'] = 2
    print(o.stored)
    del o.added
    print(dict.__contains__(d, 'added'), sorted(dict.keys(d)))


for make in (dict, D, Magic, Counter, lambda **k: defaultdict(int, **k)):
    for o in (A(), X(), f, functools.partial(f), staticmethod(f)):
        show(o, make(z=3), 'z')

a, b, d = A(), A(), D(z=3)
a.x, a.y = 1, 2
a.__dict__ = b.__dict__ = d
b.k = 1
print(a.k, hasattr(a, 'x'), a.__dict__ is b.__dict__ is d)
a.__dict__ = plain = {}
print(a.__dict__ is plain, b.k)
del b.__dict__
print(b.__dict__, d)
for wrong in (3, [], None):
    try:
        a.__dict__ = wrong
    except TypeError as e:
        print(e)
o = OrderedDict(a=1, b=2)
a.__dict__ = o
print(a.__dict__ is o, a.a)

b = Bunch(a=1)
b.c = 3
print(b, b['c'], b.a, b.__dict__ is b)
b['e'] = 9
print(b.e)
del b['a']
print(hasattr(b, 'a'), copy.copy(b))

# The state that is copied and pickled is that object, too.
a = A()
a.__dict__ = D(p=1)
print(type(a.__reduce_ex__(2)[2]), type(a.__getstate__()))
print(pickle.loads(pickle.dumps(a)).p, copy.deepcopy(a).p)

# Shared with other threads.
a.__dict__ = D(n=0)
lock = threading.Lock()


def work():
    for _ in range(1000):
        with lock:
            a.n += 1


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(a.n, type(a.__dict__) is D)
