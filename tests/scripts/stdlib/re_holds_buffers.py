# What a pattern searches keeps its size while functions of the program are asked.
import re, array
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
def grow(ba, r=b'x'):
    def g(m):
        try: ba.append(65)
        except BufferError as e: print('BE', e)
        return r
    return g
for fn in ('sub','subn'):
    ba=bytearray(b'abab'); t(lambda: getattr(re,fn)(b'a', grow(ba), ba)); ba.append(1); print(ba)
ba=bytearray(b'abab')
it=re.finditer(b'a', ba); m=next(it); 
t(lambda: ba.append(1)); print(m.group(), m.string is ba)
del it, m
ba=bytearray(b'abab')
m=re.match(b'a', ba); ba.append(1); print(m, m.string); ba[:]=b''; t(lambda: m.group()); t(lambda: m.groups()); t(lambda: m.span()); t(lambda: m.expand(b'x')); t(lambda: repr(m))
ba=bytearray(b'abab')
sc=re.compile(b'b').scanner(ba); print(sc.search()); t(lambda: ba.append(1)); del sc
class I:
    def __init__(s, b): s.b=b
    def __index__(s):
        s.b.extend(b'zzz'); return 0
ba=bytearray(b'abab'); t(lambda: re.compile(b'a').match(ba, I(ba))); print(ba)
ba=bytearray(b'abab'); t(lambda: re.compile(b'z').search(ba, 0, I(ba))); print(ba)
ba=bytearray(b'abab'); t(lambda: re.sub(b'a', b'x', ba, count=I(ba))); print(ba)
ba=bytearray(b'a-b'); print(re.split(b'-', ba), re.findall(b'.', ba), [type(x) for x in re.split(b'-', ba)])
mv=memoryview(bytearray(b'abab')); t(lambda: re.sub(b'a', lambda m: mv.release() or b'x', mv)); t(lambda: re.findall(b'a', mv))
mv=memoryview(b'abab'); it=re.finditer(b'a', mv); next(it); t(lambda: mv.release())
a=array.array('b', b'abab'); it=re.finditer(b'a', a); next(it); t(lambda: a.append(1))
