# Bounds, numbers and names of encodings in the order in which CPython looks at them.
import array, collections, datetime, warnings
warnings.simplefilter("ignore")
def t(f, *a, **k):
    try: r = f(*a, **k); print('ok', type(r).__name__, ascii(r))
    except BaseException as e: print(type(e).__name__, ascii(str(e)))
for a in [(), ('x',), ('i','x'), ('u','x'), ('i', b'x'), ('i',3), ('i',None), ('i',[1,'x']), ('q',[2**70]), (1,), (b'i',), ('ii',), ('',), ('i',[],3), ('z',[1]), ('b',[300]), ('B',[-1]), ('u',[1]), ('u',['ab']), ('w',['ab']), ('w','\U0001f600'), ('d',['x']), ('f',[1e400]), ('i',array.array('u','x')), ('u',array.array('i')), ('i', bytearray(b'1234')), ('i',memoryview(b'1234')), ('i', b'123'), ('i','')]:
    t(array.array, *a)
A=array.array('i',[1,2,3])
for n,a in [('append',('x',)),('extend',(3,)),('extend',('ab',)),('extend',(array.array('b'),)),('fromlist',((),)),('fromlist',(['x'],)),('frombytes',('x',)),('frombytes',(b'1',)),('fromunicode',('x',)),('insert',('x',1)),('insert',(1,'x')),('pop',('x',)),('pop',(9,)),('remove',(9,)),('index',(9,)),('index',(1,'x')),('index',(1,0,'x')),('tofile',(3,)),('fromfile',(3,'x')),('fromfile',(3,1)),('tounicode',()),('__getitem__',('x',)),('__getitem__',(9,)),('__setitem__',(9,1)),('__setitem__',(0,'x')),('__setitem__',('x','x')),('__setitem__',(slice(0,1),[1])),('__setitem__',(slice(0,1),array.array('b'))),('__setitem__',(slice(0,3,2),array.array('i',[1]))),('__delitem__',('x',)),('__add__',([1],)),('__iadd__',([1],)),('__mul__',('x',)),('byteswap',(1,)),('count',()),('__imul__',('x',)),('__contains__',())]:
    t(getattr(A,n),*a)
for a in [(1,),(1,1),(1,1,1,1),('x',1,1),(1,'x',1),(1,1,'x'),(0,1,1),(10000,1,1),(2020,0,1),(2020,54,1),(2020,1,0),(2020,1,8),(2**70,1,1),(2020,2**70,1),(1,2**70,'x'),(1.5,1,1)]:
    t(datetime.date.fromisocalendar,*a)
    t(datetime.date,*a); t(datetime.datetime,*a)
t(datetime.date.fromisocalendar, year=1, week=1, day=1); t(datetime.date.fromisocalendar, week='x', year='y', day='z'); t(datetime.date.fromisocalendar, 1, week=2); t(datetime.date.fromisocalendar, 'x', week=2); t(datetime.date, 'x'); t(datetime.date, 1, day='x'); t(datetime.date, year=1, day='x');t(datetime.timedelta,'x','y'); t(datetime.time,'x','y'); t(datetime.time,25,'y'); t(datetime.datetime,1,'x',3,'z'); t(datetime.date.fromordinal,'x'); t(datetime.date.fromtimestamp,'x'); t(datetime.datetime.fromtimestamp,1,3);t(datetime.datetime.fromtimestamp,'x',3);t(datetime.datetime.combine,1,2);t(datetime.datetime.combine,datetime.date(1,1,1),2);t(datetime.datetime.combine,datetime.date(1,1,1),datetime.time(),3);t(datetime.timezone,3);t(datetime.timezone,datetime.timedelta(1));t(datetime.timezone,datetime.timedelta(0),3)
t(datetime.date(1,1,1).replace,'x');t(datetime.date(1,1,1).replace,month=13);t(datetime.datetime(1,1,1).replace,tzinfo=3);t(datetime.date(1,1,1).strftime,3);t(datetime.date(1,1,1).__format__,3)
class I:
    def __index__(s): print('idx'); return 1
class S(str): pass
for C in bytes, bytearray:
    for a in [(1,'x'),('x',),('x',3),('x','y'),(3,3),(None,),(I(),'x'),(I(),'x','y'),('x','ascii','nope'),('\xff','ascii','nope'),(b'a','x'),([1],'x'),(None,'x'),(1,2,3),(I(),3),('x',None),(2**70,),(-1,),(-1,'x'),('x','utf8',3)]: t(C,*a)
    t(C, encoding='x'); t(C, errors='x'); t(C, source=1, encoding='x'); t(C, 'x', errors='strict'); t(C, encoding='ascii', errors='x'); t(C, 3, errors='x'); t(C,source=3); t(C, sourc=3)
def u(f,*a):
    try: print(f(*a))
    except Exception as e: print(type(e).__name__, e)
for o in ([1],(1,),'a',b'a',bytearray(b'a'),collections.deque([1]),range(1),array.array('i',[1]),memoryview(b'a')):
    for n in ('index','find','count','startswith','rindex','endswith','insert'):
        if hasattr(o,n):
            x = o[0] if not isinstance(o,range) else 0
            for a in (('q',),(None,),(1.0,),(0,'q'),(0,None),(2**70,),(-2**70,),(0,-2**70)):
                u(getattr(o,n), x if n not in('startswith','endswith') or not isinstance(x,int) else b'a', *a)

for f in (eval, exec):
    for a in (('abc', []), (1, 1), (1, 1, 1), ('1', {}, 3), ('1', None, 3), ('1', [], []), ('1', (), 3), ('1', object()), (1, None, object())):
        t(f, *a)
