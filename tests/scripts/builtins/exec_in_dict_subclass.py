# Subclasses of dict as globals, locals and builtins: which of their methods code asks.
import types
log=[]
class D(dict):
    def __getitem__(s,k): log.append(('get',k)); return super().__getitem__(k)
    def __setitem__(s,k,v): log.append(('set',k)); super().__setitem__(k,v)
    def __delitem__(s,k): log.append(('del',k)); super().__delitem__(k)
    def __missing__(s,k): log.append(('missing',k)); 
    def get(s,k,d=None): log.append(('.get',k)); return super().get(k,d)
    def __contains__(s,k): log.append(('in',k)); return super().__contains__(k)
class M(dict):
    def __missing__(s,k): log.append(('missing',k)); return 'M'+k
class G(dict):
    def __getitem__(s,k): log.append(('get',k)); return 'G'
def run(src, g, l=None, mode='exec'):
    log.clear()
    try:
        c=compile(src,'f',mode)
        r=(eval if mode=='eval' else exec)(c, *([g] if l is None else [g,l]))
    except BaseException as e: r=repr(e)
    print(type(g).__name__, None if l is None else type(l).__name__, repr(src), r, log, sorted(k for k in g if k!='__builtins__'), sorted(l) if isinstance(l, dict) else '')
srcs=['x','x=1','len','del x','x=1;del x','global y\ny=2\ny','def f(): return x\nf()','def f(): return zz\nf()','def f():\n global q\n q=1\nf()','def f():\n global q\n q=1\n del q\nf()','class A:\n z=x','class A:\n def f(self): return x\nA().f()','[x for _ in [1]]','lambda: x','(lambda: x)()','import os','from os import path','from keyword import *','print(len)','x+=1','for x in [1]: pass','def f(): return len\nf()','def f(): return [x for i in [1]]\nf()','def f():\n class A: y=x\nf()','x: int=3','try: 1/0\nexcept Exception as e: pass','global x\ndel x','def f(a=x): pass','@x\ndef f(): pass','type T = x','__name__','def f(): pass\nf.__module__','class A: pass\nA.__module__', 'def f(): return f\nf()()','def g(): yield x\nlist(g())','__import__','f"{x}"','def f(): return __build_class__\nf()','def f():\n assert x, 1\nf()', 'def f(): raise NotDefined\nf()']
for s in srcs:
    for g in (D(), M(), G(), D(x=3), M(x=3), G(x=3)):
        run(s, g)
        run(s, g.__class__(g), {})
    for l in (D(), M(), G(), D(x=3), M(x=3), G(x=3)):
        run(s, {}, l)
    run(s,D(x=3),D(x=4))
    run(s,M(),M())
for s in ['x','len','(lambda: x)()','[x for _ in [1]]','[i for i in [1] if x]']:
    for g in (D(), M(), G(), D(x=3)):
        run(s,g,mode='eval'); run(s,{},g,mode='eval')
for C in D,M,G:
    g=C(x=1); g['__builtins__']=__builtins__
    f=types.FunctionType(compile('def f():\n return x,y\n','f','exec').co_consts[0], g)
    log.clear()
    try: print(C, f(), log)
    except BaseException as e: print(C, repr(e), log)
    b=C({'len':5}); log.clear()
    try: print(eval('len', {'__builtins__': b}), log)
    except BaseException as e: print(repr(e), log)
    log.clear()
    try: print(eval('abc', {'__builtins__': b}), log)
    except BaseException as e: print(repr(e), log)
    try: print(eval('(lambda: (len,abc))()', {'__builtins__': b}), log)
    except BaseException as e: print(repr(e), log)
