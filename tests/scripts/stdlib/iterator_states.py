# Iterators of arrays and deques that are made, copied and pickled; readers and groups that are advanced from inside.
import array
import collections
import copy
import csv
import functools
import io
import itertools
import pickle
import sys
import warnings

a = array.array("i", [1, 2, 3])
it = iter(a)
next(it)
print(it.__reduce__(), list(copy.copy(it)))
it2, a2 = pickle.loads(pickle.dumps((it, a)))
a2.append(4)
print(list(it2), list(it), it.__reduce__())
it.__setstate__(0)
print(list(it))
it = iter(a)
it.__setstate__(-5)
print(list(it))
try:
    iter(a).__setstate__("x")
except TypeError as e:
    print(e)
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    array.array("u")
    print(seen[0].message)
print(array._array_reconstructor(array.array, "w", 18, "ab\U0001030a".encode("utf-16-le")))
try:
    a.__imul__("bad")
except TypeError as e:
    print(e)

d = collections.deque("abcd")
it = iter(d)
next(it)
print(it.__reduce__()[1], list(type(it)(d)), list(type(it)(d, 2)), list(type(reversed(d))(d)))
it2, d2 = pickle.loads(pickle.dumps((it, d)))
d2[3] = "z"
print(list(it2))
try:
    type(it)([])
except TypeError as e:
    print(e)


class D(collections.deque):
    pass


print(D("abc", maxlen=sys.maxsize).copy().maxlen == sys.maxsize, D("abc", 2).copy())


class Lines:
    n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n == 1:
            next(reader)
            return "a,b"
        if self.n < 4:
            return "x"
        raise StopIteration


reader = csv.reader(Lines())
try:
    print(next(reader))
except csv.Error as e:
    print(e)
print(next(reader))


class Key:
    __hash__ = None

    def __init__(self, advance):
        self.advance = advance

    def __eq__(self, other):
        if self.advance:
            self.advance = False
            next(group, None)
            return NotImplemented
        return True


g = itertools.groupby(range(4), lambda v: Key(v == 0))
key, group = next(g)
print(list(group), list(itertools.islice(itertools.count(), 1, 10, sys.maxsize)))

p = functools.partial(print)
p.x = 1
p.__setstate__((print, (1,), {}, None))
print(p.__dict__, functools.cmp_to_key(lambda a, b: 0)(1).__text_signature__)
for state in (print, (), {}, ()), (print, (), {}, "x"), (print, (), []):
    try:
        p.__setstate__(state)
    except TypeError as e:
        print(e)
try:
    del p.__dict__
except TypeError as e:
    print(e)
for stream, states in (
    (io.BytesIO(), [(b"ab", -1, None), (b"ab", 0.0, None), (b"ab", 0, 0), (b"ab", 1, {"x": 2})]),
    (io.StringIO(), [("ab", "", -1, None), ("ab", "", 0.0, None), ("ab", "", 0, 0), ("ab", "", 1, {"x": 2})]),
):
    for state in states:
        try:
            stream.__setstate__(state)
            print(stream.tell(), stream.x, stream.getvalue())
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e)
import time

t = time.gmtime(0)
try:
    t.tm_zone = "x"
except AttributeError as e:
    print(e)
type(t).extra = 3
print(t.extra)
try:
    type(sys.version_info).extra = 3
except TypeError as e:
    print(e)
