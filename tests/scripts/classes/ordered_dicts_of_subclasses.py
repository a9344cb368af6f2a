"""An OrderedDict is filled through the `__setitem__` of its class, as any mutable mapping is."""

from collections import OrderedDict
class A(OrderedDict):
    def __setitem__(s,k,v): print('set',k); super().__setitem__(k,v)
    def __getitem__(s,k): print('get',k); return super().__getitem__(k)
    def __delitem__(s,k): print('del',k); return super().__delitem__(k)
    def __contains__(s,k): print('in',k); return super().__contains__(k)
    def __missing__(s,k): print('missing',k); return 77
a=A([(1,2)]); A(x=1); a.update({5:6}); a.update([(7,8)]); a|={9:9}; print(a.setdefault(11,1)); print(a.setdefault(11,1)); A.fromkeys([1])
print('pop'); print(a.pop(1)); print(a.pop(1,5))
try: a.pop(1)
except KeyError as e: print('KeyError', e)
print(a.popitem()); print(a.popitem(last=False)); a.move_to_end(7)
b=a|{3:4}; print(list(b)); c={3:4}|a; print(type(c)); a.clear(); print(a==OrderedDict())
class K:
    def keys(self): return iter([1,2])
    def __getitem__(self,k): return k*2
a.update(K(), z=3)
class I:
    def items(self): return [(5,6)]
a.update(I())
class M(dict): 
    def __getitem__(s,k): return 'mine'
a.update(M(q=1)); print(dict.__repr__(a))
for bad in (5, [1], [(1,2,3)], [(1,)], ['ab', 'c'], None, ['abc']):
    for f in (a.update, A, a.__ior__, OrderedDict, OrderedDict().update, OrderedDict().__ior__):
        try: f(bad); print('ok')
        except Exception as e: print(type(e).__name__, e)
for args in ((1,2),(1,2,3)):
  for f in (a.update, A, OrderedDict, OrderedDict().update):
    try: f(*args)
    except Exception as e: print(type(e).__name__, e)
try: OrderedDict.__init__()
except TypeError as e: print(e)
o=OrderedDict(self=1, other=2, d=3); o.update(self=5, iterable=6); print(o)
class B(OrderedDict):
    def update(self,*a,**k): print('update!'); super().update(*a,**k)
B([(1,2)])
class C(OrderedDict):
    def keys(self): print('keys'); return ['a']
    def __getitem__(self,k): return k
o.update(C()); print(o)
o.update(o); print(len(o))
class D(OrderedDict):
    def __init__(self, *a, **k):
        self.n = 0
        super().__init__(*a, **k)
    def __setitem__(self, k, v):
        self.n += 1
        OrderedDict.__setitem__(self, k.lower(), v)
import copy, pickle
d=D({'A':1,'B':2}); print(d, d.n, copy.copy(d), copy.deepcopy(d))
