# copy and weakref.
import copy
import gc
import weakref


class Node:
    def __init__(self, v):
        self.v = v
        self.link = None


a = [1, [2, 3], {"k": [4]}, (5, [6])]
b, c = copy.copy(a), copy.deepcopy(a)
a[1].append(99)
print(b[1], c[1], b is a, copy.copy((1, 2)), copy.copy(5) == 5, copy.deepcopy("s"))
loop = [1]
loop.append(loop)
d = copy.deepcopy(loop)
print(d[1] is d, d is not loop)
n = Node([1])
n.link = n
m = copy.deepcopy(n)
print(m.link is m, m.v == n.v, m.v is n.v, copy.copy(n).v is n.v)


class Custom:
    def __init__(self, x):
        self.x = x

    def __copy__(self):
        return Custom(("copied", self.x))

    def __deepcopy__(self, memo):
        return Custom(("deep", copy.deepcopy(self.x, memo)))


print(copy.copy(Custom(1)).x, copy.deepcopy([Custom(1)])[0].x)


class Reduce:
    def __init__(self, a):
        self.a = a

    def __reduce__(self):
        return (Reduce, (self.a + 1,))


class State:
    def __init__(self):
        self.a, self.b = 1, 2

    def __getstate__(self):
        return {"a": self.a}

    def __setstate__(self, s):
        self.__dict__.update(s)
        self.restored = True


print(copy.copy(Reduce(1)).a, vars(copy.copy(State())), copy.deepcopy({1: {2: [3]}}), copy.copy({1, 2}), copy.deepcopy(print) is print, copy.copy(bytearray(b"x")))
try:
    copy.copy((x for x in []))
except TypeError as e:
    print(e)
shared = [1]
x = copy.deepcopy([shared, shared])
print(x[0] is x[1])
n = Node(1)
r = weakref.ref(n)
print(r() is n, r() is not None, weakref.getweakrefcount(n), weakref.ref(n) is r, type(r).__name__)
dead = []
r2 = weakref.ref(n, lambda ref: dead.append("callback"))
p = weakref.proxy(n)
print(p.v, p.link)
p.v = 5
print(n.v, r == weakref.ref(n), hash(r) == hash(n))
del n, m
gc.collect()
print(r(), dead)
try:
    p.v
except ReferenceError as e:
    print(e)
for o in (5, "s", [], {}, (), None, object()):
    try:
        weakref.ref(o)
        print("ok")
    except TypeError as e:
        print(e)
k = Node("key")
wk = weakref.WeakKeyDictionary({k: "value"})
wv = weakref.WeakValueDictionary()
wv["k"] = k
ws = weakref.WeakSet([k])
print(len(wk), wk[k], wv["k"] is k, k in ws, len(ws), list(wv.keys()), list(wk.values()))
del k
gc.collect()
print(len(wk), len(wv), len(ws), wv.get("k"), list(ws))


class M:
    def method(self):
        return "method"


o = M()
wm = weakref.WeakMethod(o.method)
print(wm()())
fin = []
f = weakref.finalize(o, fin.append, "finalized")
print(f.alive)
del o
gc.collect()
print(wm(), fin, f.alive)
o = M()
f = weakref.finalize(o, fin.append, "by hand")
f()
print(fin, f.alive, f())


class Slots:
    __slots__ = ("a",)


try:
    weakref.ref(Slots())
except TypeError as e:
    print(e)


class SlotsW:
    __slots__ = ("a", "__weakref__")


s = SlotsW()
print(weakref.ref(s)() is s)


class Sub(weakref.ref):
    pass


print(Sub(s)() is s, Sub(s) is Sub(s), isinstance(Sub(s), weakref.ref))
f = lambda: 1
print(weakref.ref(f)() is f, weakref.ref(M)() is M, weakref.ref({1}.__class__)() is set)
