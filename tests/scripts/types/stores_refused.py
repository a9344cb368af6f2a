# What attribute errors of stores and deletions tell beside their text.
class A: pass
class S: __slots__=('foobar',)
class D(dict): pass
a=A(); a.foobar=1
import types, sys
def t(f):
    try: f()
    except AttributeError as e: print(e, e.name, e.obj is None)
t(lambda: delattr(a,'foobaz'))
def d(o):
    del o.foobaz
t(lambda: d(a)); t(lambda: d(S())); t(lambda: d(A)); t(lambda: d(3)); t(lambda: d(D())); t(lambda: d(sys)); t(lambda: d(types.SimpleNamespace(foobar=1))); t(lambda: d(lambda: 0)); t(lambda: d(Exception()))
s=S(); t(lambda: delattr(s,'foobar'));t(lambda: s.foobar)
a.__dict__; t(lambda: d(a))
b=A()
t(lambda: d(b)); b.__dict__; t(lambda: d(b))
def e(o): o.foobaz=1
t(lambda: e(3)); t(lambda: e(S())); t(lambda: e(int)) if 0 else 0
class P:
    @property
    def x(self): pass
    @property
    def y(self): return 1
    y = y.getter(lambda s: 3)
t(lambda: setattr(P(),'x',1)); t(lambda: delattr(P(),'x'))
import functools
class C:
    def m(self): pass
t(lambda: setattr(C().m,'q',1)); t(lambda: delattr(C().m,'q')); t(lambda: setattr(len,'q',1)); t(lambda: delattr(len,'__name__')); t(lambda: setattr(len,'__name__',1)); t(lambda: setattr((lambda:0),'__closure__',1)); t(lambda: delattr((lambda:0),'__name__') ) if 0 else 0
t(lambda: setattr(3,'real',1)); t(lambda: setattr(slice(1),'start',1)); t(lambda: setattr(range(1),'start',1)); t(lambda: delattr(range(1),'start')); t(lambda: setattr(object(),'__class__',int)) if 0 else 0; t(lambda: delattr(object(),'__class__')) if 0 else 0
t(lambda: setattr(compile('1','','eval'),'co_name',1)); t(lambda: setattr((x for x in ()),'gi_frame',1)); t(lambda: delattr(Exception(),'args')) if 0 else 0; t(lambda: setattr(object(), 'a', 1)); t(lambda: setattr(None,'a',1)); t(lambda: setattr(types.MappingProxyType({}),'a',1))

for f in (lambda: A.__abstractmethods__, lambda: type.__abstractmethods__, lambda: int.__abstractmethods__):
    t(f)
try: del A.__abstractmethods__
except AttributeError as e: print(e.args, e.name)
