# Methods that change nothing give the object itself, or its plain value, as CPython's do.
import array
class S(str): pass
class B(bytes): pass
class BA(bytearray): pass
def show(x, *known):
    if isinstance(x,(list,tuple)): return type(x).__name__+'['+', '.join(show(y,*known) for y in x)+']'
    for i,k in enumerate(known):
        if x is k: return f'#{i}:{type(x).__name__}'
    return f'{type(x).__name__}:{x!a}'
strs=[S(''),S('a'),S('abc'),S('a b'),S('aéb'),S('a\u0100b'),S('a\U00010000')]
seps=[S('b'),S('zz'),S('abcd'),S('\u0100'),S('\U00010000'),S('é'),'b' * 9,'é' * 9,S(' ')]
for s in strs:
    for m in 'partition','rpartition','split','rsplit','removeprefix','removesuffix','strip','lstrip','rstrip':
        for p in seps:
            for extra in ((),(0,),(1,)) if 'split' in m else ((),):
                try: print(m, ascii(s), ascii(p), extra, show(getattr(s,m)(p,*extra), s, p))
                except Exception as e: print(m, e)
    for p in seps:
        for q in seps: print('replace', ascii(s),ascii(p),ascii(q), show(s.replace(p,q),s,p,q), show(s.replace(p,q,0),s,p,q), show(p.join([q]),p,q), show(p.join([q,q]),p,q), show(p.join([]),p), show(p+'',p),show(''+p,p))
    for a in ((),(None,),(None,0),(None,1)): print(show(s.split(*a),s), show(s.rsplit(*a),s))
    print(show(s.splitlines(),s),show(s.splitlines(True),s),show(s.format(),s),show(s.format(1,a=2),s),show(s.format_map({}),s),show(s % (), s), show(s%{},s), show(s%[],s), show(s.translate({}),s),show(s.translate({97:97}),s),show(s.expandtabs(),s),show(s.zfill(0),s),show(s.center(0),s),show(s.ljust(0),s),show(s.rjust(0),s),show(s.casefold(),s),show(s.title(),s),show(s*1,s),show(s[:],s),show(s[::1],s),show(s[0:],s))
    try: print(s % 1)
    except Exception as e: print(e)
for t in ('{{','}}','a{{','{','}','%%','%','a%%', '{}'):
    t=S(t)
    for f in (lambda: t.format(), lambda: t.format(1), lambda: t%(), lambda: t%1, lambda: t.format_map({})):
        try: print(show(f(),t))
        except Exception as e: print(type(e), e)
T=(1,)*50
print(T[:] is T, T*1 is T, T+() is T, ()+T is T, tuple(T) is T)
for C in bytes,B,bytearray,BA:
    for s in b'',b'a',b'abc',b'a b':
        s=C(s)
        for p in B(b'b'),bytearray(b'b'),BA(b'zz'),memoryview(b'b'),b'zzzzz',array.array('B',b'b'),BA(b''):
            for m in 'partition','rpartition','split','rsplit','removeprefix','removesuffix','strip','lstrip','rstrip','join','__add__','__radd__','__contains__','find','count','startswith':
                try: print(C.__name__, m, s, p if not isinstance(p,memoryview) else 'mv', show(getattr(s,m)(p),s,p))
                except Exception as e: print(C.__name__, m, e)
        for q in B(b'b'),bytearray(b'q'): print(show(s.replace(b'z',q),s,q), show(s.join([q]),s,q), show(s.join([]),s), show(s*1,s),show(s*0,s),show(s[:],s),show(s.ljust(0),s),show(s.zfill(0),s),show(s.translate(None),s),show(s.translate(None,b''),s),show(s.splitlines(),s), show(s.removeprefix(b''),s))
