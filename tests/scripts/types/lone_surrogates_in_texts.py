# Lone surrogates stay what they are in texts of errors and in what objects show.
import types, sys, collections, functools, typing, importlib
def t(f):
    try: r = f(); print('ok', type(r).__name__, ascii(r).split(' at 0x')[0].split(' default=')[-1])
    except BaseException as e:
        s = ascii(str(e)); print(type(e).__name__, s, ascii(getattr(e,'name',0)))
S='\ud800x'
class A: pass
class Sl: __slots__='a'
a=A()
t(lambda: getattr(a,S)); t(lambda: getattr(A,S)); t(lambda: getattr(int,S)); t(lambda: getattr(3,S)); t(lambda: getattr(None,S))
t(lambda: delattr(a,S)); t(lambda: delattr(A,S)); t(lambda: delattr(3,S)); t(lambda: setattr(3,S,1)); t(lambda: setattr(int,S,1)); t(lambda: setattr(Sl(),S,1)); t(lambda: delattr(Sl(),S)); t(lambda: delattr(int,S))
t(lambda: getattr(sys,S)); t(lambda: getattr(super(A,a),S)); 
m=types.ModuleType(S); t(lambda: getattr(m,'q')); t(lambda: repr(m)); t(lambda: getattr(m,S)); t(lambda: delattr(m,S))
def f(x,*,y=1): pass
t(lambda: f(**{S:1})); t(lambda: f(1,**{S:1})); t(lambda: len(**{S:1})); t(lambda: int(**{S:1})); t(lambda: dict(**{S:1})); t(lambda: sorted([],**{S:1})); t(lambda: f(1, **{S:1}, **{S:2}))
t(lambda: print(**{S:1})); t(lambda: print('', sep=3)); t(lambda: type('A',(),{},**{S:1})); t(lambda: object(**{S:1})); t(lambda: A(**{S:1}))
t(lambda: type(S,(),{})); 
f.__name__=S; t(lambda: repr(f)); t(lambda: f()); f.__qualname__=S; t(lambda: repr(f)); t(lambda: f()); t(lambda: f(1,2)); t(lambda: f(**{S:1})); t(lambda: f(*3)); t(lambda: f(**3))
A.__qualname__=S; t(lambda: repr(A)); t(lambda: repr(A())); t(lambda: A(1)); t(lambda: A.q); A.__module__=S; t(lambda: repr(A)); t(lambda: repr(A())); t(lambda: A()+1)
def g(): yield
g.__qualname__=S; t(lambda: repr(g())[:30])
async def co(): pass
c=co(); c.__qualname__=S; t(lambda: repr(c)[:30]); c.close()
t(lambda: repr(types.MethodType(f,1)))
t(lambda: __import__(S)); t(lambda: importlib.import_module(S)); 
class R:
    def __repr__(s): return S
    __str__=__repr__
r=R()
for mk in (lambda:[r],lambda:(r,),lambda:{r},lambda:{r:r},lambda:frozenset([r]),lambda:collections.deque([r]),lambda:collections.OrderedDict(a=r),lambda:collections.defaultdict(int,a=r),lambda:types.SimpleNamespace(a=r),lambda:types.SimpleNamespace(**{S:r}),lambda:types.MappingProxyType({1:r}),lambda:functools.partial(int,r),lambda:Exception(r),lambda:Exception(r,r),lambda:KeyError(r),lambda:OSError(1,r,r),lambda:OSError(1,S),lambda:ImportError(S),lambda:ExceptionGroup(S,[Exception(r)]),lambda:slice(r),lambda:types.GenericAlias(list,r),lambda:list[r],lambda:{1:r}.values(),lambda:{1:r}.items(),lambda:typing.TypeVar('T'),lambda:typing.TypeVar(S),lambda:typing.ParamSpec(S),lambda:staticmethod(r),lambda:classmethod(r),lambda:bytearray(b'a'),lambda:__import__('itertools').count(1.0),lambda:__import__('itertools').repeat(r),lambda:__import__('itertools').repeat(r,2),lambda:__import__('operator').itemgetter(r),lambda:__import__('operator').attrgetter(S),lambda:__import__('operator').methodcaller(S,r),lambda:__import__('collections').namedtuple('P','x')(r),lambda:__import__('contextvars').ContextVar('x',default=r),lambda:UnicodeDecodeError('a',b'a',0,1,S),lambda:UnicodeEncodeError('a',S,0,1,S),lambda:UnicodeTranslateError(S,0,1,S),lambda:SyntaxError(S),lambda:SyntaxError(S,(S,1,2,S)),lambda:NameError(S),lambda:StopIteration(r)):
    def x():
        o=mk(); s=repr(o); i=s.find(' at 0x'); return (s if i<0 else s[:i], str(o) if i<0 else '')
    t(x)
t(lambda: {}[r]); t(lambda: [].index(r)); t(lambda: [].remove(r)); t(lambda: (1,).index(r)); t(lambda: collections.deque().index(r)); t(lambda: int(S)); t(lambda: float(S)); t(lambda: complex(S)); t(lambda: int(r)); t(lambda: '%d'%S if 0 else '%d'%(S,)); t(lambda: format(1,S)); t(lambda: format(1.0,S)); t(lambda: format('a',S)); t(lambda: '{%s}'%S); t(lambda: ('{%s}'%S).format(1)); t(lambda: ('{0.%s}'%S).format(1)); t(lambda: ('{0!%s}'%'\ud800').format(1)); t(lambda: ('{:%s}'%S).format([])); t(lambda: '%\ud800'%1); t(lambda: '%(\ud800)s'%{})
t(lambda: S.encode()); t(lambda: b''.decode(S)); t(lambda: ''.encode(S)); t(lambda: ''.encode('ascii',S)); t(lambda: '\xff'.encode('ascii',S)); t(lambda: b'\xff'.decode('ascii',S)); t(lambda: open(S)); t(lambda: eval(S)); t(lambda: compile('1 1',S,'exec'))
t(lambda: exec('global x; del x',{})); t(lambda: hasattr(1,S)); t(lambda: object.__getattribute__(a,S)); t(lambda: collections.namedtuple('A',S)); t(lambda: isinstance(1,r)); t(lambda: issubclass(1,r)); t(lambda: r()); t(lambda: chr(r)); t(lambda: sys.intern(r)); t(lambda: __import__('hashlib').new(S)); t(lambda: __import__('struct').pack(S)); t(lambda: __import__('time').strftime(S)); t(lambda: __import__('signal').signal(S,S)); t(lambda: __import__('json').loads(S)); t(lambda: __import__('re').compile('('+S)); t(lambda: __import__('re').compile('(?P<%s>)'%S)); t(lambda: __import__('re').match('a','a').group(S)); t(lambda: __import__('csv').get_dialect(S)); t(lambda: __import__('array').array(S)); t(lambda: __import__('datetime').datetime.fromisoformat(S)); t(lambda: __import__('datetime').date.fromisoformat(S)); t(lambda: __import__('pickle').dumps(m)); t(lambda: __import__('operator').attrgetter(S)(1)); t(lambda: __import__('operator').methodcaller(S)(1)); t(lambda: __import__('functools').partial(f,**{S:1})()); t(lambda: __import__('decimal').Decimal(S)); t(lambda: __import__('fractions').Fraction(S)); t(lambda: __import__('warnings').warn(S)); t(lambda: __import__('os').environ[S]);  t(lambda: __import__('os').stat('/nope'+'\udc80')); t(lambda: __import__('weakref').proxy(a).q);t(lambda: getattr(__import__('weakref').proxy(a),S))
match_ns={}
t(lambda: exec('match x:\n case A(b=1): pass', {'x':a,'A':A}))
class D(dict):
    def __missing__(s,k): raise KeyError(S)
t(lambda: eval('zz', {}, D()))
t(lambda: types.SimpleNamespace(**{S:1})); 
e=Exception('x'); e.add_note(S)
import traceback; print(ascii(traceback.format_exception(e)))
