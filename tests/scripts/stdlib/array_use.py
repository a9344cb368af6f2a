import array, csv, _csv, io
from array import array as A
def t(s):
    try: print(s,'->',repr(eval(s)))
    except BaseException as e: print(s,'->',type(e).__name__,e,getattr(e,'__notes__',None))
for s in r"""A('i',[1,2,3])
A('w','aé😀')
A('d',[1,2.5])
A('i')
A('b',[200])
A('b',[-129])
A('B',[256])
A('B',[-1])
A('h',[40000])
A('H',[-1])
A('H',[70000])
A('i',[2**31])
A('I',[-1])
A('I',[2**32])
A('L',[2**64])
A('q',[2**63])
A('Q',[2**64])
A('Q',[-1])
A('i',[1.5])
A('i','abc')
A('x')
A('ii')
A()
A(5)
A('i',5)
A('f',['a'])
A('w',['ab'])
A('w',[5])
A('i',b'\1\0\0\0')
A('i',bytearray(3))
A('i',A('d',[1.0]))
A('d',A('i',[1]))
A('i',[1,2,3])[1]
A('i',[1,2,3])[5]
A('i',[1,2,3])['a']
A('i',[1,2,3])[::2]
A('i',[1,2,3])[::-1]
A('i',[1,2])+A('i',[3])
A('i',[1,2])+A('d',[3])
A('i',[1,2])+[3]
A('i',[1,2])*2
2*A('i',[1,2])
A('i',[1,2])==A('i',[1,2])
A('i',[1,2])==A('d',[1,2])
A('i',[1,2])<A('i',[1,3])
A('i',[1,2])<[1]
hash(A('i'))
A('i',[1,2]).tobytes()
A('i',[1,2]).tolist()
A('i',[1,2,1]).count(1)
A('i',[1,2,1]).index(1,1)
A('i',[1,2,1]).index(9)
A('i',[1,2,1]).remove(9)
A('i',[1,2,1]).pop()
A('i',[1,2,1]).pop(7)
A('i').pop()
A('i',[1,2,1]).insert(1,'a')
A('i').append('a')
A('i').extend(5)
A('i').extend(A('d'))
A('i').fromlist((1,))
A('i').fromlist([1,'a'])
A('i').frombytes(b'abc')
A('i').fromunicode('a')
A('i',[1,2]).buffer_info()[1]
A('i',[1]).itemsize
A('w').itemsize
A('i',[1]).typecode
array.typecodes
A('i',[1,2]).__reduce_ex__(2)
A('i',[1,2]).__reduce_ex__(3)[0].__name__
memoryview(A('i',[1,2])).format
memoryview(A('i',[1,2])).tolist()
memoryview(A('d',[1,2])).tolist()
bytes(A('H',[1,2]))
1 in A('i',[1])
1.0 in A('i',[1])
A('i',range(3))
A('i',iter([1,2]))
A[int]
A('i',[1,2]).__copy__()
array.ArrayType is A
A('b',[1]).byteswap()""".split('\n'): t(s)
a=A('i',range(10)); a[2:4]=A('i',[7,8,9]); print(a); del a[0]; print(a); del a[::2]; print(a); a[0]=99; print(a); a+=A('i',[5]); a*=2; print(a)
try: a[0:2]=[1]
except Exception as e: print(e)
try: a+=[1]
except Exception as e: print(e)
a.byteswap(); print(a); a.reverse(); print(a); a.clear(); print(a)
m=memoryview(A('i',[1,2,3])); m[0]=42; print(m.obj)
x=A('i',[1]); mm=memoryview(x)
try: x.append(1)
except BufferError as e: print(e)
mm.release(); x.append(1); print(x)
import pickle; print(pickle.loads(pickle.dumps(x)))
class S(A): pass
print(S('i',[1]), type(S('i',[1])[:]))
f=io.BytesIO(b'\1\0\0\0\2\0\0\0'); y=A('i'); y.fromfile(f,2); print(y)
try: y.fromfile(f,2)
except EOFError as e: print(e)
g=io.BytesIO(); y.tofile(g); print(g.getvalue())
