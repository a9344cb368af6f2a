"""What single operations cost: prints `name nanoseconds` for each, the least of several rounds, in processor time of this thread.

`operations.py [SUBSTRING...]` runs those whose names hold one of the words, `operations.py -` those that standard input names. Each operation is a statement in a loop of its
own function, so that it sees what code in programs sees; the cost of the empty loop is taken off.
"""

import sys
from time import thread_time

SETUP = '''
import array, collections, copy, functools, itertools, operator, re, struct, math, enum, dataclasses, abc, typing, io, string, bisect, heapq, json, random, datetime, contextlib, fractions, statistics, textwrap, types, weakref

class Plain:
    klass = 3
    def __init__(self, v): self.v = v
    def get(self): return self.v
    def with_args(self, a, b=2, *, c=3): return a
    @property
    def prop(self): return self.v
    @staticmethod
    def static(a): return a
    @classmethod
    def clsm(cls): return cls
    def __call__(self, a): return a
    def __eq__(self, other): return self.v == other.v
    def __hash__(self): return hash(self.v)
    def __lt__(self, other): return self.v < other.v
    def __add__(self, other): return self
    def __len__(self): return 3
    def __getitem__(self, i): return i
    def __setitem__(self, i, v): pass
    def __contains__(self, x): return True
    def __bool__(self): return True
    def __iter__(self): return iter((1, 2))
    def __enter__(self): return self
    def __exit__(self, *a): return None
class Sub(Plain):
    def __init__(self, v): super().__init__(v)
    def get(self): return super().get()
    @property
    def sprop(self): return super().klass
class Other(Plain): pass
class Third(Plain): pass
class Fallback:
    def __init__(self): self.x = 1
    def __getattr__(self, name): return 5
    def meth(self): return 1
class Own:
    def __init__(self): self.x = 1
    def __getattribute__(self, name): return object.__getattribute__(self, name)
class Setter:
    def __setattr__(self, name, value): object.__setattr__(self, name, value)
class Slots:
    __slots__ = ('a', 'b')
    def __init__(self): self.a = 1; self.b = 2
class Desc:
    def __get__(self, obj, cls): return 1
    def __set__(self, obj, v): pass
class HasDesc: d = Desc()
@dataclasses.dataclass
class DC:
    a: int
    b: int = 2
@dataclasses.dataclass(frozen=True)
class Frozen:
    a: int
    b: int = 2
class Color(enum.Enum):
    RED = 1
    GREEN = 2
class Flag(enum.IntFlag):
    A = 1
    B = 2
NT = collections.namedtuple('NT', 'a b c')
class ABase(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
class Impl(ABase):
    def f(self): return 1
@typing.runtime_checkable
class Proto(typing.Protocol):
    def f(self): ...
class Meta(type):
    attr = 7
    def meth(cls): return 1
class WithMeta(metaclass=Meta): x = 1
def deco(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs): return f(*args, **kwargs)
    return wrapper
@deco
def decorated(a, b): return a
def plain(a, b=1): return a
def star(*args): return args
def kw(**kw): return kw
def both(*a, **k): return plain(*a, **k)
def gen(n):
    for i in range(n): yield i
def delegate(n): yield from gen(n)
@functools.lru_cache(None)
def cached(a): return a
@contextlib.contextmanager
def cm(): yield 1
async def coro(): return 1
def clo():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
inc = clo()
p, s, o, t3 = Plain(1), Sub(1), Other(1), Third(1)
objs = [p, s, o, t3]
fb, own, st, sl, hd, dc, fz, nt, im = Fallback(), Own(), Setter(), Slots(), HasDesc(), DC(1), Frozen(1), NT(1, 2, 3), Impl()
part = functools.partial(plain, 1)
bound = p.get
L = list(range(100)); D = {i: i for i in range(100)}; S = set(L); T = tuple(L); DS = {str(i): i for i in L}
TD = {(i, i + 1): i for i in range(100)}; ND = {NT(i, i, i): i for i in range(100)}; FS = frozenset(L); FS2 = frozenset(range(50, 150))
tk = (5, 6); nk = NT(5, 5, 5)
A = array.array('d', [1.0] * 100); AI = array.array('i', range(100)); B = bytearray(100); BY = bytes(100); MV = memoryview(B); BA = bytearray(10); DQ = collections.deque(L)
DD = collections.defaultdict(int); C = collections.Counter(); OD = collections.OrderedDict((i, i) for i in range(100)); CM = collections.ChainMap({1: 2}, {3: 4})
text = 'The quick brown fox jumps over the lazy dog ' * 5; words = text.split(); word = 'hello'
rx = re.compile(r'(\\w+) (\\w+)'); unpack = struct.Struct('<iHf')
packed = unpack.pack(1, 2, 3.0)
big = 3 ** 200; big2 = 7 ** 150; f = 1.5; g = 2.25; i = 12345; j = 77
fr = fractions.Fraction(1, 3); fr2 = fractions.Fraction(2, 7)
it = itertools.count()
heap = list(range(100))
mod = sys.modules['math']
dt = datetime.date(2020, 1, 2)
wr = weakref.ref(p)
nested = {'a': [1, 2, {'b': (3, 4)}], 'c': 'text'}
class Stack(list): pass
class MyDict(dict): pass
class MyStr(str): pass
class MyInt(int): pass
sk, md, ms, mi = Stack(L), MyDict(D), MyStr('abc'), MyInt(5)
null = open('/dev/null', 'w')
sio = io.StringIO()
'''
OPERATIONS = '''
attr                    | p.v
attr 4 shapes           | objs[k & 3].v
class attr              | p.klass
class attr 4 shapes     | objs[k & 3].klass
method                  | p.get()
method 4 shapes         | objs[k & 3].get()
method kw               | p.with_args(1, c=2)
property                | p.prop
property 4 shapes       | objs[k & 3].prop
super method            | s.get()
super attr              | s.sprop
static                  | p.static(1)
classmethod             | p.clsm()
class.classmethod       | Plain.clsm()
class attr of class     | Plain.klass
metaclass attr          | WithMeta.attr
metaclass method        | WithMeta.meth()
getattr hook hit        | fb.x
getattr hook method     | fb.meth()
getattr hook miss       | fb.nothing
own getattribute        | own.x
own setattr             | st.x = 1
slots                   | sl.a
slots store             | sl.a = 5
descriptor              | hd.d
descriptor store        | hd.d = 5
store attr              | p.v = 1
store attr 4 shapes     | objs[k & 3].v = 1
getattr()               | getattr(p, 'v')
getattr() default       | getattr(p, 'nope', None)
hasattr()               | hasattr(p, 'nope')
setattr()               | setattr(p, 'v', 1)
module attr             | math.pi
enum member             | Color.RED
enum value              | Color.RED.value
enum call               | Color(1)
enum eq                 | Color.RED == Color.GREEN
enum as key             | {Color.RED: 1}[Color.RED]
flag or                 | Flag.A | Flag.B
namedtuple attr         | nt.b
namedtuple new          | NT(1, 2, 3)
namedtuple replace      | nt._replace(a=5)
namedtuple eq           | nt == nk
dataclass new           | DC(1, 2)
frozen new              | Frozen(1, 2)
dataclass eq            | dc == dc
frozen hash             | hash(fz)
instance                | Plain(1)
instance super init     | Sub(1)
instance slots          | Slots()
exception new           | ValueError('x')
object()                | object()
call plain              | plain(1)
call kw                 | plain(a=1, b=2)
call star               | star(1, 2, 3)
call **                 | kw(a=1, b=2)
call both               | both(1, b=2)
call *L                 | plain(*tk)
call decorated          | decorated(1, 2)
call partial            | part(2)
call bound              | bound()
call __call__           | p(1)
call lambda             | (lambda x: x)(1)
call closure            | inc()
call lru_cache          | cached(1)
operator.itemgetter     | operator.itemgetter(1)(T)
user eq                 | p == o
user lt                 | p < o
user add                | p + o
user len                | len(p)
user getitem            | p[3]
user setitem            | p[3] = 4
user in                 | 3 in p
user bool               | not p
user iter               | list(p)
user hash dict          | {p: 1}
user with               | with_block(p)
contextmanager          | with_block(cm())
isinstance              | isinstance(p, Plain)
isinstance tuple        | isinstance(p, (int, str, Plain))
isinstance ABC          | isinstance(im, ABase)
isinstance Sequence     | isinstance(L, collections.abc.Sequence)
isinstance Mapping no   | isinstance(p, collections.abc.Mapping)
isinstance protocol     | isinstance(im, Proto)
isinstance union        | isinstance(p, int | str)
issubclass              | issubclass(Sub, Plain)
type()                  | type(p)
type name               | type(p).__name__
id()                    | id(p)
hash int                | hash(i)
hash tuple new          | hash((k, 2, 3))
repr int                | repr(i)
repr list               | repr(tk)
str float               | str(f)
f-string                | f'{i} {word} {f:.2f}'
format()                | '{} {}'.format(i, word)
percent                 | '%s %d' % (word, i)
int()                   | int('12345')
float()                 | float('1.5')
str concat              | word + 'x'
str index               | text[5]
str slice               | text[5:15]
str find                | text.find('lazy')
str in                  | 'lazy' in text
str split               | text.split()
str join                | ' '.join(words)
str replace             | text.replace('fox', 'cat')
str strip               | '  x '.strip()
str lower               | word.lower()
str startswith          | text.startswith('The')
str eq                  | word == 'hellp'
str iter                | list(word)
str encode              | word.encode()
str isdigit             | '123'.isdigit()
str translate           | word.translate({104: 'x'})
ord chr                 | chr(ord('a') + 1)
bytes index             | BY[5]
bytes slice             | BY[5:15]
bytes decode            | packed[:1].decode()
bytearray store         | B[5] = 7
bytearray append        | BA.append(1); BA.pop()
memoryview index        | MV[5]
memoryview slice        | MV[5:10]
array index             | A[5]
array store             | A[5] = 2.0
array int index         | AI[5]
array len               | len(A)
array iter 100          | sum(A)
list index              | L[5]
list index var          | L[k & 63]
list index neg          | L[-1]
list slice              | L[5:15]
list append pop         | L.append(1); L.pop()
list in                 | 50 in L
list copy               | L[:]
list()                  | list(T)
list concat             | tk + tk
list sort               | sorted(L)
list sort key           | sorted(L, key=lambda x: -x)
list comp 100           | [x for x in L]
list reverse            | L[::-1]
list eq                 | L == L[:]
list extend             | [].extend(tk)
list literal            | [1, 2, k]
list subclass index     | sk[5]
list subclass append    | sk.append(1); sk.pop()
list insert             | L.insert(0, 1); L.pop(0)
tuple literal           | (k, 2)
tuple unpack            | a, b = tk
tuple star unpack       | a, *b = T
tuple eq                | tk == (5, 6)
tuple in                | 3 in tk
dict get int            | D[5]
dict get str            | DS['5']
dict get tuple          | TD[tk]
dict get tuple new      | TD[k & 63, (k & 63) + 1]
dict get namedtuple     | ND[nk]
dict .get               | D.get(5)
dict .get miss          | D.get(-5, 0)
dict store              | D[5] = 5
dict store tuple        | TD[tk] = 1
dict in                 | 5 in D
dict setdefault         | D.setdefault(5, 1)
dict literal            | {'a': 1, 'b': k}
dict items 100          | [0 for a, b in D.items()]
dict values 100         | sum(D.values())
dict keys 100           | list(D)
dict comp 100           | {a: b for a, b in D.items()}
dict copy               | D.copy()
dict merge              | {**DS, 'a': 1}
dict update             | {}.update(DS)
dict pop                | D.pop(5); D[5] = 5
dict subclass get       | md[5]
dict del                | del D[5]; D[5] = 5
defaultdict             | DD[5] += 1
Counter                 | C[5] += 1
Counter(words)          | collections.Counter(words)
OrderedDict get         | OD[5]
ChainMap get            | CM[3]
set in                  | 5 in S
set add                 | S.add(5)
set literal             | {1, 2, k}
set or                  | S | FS2
frozenset and           | FS & FS2
frozenset sub           | FS - FS2
frozenset eq            | FS == FS2
frozenset hash          | hash(frozenset(tk))
set comp                | {x & 7 for x in tk}
deque append popleft    | DQ.append(1); DQ.popleft()
deque index             | DQ[5]
deque iter              | list(DQ)
range 10                | [0 for _ in range(10)]
range()                 | range(5)
range index             | range(100)[5]
range in                | 5 in range(100)
enumerate 100           | [0 for a, b in enumerate(L)]
zip 100                 | [0 for a, b in zip(L, L)]
map 100                 | list(map(plain, L))
map builtin             | list(map(str, tk))
filter                  | list(filter(None, L))
reversed                | list(reversed(tk))
sum                     | sum(L)
min max                 | min(5, k)
max list                | max(L)
max key                 | max(tk, key=plain)
any gen                 | any(x > 5 for x in tk)
all list                | all(L)
sum gen                 | sum(x for x in tk)
gen 10                  | [0 for _ in gen(10)]
gen delegate 10         | [0 for _ in delegate(10)]
next()                  | next(it)
iter()                  | iter(L)
chain                   | list(itertools.chain(tk, tk))
product                 | list(itertools.product(tk, tk))
combinations            | list(itertools.combinations(T[:6], 2))
permutations            | list(itertools.permutations(tk))
islice                  | list(itertools.islice(L, 5))
groupby                 | [k2 for k2, _ in itertools.groupby(tk)]
accumulate              | list(itertools.accumulate(tk))
reduce                  | functools.reduce(operator.add, tk)
coroutine               | run_coro()
try                     | try_ok()
raise except            | try_raise()
raise deep              | try_key()
match                   | match_it(tk)
global store            | global_store(k)
int add                 | i + k
int mul                 | i * j
int floordiv            | i // j
int mod                 | i % j
int pow                 | i ** 2
int shift               | i << 3
int and                 | i & j
int compare             | i < j < k
int divmod              | divmod(i, j)
int big add             | big + big2
int big mul             | big * big2
int big div             | big // big2
int big str             | str(big)
int bit_length          | i.bit_length()
int to_bytes            | i.to_bytes(4)
int 40 bit mul          | 1234567 * (k | 1) & 0xFFFFFFFF
float add               | f + g
float mul               | f * g
float div               | f / g
float int               | int(f)
float pow               | f ** 2
float compare           | f < g
float round             | round(f, 1)
math.sqrt               | math.sqrt(f)
math.floor              | math.floor(f)
abs                     | abs(-5)
complex mul             | (1 + 2j) * (3 + f)
Fraction add            | fr + fr2
bool and                | i and j
is None                 | p is None
ternary                 | 1 if i else 2
struct unpack           | unpack.unpack(packed)
struct pack             | unpack.pack(1, 2, 3.0)
re match                | rx.match(text)
re search groups        | rx.search(text).groups()
re sub                  | rx.sub('x', text)
re findall              | rx.findall(text)
re split                | re.split(' ', text)
bisect                  | bisect.bisect(L, 50)
heapq                   | heapq.heappush(heap, 5); heapq.heappop(heap)
json dumps              | json.dumps(nested)
json loads              | json.loads('{"a": [1, 2, {"b": 3}]}')
copy                    | copy.copy(D)
deepcopy                | copy.deepcopy(nested)
random()                | random.random()
randint                 | random.randint(1, 6)
date                    | datetime.date(2020, 1, 2)
date add                | dt + datetime.timedelta(1)
weakref call            | wr()
print                   | print(i, file=null)
write                   | null.write('abc')
StringIO write          | sio.write('abc'); sio.seek(0)
str subclass            | ms.upper()
int subclass add        | mi + 1
global len              | len(L)
chained compare         | 0 <= i < 100000
string build 10         | build_string()
del name                | x = 1; del x
import inside           | import math
textwrap                | textwrap.wrap(text, 40)
statistics mean         | statistics.mean(tk)
'''
HELPERS = '''
def with_block(c):
    with c: pass
def run_coro():
    try: coro().send(None)
    except StopIteration as e: return e.value
def try_ok():
    try: return 1
    except ValueError: return 2
def try_raise():
    try: raise ValueError('x')
    except ValueError: return 2
def try_key():
    try: return D['nothing']
    except KeyError: return 2
def match_it(v):
    match v:
        case [int(), str()]: return 1
        case (a, b): return a
def global_store(v):
    global GG
    GG = v
def build_string():
    s = ''
    for c in 'abcdefghij': s += c
    return s
'''
ROUNDS = 3
SECONDS = 0.01


def seconds(function, count):
    start = thread_time()
    function(count)
    return thread_time() - start


def cost(function):
    count = 16
    while (least := seconds(function, count)) < SECONDS:
        count *= 2 if least > SECONDS / 8 else 8
    return min(least, *(seconds(function, count) for _ in range(ROUNDS))) / count * 1e9


def lines():
    """The operations asked for: by words of the command line, or, with `-`, those whose names come in, one at a time."""
    table = [[part.strip() for part in line.split("|", 1)] for line in OPERATIONS.strip().splitlines()]
    if sys.argv[1:] != ["-"]:
        yield from (row for row in table if not sys.argv[1:] or any(word in row[0] for word in sys.argv[1:]))
        return
    bodies = dict(table)
    for line in sys.stdin:
        yield line.strip(), bodies[line.strip()]


def main():
    names = {"sys": sys}
    exec(SETUP + HELPERS, names)

    def make(body):
        exec(f"def loop(count):\n    for k in range(count):\n        {body}\n", names)
        return names["loop"]

    empty = make("pass")
    for name, body in lines():
        try:
            print(f"{name.replace(' ', '_')} {cost(make(body)) - cost(empty):.1f}", flush=True)
        except Exception as error:
            print(f"{name.replace(' ', '_')} nan {type(error).__name__}: {error}", flush=True)


main()
