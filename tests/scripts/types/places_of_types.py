# Which types have places for weak references and a dict, and what classes made of them add.
import weakref
class E(Exception): pass
print('__weakref__' in E.__dict__, '__dict__' in E.__dict__)
class F(Exception):
    __slots__=('__weakref__','a')
print(sorted(k for k in F.__dict__))
for base in (int, str, bytes, tuple, list, dict, set, frozenset, float, complex, Exception, OSError, BaseExceptionGroup, object, type, bytearray, memoryview, property, staticmethod, classmethod, type(lambda:0), type(print), range, slice, super, enumerate, zip, map, filter, reversed):
    r=[]
    for body in ({}, {'__slots__':()}, {'__slots__':('__weakref__',)}, {'__slots__':('__dict__',)}, {'__slots__':('__dict__','__weakref__')}, {'__slots__':('a',)}, {'__slots__':('a','__weakref__')}):
        try:
            c=type(base)('C',(base,),dict(body))
            r.append((sorted(k for k in c.__dict__ if k in ('__weakref__','__dict__','a')), c.__weakrefoffset__!=0, c.__dictoffset__!=0))
        except TypeError as e:
            r.append(str(e))
    print(base.__name__, base.__weakrefoffset__!=0, base.__dictoffset__!=0, *r, sep='\n   ')
class M: pass
class E2(Exception, M): pass
class T(tuple, M): __slots__=()
class I(int, M): pass
class S(M, Exception): __slots__=()
class D:
    __slots__=('__dict__',)
class W:
    __slots__=('__weakref__',)
class DW(D, W): __slots__=()
class DW2(D, W): pass
class LW(list, W, D): __slots__=()
for c in (E2,T,I,S,DW,DW2,LW):
    print(c.__name__, sorted(k for k in c.__dict__ if k in('__dict__','__weakref__')), c.__weakrefoffset__!=0, c.__dictoffset__!=0)
    try: weakref.ref(c()); print('ref')
    except TypeError as e: print(e)
    try: c().x=1; print('attr')
    except AttributeError as e: print(e)
for o in (ValueError(), 1, 'abc'*9, (), [], {}, {1}, frozenset({1}), (i for i in ()), print, len, [].append, type, 1.5, object(), staticmethod(print), property(), Exception, lambda:0, M().__init__, range(3), slice(3), b'', bytearray(), memoryview(b''), None, Ellipsis, NotImplemented, int|str, list[int], 3j):
    try: weakref.ref(o); print(type(o).__name__, 'ok')
    except TypeError as e: print(e)

# Every type of the native modules.
import importlib, warnings
warnings.simplefilter('ignore')
seen = {}
for module in ['builtins', '_io', '_thread', '_weakref', '_collections', 'itertools', 'functools', '_operator', '_struct', '_random', '_typing',
               '_queue', '_ast', 'array', 'zlib', '_bz2', '_lzma', '_csv', '_socket', 'select', 'mmap', '_pickle', 'pyexpat', '_contextvars',
               'types', 'string.templatelib', '_tokenize']:
    for k, v in sorted(vars(importlib.import_module(module)).items()):
        if isinstance(v, type) and not k.startswith('_') and k != 'frozendict':  # CPython has that from 3.15 on
            seen.setdefault(v, f'{module}.{k}')
for v, name in seen.items():
    row = [v.__weakrefoffset__ != 0, v.__dictoffset__ != 0]
    try:
        c = type(v)('C', (v,), {'__module__': 'x'})
        row.append('adds ' + ' '.join(k for k in ('__weakref__', '__dict__') if k in c.__dict__))
    except TypeError:
        row.append('is no base')
    print(name, *row)
