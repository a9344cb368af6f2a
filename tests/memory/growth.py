"""Programs that grow without end. Each is to end in MemoryError, and the process goes on: `growth.py NAME`, or `--list`."""
import sys
CASES = {}
def case(f): CASES[f.__name__] = f; return f
@case
def list_append():
    l=[]
    while 1: l.append(None)
@case
def list_of_lists():
    l=[]
    while 1: l.append([1,2,3])
@case
def list_extend():
    l=[0]*1000
    while 1: l.extend(l)
@case
def list_iadd():
    l=[0]*1000
    while 1: l += l
@case
def list_concat():
    l=[0]*1000
    while 1: l = l + l
@case
def list_insert():
    l=[]
    while 1: l.insert(len(l), 1)
@case
def list_slice_assign():
    l=[0]*1000
    while 1: l[0:0] = l
@case
def list_comp():
    [x for x in range(10**10)]
@case
def list_range():
    list(range(10**10))
@case
def tuple_range():
    tuple(range(10**10))
@case
def tuple_concat():
    t=(1,)*1000
    while 1: t = t + t
@case
def tuple_gen():
    tuple(i for i in range(10**10))
@case
def sorted_range():
    sorted(range(10**10))
@case
def dict_int():
    d={}
    i=0
    while 1: d[i]=i; i+=1
@case
def dict_str():
    d={}
    i=0
    while 1: d[str(i)]=i; i+=1
@case
def dict_fromkeys():
    dict.fromkeys(range(10**10))
@case
def dict_comp():
    {x:x for x in range(10**10)}
@case
def dict_setdefault():
    d={}
    i=0
    while 1: d.setdefault(i, []).append(i); i+=1
@case
def set_add():
    s=set()
    i=0
    while 1: s.add(i); i+=1
@case
def set_range():
    set(range(10**10))
@case
def frozenset_range():
    frozenset(range(10**10))
@case
def str_iadd():
    s='x'*100
    while 1: s += s
@case
def str_iadd_small():
    s='x'*100
    while 1: s += 'abcdefghijklmnopqrstuvwxyz'*1000
@case
def str_concat():
    s='x'*100
    while 1: s = s + s + 'a'
@case
def str_join():
    s='x'*100
    while 1: s = s.join([s, s])[:len(s)*3]
@case
def str_replace():
    s='x'*100
    while 1: s = s.replace('x','xx')
@case
def str_upper():
    s='x'*100
    l=[]
    while 1: s = (s+s).upper(); l.append(s)
@case
def str_split():
    s='x '*100
    while 1: s = s+s; s.split()
@case
def str_encode():
    s='x '*100; l=[]
    while 1: s = s+s; l.append(s.encode('utf-16')); l.append(l[-1].decode('utf-16'))
@case
def str_format():
    s='x '*100; l=[]
    while 1: s = f'{s}{s}'; l.append('%s %s' % (s,s)); l.append('{} {}'.format(s, s))
@case
def str_repr():
    s='\x00 '*100; l=[]
    while 1: s = s+s; l.append(repr(s))
@case
def list_str():
    s='x '*100; l=[]
    while 1: s = s+s; l.append(list(s))
@case
def str_splitlines():
    s='x\n'*100
    while 1: s = s+s; s.splitlines()
@case
def str_translate():
    s='x'*100
    while 1: s = s.translate({120:'xxxx'})
@case
def str_expandtabs():
    s='\t'*100
    while 1: s=s+s;s.expandtabs(1000)
@case
def bytes_concat():
    s=b'x'*100
    while 1: s = s + s
@case
def bytes_hex():
    s=b'x'*100; l=[]
    while 1: s = s + s; l.append(s.hex())
@case
def bytearray_extend():
    s=bytearray(b'x'*100)
    while 1: s.extend(b'x'*10000)
@case
def bytearray_iadd():
    s=bytearray(b'x'*100)
    while 1: s += s
@case
def bytearray_append():
    s=bytearray(b'x'*100)
    while 1: s.append(1)
@case
def bytesio_write():
    import io
    s=io.BytesIO()
    while 1: s.write(b'x'*100000)
@case
def stringio_write():
    import io
    s=io.StringIO()
    while 1: s.write('x'*100000)
@case
def int_shift():
    s=1
    while 1: s <<= 1000000
@case
def int_mul():
    s=3**1000
    while 1: s = s << (s.bit_length())
@case
def deque_append():
    from collections import deque
    d=deque()
    while 1: d.append(1)
@case
def deque_extend():
    from collections import deque
    d=deque([1]*1000)
    while 1: d.extend(d)
@case
def array_append():
    from array import array
    d=array('q')
    while 1: d.append(1)
@case
def array_extend():
    from array import array
    d=array('q',[1]*100)
    while 1: d.extend(d)
@case
def objects():
    class C:
        def __init__(self,n): self.n=n
    o=None
    while 1: o=C(o)
@case
def closures():
    f=None
    def mk(g): return lambda: g
    while 1: f=mk(f)
@case
def floats():
    l=[]
    x=0.1
    while 1: x*=1e300; l.append(x); x=1e-300*len(l)
@case
def attrs():
    class C: pass
    c=C(); i=0
    while 1: setattr(c,'a%d'%i,i); i+=1
@case
def generators():
    l=[]
    def g():
        yield 1
    while 1:
        x=g(); next(x); l.append(x)
@case
def exceptions():
    e=None
    while 1:
        n=ValueError('x'); n.__cause__=e; e=n
@case
def heap():
    import heapq
    h=[]; i=0
    while 1: heapq.heappush(h,-i); i+=1
@case
def itertools_():
    import itertools
    list(itertools.repeat(1,10**12))
@case
def tee():
    import itertools
    a,b=itertools.tee(itertools.count())
    for x in a: pass
@case
def product():
    import itertools
    list(itertools.product(range(10**4),repeat=3))
@case
def permutations():
    import itertools
    list(itertools.permutations(range(100),4))
@case
def json_dumps():
    import json
    l=[1,2,3,'abc']
    while 1: l=[l,l]; json.dumps(l)
@case
def json_loads():
    import json
    s='[1,2,"abc"],'
    while 1: s=s+s; json.loads('['+s+'1]')
@case
def pickle_():
    import pickle
    l=[1,2,3,'abc']*100
    while 1: l=l+[[x] for x in l]; pickle.loads(pickle.dumps(l))
@case
def zlib_bomb():
    import zlib
    c=zlib.compress(bytes(10**7)); 
    l=[]
    while 1: l.append(zlib.decompress(c))
@case
def re_findall():
    import re
    s='ab'*1000
    while 1: s=s+s; re.findall('[ab]',s)
@case
def re_sub():
    import re
    s='ab'*1000
    while 1: s=re.sub('[ab]','abab',s)
@case
def struct_pack():
    import struct
    n=100;l=[]
    while 1: n*=2; l.append(struct.pack('%dx'%n))
@case
def bytes_zero():
    l=[]
    n=100
    while 1: n*=2; l.append(bytes(n)); l.append(bytearray(n))
@case
def ordered():
    from collections import OrderedDict
    d=OrderedDict(); i=0
    while 1: d[i]=i; i+=1
@case
def counter():
    from collections import Counter
    Counter(range(10**10))
@case
def defaultdict_():
    from collections import defaultdict
    d=defaultdict(list); i=0
    while 1: d[i].append(1); i+=1
@case
def lru():
    from functools import lru_cache
    @lru_cache(None)
    def f(x): return x
    i=0
    while 1: f(i); i+=1
@case
def weakrefs():
    import weakref
    class C: pass
    c=C(); l=[]
    while 1: l.append(weakref.ref(c, lambda r: None))
@case
def strings():
    l=[]
    while 1: l.append('abcdefghijkl%d'%len(l))
@case
def map_list():
    list(map(lambda x: [x], range(10**10)))
@case
def zip_list():
    list(zip(range(10**10), range(10**10)))
@case
def csv_():
    import csv, io
    o=io.StringIO(); w=csv.writer(o)
    while 1: w.writerow(['abc']*1000)
@case
def b64():
    import base64
    s=b'abc'
    while 1: s=base64.b64encode(s)
@case
def recursion_lists():
    l=[]
    while 1: l=[l]
@case
def queue_():
    import queue
    q=queue.SimpleQueue()
    while 1: q.put(1)
@case
def textread():
    import io
    while 1:
        open('/dev/zero').read()
@case
def binread():
    open('/dev/zero','rb').read()
@case
def osread():
    import os
    n=1000; l=[]
    fd=os.open('/dev/zero',0)
    while 1: n*=2; l.append(os.read(fd,n))
@case
def memview():
    b=b'x'*1000; l=[]
    while 1: b=b+b; l.append(memoryview(b).tobytes()); memoryview(b).tolist()
@case
def random_bytes():
    import random
    n=100; l=[]
    while 1: n*=2; l.append(random.randbytes(n))
@case
def localsgrow():
    names=globals(); n=len(names); i=0
    try:
        while 1: names['g%d'%i]=i; i+=1
    finally:
        give_back(names, n)
@case
def threads_local():
    import threading
    t=threading.local(); i=0
    while 1: setattr(t,'x%d'%i,i); i+=1

def give_back(names, n):
    # What filled the memory is in use until here: each step may want a word more than there is.
    while len(names) > n:
        try:
            names.popitem()
        except MemoryError:
            pass

def main(name):
    try:
        CASES[name]()
        print('ended by itself')
    except MemoryError:
        print('MemoryError')
    except OverflowError as e:
        print('OverflowError:', e)


if __name__ == '__main__':
    if sys.argv[1] == '--list':
        print('\n'.join(CASES))
        sys.exit()
    main(sys.argv[1])
    words = dict.fromkeys([str(i) for i in range(100000)])
    import threading
    sums = []
    t = threading.Thread(target=lambda: sums.append(sum(range(100000))))
    t.start()
    t.join()
    print('works' if (len(words), sums) == (100000, [4999950000]) else 'wrong')
