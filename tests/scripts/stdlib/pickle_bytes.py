# The bytes that every protocol writes, what reads back, and what is refused.
import collections
import copyreg
import datetime
import decimal
import fractions
import io
import pickle
import threading
import zlib


class Plain:
    pass


class Slots:
    __slots__ = ("a", "b")


class SlotsAndDict(Slots):
    pass


class State:
    def __init__(self, x):
        self.x = x

    def __getstate__(self):
        return [self.x]

    def __setstate__(self, state):
        (self.x,) = state


class NewArgs:
    def __new__(cls, *args, **kw):
        self = super().__new__(cls)
        self.args = args, kw
        return self

    def __getnewargs_ex__(self):
        return self.args


class NewArgsOnly(NewArgs):
    __getnewargs_ex__ = None

    def __getnewargs__(self):
        return (1, 2)


class Reduce:
    def __init__(self, *what):
        self.what = what

    def __reduce__(self):
        return self.what


class Outer:
    class Inner:
        class Core:
            pass

    def method(self):
        pass


class MyList(list):
    pass


class MyDict(dict):
    pass


class MyStr(str):
    pass


class MyInt(int):
    pass


Point = collections.namedtuple("Point", "x y")


def setter(obj, state):
    obj.state = state


def instance(cls, **attributes):
    o = cls.__new__(cls)
    for k, v in attributes.items():
        setattr(o, k, v)
    return o


def show(name, o, **kw):
    for proto in range(6):
        try:
            data = pickle.dumps(o, proto, **kw)
        except Exception as e:
            print(name, proto, type(e).__module__, type(e).__name__, str(e).split(" at 0x")[0], getattr(e, "__notes__", ""))
            continue
        shown = data if len(data) < 400 else (len(data), hash_of(data))
        print(name, proto, shown)
        try:
            again = pickle.dumps(pickle.loads(data), proto, **kw)
        except Exception as e:
            print("   again:", type(e).__name__, e)
            continue
        if again != data and "-" not in name:
            print("   again:", again[:400])


def hash_of(data):
    return zlib.crc32(data)


for n in (0, 1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -1, -128, -129, -(2**31), -(2**31) - 1, 2**63, -(2**63), 2**64, -(2**64), 10**100, -(2**2040), 2**2039, 255 << 56, -(1 << 63) - 1, 2**39, -(2**39), 2**55 - 1):
    show("int", n)
for f in (0.0, -0.0, 1.5, 1e308, float("inf"), float("nan"), 5e-324):
    show("float", f)
for o in (None, True, False, ..., NotImplemented, type(None), type(...), type(NotImplemented), int, len, print, [].append.__name__, dict.__dict__["fromkeys"]):
    show("constant", o)
for s in ("", "a", "\n\\\0\r\x1a", "é\x80ÿ", "€", "🎉", "\ud800x", "x" * 255, "x" * 256, "x" * 70000):
    show("str", s)
for b in (b"", b"a", b"\x00\xff\x80", b"y" * 255, b"y" * 256, b"y" * 70000):
    show("bytes", b)
    show("bytearray", bytearray(b))
show("tuple", ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)))
show("list", [[], [1], [1, 2], [[]]])
show("dict", {1: {}, 2: {3: 4}, 5: {6: 7, 8: 9}})
show("set", [set(), {1}, {1, 2, 3}, frozenset(), frozenset({1, 2})])


def show_lengths(name, o):
    """What is large: lengths and checksums only, and each thing once."""
    print(name, [(len(data), hash_of(data)) for data in (pickle.dumps(o, proto) for proto in (0, 1, 2, 4, 5))], pickle.loads(pickle.dumps(o)) == o)


for n in (1000, 1001):
    show_lengths("list", [None] * n)
    show_lengths("dict", dict.fromkeys(range(n)))
    show_lengths("set", set(range(n)))
    show_lengths("frozenset", frozenset(range(n)))
    show_lengths("derived", MyList([None] * n))
    show_lengths("derived", MyDict.fromkeys(range(n)))
show_lengths("large", [b"z" * 65535, b"z" * 65536, "s" * 65536, bytearray(65536), [b"x" * 1000 for i in range(70)]])
show_lengths("frames", ["%04d" % i * 30 for i in range(1200)])

shared = ["shared"]
show("memo", [shared, shared, (shared,), "a long enough string", b"long enough bytes"] * 2)
loop = []
loop.append(loop)
show("loop-list", loop)
loop = {}
loop[1] = loop
show("loop-dict", loop)
loop = ([],)
loop[0].append(loop)
show("loop-tuple", loop)
loop = ([], 1, 2, 3)
loop[0].append(loop)
show("loop-tuple4", loop)
loop = instance(Plain)
loop.me = loop
show("loop-object", loop)
loop = instance(Plain)
loop.set = frozenset([loop])
show("loop-frozenset", loop.set)

show("plain", instance(Plain))
show("plain1", instance(Plain, a=1))
show("plain2", [instance(Plain, a=1, b="two"), instance(Plain, a=3, b="two")])
o = instance(Plain, a=1)
show("plain-dict", [o, o.__dict__, o])
o = instance(Plain, **{"name%d" % i: i for i in range(100)})
show("plain100", o)
show("slots", instance(Slots, a=1))
show("slots+dict", instance(SlotsAndDict, b=1, c=2))
show("state", State(5))
show("newargs", NewArgs(1, k=2))
show("newargs-none", NewArgsOnly())
show("point", Point(1, "x"))
show("mystr", [MyStr("text"), MyInt(7)])
show("exception", [ValueError("x", 1), KeyError("k")])
show("library", [datetime.date(2024, 2, 29), datetime.timedelta(1, 2, 3), decimal.Decimal("1.5"), fractions.Fraction(1, 3), collections.OrderedDict(a=1), range(3), slice(1, None), 1j, io.StringIO])
show("deque", collections.deque([1], 5))
for o in (Outer.Inner, Outer.Inner.Core, Outer.method, Outer().method):
    show("nested", o)
show("method", "x".upper)

show("reduce-2", Reduce(list, ()))
show("reduce-state-none", Reduce(Plain, (), None))
show("reduce-state", Reduce(Plain, (), {"a": 1}))
show("reduce-slotstate", Reduce(Plain, (), ({"a": 1}, {"b": 2})))
for n in (0, 1, 2, 1000, 1001):
    show("reduce-items", Reduce(list, (), None, iter([0] * n)))
    show("reduce-entries", Reduce(dict, (), None, None, iter([(i, 0) for i in range(n)])))
show("reduce-setter", Reduce(Plain, (), [1], None, None, setter))
show("reduce-name", Reduce)
for bad in ((), (1,), (list,), (list, []), (list, (), None, []), (list, (), None, None, {}), (list, (), None, None, None, 5), (list,) * 7, (dict, (), None, None, iter([5]))):
    show("reduce-bad", Reduce(*bad))
for bad in ((copyreg.__newobj__, ()), (copyreg.__newobj__, (5,)), (copyreg.__newobj__, (str,)), (copyreg.__newobj_ex__, ()), (copyreg.__newobj_ex__, (5, (), {})), (copyreg.__newobj_ex__, (Reduce, 5, {})), (copyreg.__newobj_ex__, (Reduce, (), 5))):
    show("newobj-bad", Reduce(*bad))
show("lambda", [1, (2, {"k": lambda: 0})])
show("generator", {"k": [x for x in ()].__iter__(), "g": (x for x in ())})


class Named:
    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return self.name


for name in ("nosuch", "Plain", "Outer.nosuch", "Outer.<locals>.x", "é"):
    show("named", [Named(name)])

copyreg.add_extension(__name__, "Plain", 0x12)
copyreg.add_extension(__name__, "Outer", 0x1234)
copyreg.add_extension(__name__, "State", 0x12345678)
show("extensions", [Plain, Outer, State, Plain])
copyreg.remove_extension(__name__, "Plain", 0x12)
copyreg.remove_extension(__name__, "Outer", 0x1234)
copyreg.remove_extension(__name__, "State", 0x12345678)

# Names of Python 2.
for o in (range, str, print, ValueError, io.StringIO, collections.OrderedDict, FileNotFoundError):
    for fix in (True, False):
        print(pickle.dumps(o, 2, fix_imports=fix), pickle.loads(pickle.dumps(o, 2, fix_imports=fix), fix_imports=fix) is o)
print(pickle.loads(b"c__builtin__\nxrange\n."), pickle.loads(b"cexceptions\nStandardError\n."), pickle.loads(b"ccopy_reg\n_reconstructor\n.").__name__)


# Picklers with hooks.
class Hooked(pickle.Pickler):
    def persistent_id(self, o):
        return "id-%d" % o if isinstance(o, int) and o > 100 else None

    def reducer_override(self, o):
        if isinstance(o, Slots):
            return State, (o.a,)
        return NotImplemented


class Loader(pickle.Unpickler):
    def persistent_load(self, pid):
        return ("persistent", pid)

    def find_class(self, module, name):
        print("   find", module, name)
        return super().find_class(module, name)


for proto in range(6):
    f = io.BytesIO()
    p = Hooked(f, proto)
    p.dispatch_table = copyreg.dispatch_table.copy()
    p.dispatch_table[Plain] = lambda o: (State, ("from the table",))
    p.dump([1, 1000, instance(Slots, a="s"), instance(Plain, z=1), Point(1, 2)])
    print(f.getvalue())
    f.seek(0)
    r = Loader(f).load()
    print(r[1], r[2].x, r[3].x, r[4])
    f = io.BytesIO()
    p = pickle.Pickler(f, proto)
    data = ["one long string", instance(Plain, a=["list"])]
    for i in range(3):
        p.dump(data)
        if i == 1:
            p.clear_memo()
    print(f.getvalue())
    memo = p.memo.copy()
    print(sorted(i for i, o in memo.values()), all(id(o) == k for k, (i, o) in memo.items()))
    f.seek(0)
    u = pickle.Unpickler(f)
    print([type(u.load()[1]).__name__ for i in range(3)], sorted(u.memo.copy()))

# What is no pickle.
garbage = [b"", b".", b"(.", b"0.", b"10.", b"t.", b"(K\x01d.", b"K\x01K\x02s.", b"}(K\x01u.", b"](K\x01K\x02e.", b"K\x01(K\x02e.", b"Na.", b"]a.", b"N)\x81.", b"cbuiltins\nint\nN\x81.", b"cbuiltins\nint\n)N\x92.", b"NNN\x92.", b"cbuiltins\nint\n)}\x92.", b"\x80\x06.", b"\x82\x00.", b"\x82\x05.", b"\x84\xff\xff\xff\xff.", b'S"a\n.', b"Sa\n.", b"S'a\\n\\x41'\n.", b"Vab\\u0041\\\\u0041\n.", b"h\x05.", b"g5\n.", b"gx\n.", b"j\x05\0\0\0.", b"p0\n.", b"Np-1\n.", b"\x94.", b"Nb.", b"NNb.", b"N}(K\x01K\x02ub.", b"NK\x01b.", b"\x8f(K\x01\x90.", b"](K\x01\x90.", b"(K\x01\x91.", b"\x93.", b"NN\x93.", b"\x97.", b"\x98.", b"P5\n.", b"P\xff\n.", b"NQ.", b"Q.", b"T\xff\xff\xff\xff.", b"\x8b\xff\xff\xff\xff.", b"\x8a\x02\xff\xff.", b"\x8a\x00.", b"\x95\x05\0\0\0\0\0\0\0N.", b"\x95" + b"\xff" * 8 + b"N.", b"\x8d" + b"\xff" * 8 + b".", b"\x8e" + b"\xff" * 8 + b".", b"\x96" + b"\xff" * 8 + b".", b"\x96\x05\0\0\0\0\0\0\0abc.", b"'", b"\\", b"\xfe", b"2.", b"N2.", b"iab\ncd\n.", b"(ibuiltins\nlist\n.", b"(o.", b"(cbuiltins\nlist\no.", b"o.", b"\x85.", b"N\x86.", b"R.", b"N)R.", b"NNR.", b"cnosuch\nx\n.", b"cbuiltins\nnosuch\n.", b"\x80\x04\x8c\x08builtins\x8c\x07int.foo\x93.", b"cbuiltins\nint.real\n.", b"X\xff\xff\xff\x7f.", b"C", b"K", b"J\x00", b"(((.", b"N(.", b"N(0.", b"(00.", b"\x80", b"}(K\x01K\x02K\x03u.", b"Nu.", b"(u.", b"NK\x01K\x02s.", b"I010\n.", b"I0x1f\n.", b"I\n.", b"I01\n.", b"I00\n.", b"I-5\n.", b"L5L\n.", b"L-5\n.", b"F1.5\n.", b"F\n.", b"(lp0\nI1\na.", b"(dp0\nS'a'\nI1\ns.", b"(I1\nI2\nl.", b"Nr\xff\xff\0\0j\xff\xff\0\0\x94j\x01\0\0\0.", b"\x80\x04\x95\x06\0\0\0\0\0\0\0X\n\0\0\0helloworld.", b"\x80\x04\x95\x0c\0\0\0\0\0\0\0N\x95\0\0\0\0\0\0\0\0NN.", b"\x80\x04\x95\x0a\0\0\0\0\0\0\0N\x95\0\0\0\0\0\0\0\0N.", b"\x80\x04\x95\x03\0\0\0\0\0\0\0I12\n.", b"ccollections\nCounter\n)\x81}}NNs\x86b."]
for data in garbage:
    for reader in (pickle.loads, lambda data: pickle.load(io.BytesIO(data)), lambda data: pickle.load(io.BufferedReader(io.BytesIO(data)))):
        try:
            print(data[:30], repr(reader(data)))
        except Exception as e:
            print(data[:30], type(e).__module__, type(e).__name__, e)

# A file is read no further than the pickle goes.
for wrap in (lambda f: f, io.BufferedReader):
    f = wrap(io.BytesIO(b"".join(pickle.dumps(o, p) + b"#" for p in range(6) for o in ([1, "two", 3.0], {"k": b"v" * 300}))))
    for i in range(12):
        print(pickle.load(f) == ({"k": b"v" * 300} if i % 2 else [1, "two", 3.0]), f.read(1), end=" ")
    print()

# Buffers.
for data in (b"readonly", bytearray(b"writable")):
    buffers = []
    p = pickle.dumps(pickle.PickleBuffer(data), 5, buffer_callback=buffers.append)
    print(p, pickle.dumps(pickle.PickleBuffer(data), 5), pickle.loads(p, buffers=buffers) is buffers[0], pickle.loads(p, buffers=[data]) is data)
    print(bytes(pickle.loads(p, buffers=[bytearray(b"other")])))
    for bad in ([], None):
        try:
            pickle.loads(p, buffers=bad)
        except Exception as e:
            print(type(e).__name__, e)

# Deep nesting is an error, not a crash.
deep = []
for i in range(8000):
    deep = [deep]


def too_deep():
    try:
        pickle.dumps(deep)
    except RecursionError:
        print("RecursionError")


threading.stack_size(512 * 1024)
thread = threading.Thread(target=too_deep)
thread.start()
thread.join()
while deep:
    deep = deep[0]
f = io.BytesIO()
p = pickle.Pickler(f)
p.fast = True
loop = []
loop.append(loop)
try:
    p.dump(loop)
except ValueError as e:
    print(str(e).split(" at 0x")[0])
