"""Entry functions that need the runtime: each takes bytes. Whatever these are, an entry returns: the exceptions that bad input
deserves are caught here, what gets out is a fault, and so are a crash and ten seconds.

The targets of `fuzz` call them inside their process, the suite `fuzz` through `drive.py`.
"""
import array
import ast
import bz2
import collections
import copy
import copyreg
import datetime
import decimal
import fractions
import functools
import gzip
import io
import itertools
import lzma
import marshal
import operator
import pathlib
import pickle as pickles
import random
import re
import signal
import struct as structs
import tokenize
import types
import uuid
import warnings
import zlib as zlibs
import _sre
from string.templatelib import Interpolation, Template

warnings.simplefilter("ignore")


class TooLong(Exception):
    """What would go on for ever by its nature ends with this; native code has to hear of it."""


class Wrong(BaseException):
    """A result that cannot be right."""


def stop(*_):
    raise TooLong


signal.signal(signal.SIGVTALRM, stop)


def entry(seconds=1.0):
    """An entry function: catches what may be raised, and ends what takes longer."""
    def decorate(f):
        def call(data):
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
            try:
                f(data)
            except SystemError:
                # The interpreter's word for "this cannot be".
                raise
            except Exception:
                pass
            finally:
                try:
                    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                except TooLong:
                    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        call.__name__ = f.__name__
        return call
    return decorate


def attempt(f, *args):
    """Calls; None if it raises, unless time is over."""
    try:
        return f(*args)
    except (SystemError, TooLong):
        raise
    except Exception:
        return None


def attempt_invalid(f, *args):
    """As `attempt`, of code that no compiler makes: the interpreter may say so."""
    try:
        return attempt(f, *args)
    except SystemError:
        return None


def edited(base, edits):
    """The bytes with changes: place (two bytes), byte; place 0xFFFF cuts them."""
    out = bytearray(base)
    for i in range(0, len(edits) - 2, 3):
        at = edits[i] | edits[i + 1] << 8
        if at == 0xFFFF:
            del out[len(out) * edits[i + 2] // 256:]
        elif out:
            out[at % len(out)] = edits[i + 2]
    return bytes(out)


# ---- syntax trees ----------------------------------------------------------------------------------------------------

LEAVES = [None, 1, "a", b"x", 1.5, ..., [], [None], True, 10 ** 30, "\ud800", -1, "__class__", "None"]


def nodes_of(tree):
    return list(itertools.islice(ast.walk(tree), 400))


@entry()
def trees(data):
    """Source to a tree, to text and back; a tree with fields exchanged to code."""
    first, edits, text = data[0], data[1:1 + data[0] % 8 * 3], data[1 + data[0] % 8 * 3:][:4096]
    mode = ["exec", "eval", "single", "func_type"][first >> 6]
    attempt(compile, text, "f", mode if mode != "func_type" else "exec")
    attempt(lambda: collections.deque(tokenize.tokenize(io.BytesIO(text).readline), 0))
    attempt(tokenize.detect_encoding, io.BytesIO(text).readline)
    source = text.decode("utf-8", "surrogatepass" if first & 32 else "replace")
    attempt(lambda: collections.deque(tokenize.generate_tokens(io.StringIO(source).readline), 0))
    attempt(functools.partial(ast.parse, source, "f", mode, type_comments=True, feature_version=(3, 8)))
    tree = ast.parse(source, "f", mode)
    attempt(ast.dump, tree)
    said = attempt(ast.unparse, tree)
    if said is not None and mode == "exec":
        again = attempt(ast.parse, said)
        # Where `<>` is what is written, CPython's text is wrong, too.
        if again is None and "barry_as_FLUFL" not in said:
            raise Wrong(f"unparse gives what does not parse: {said!r}")
    nodes = nodes_of(tree)
    for i in range(0, len(edits) - 2, 3):
        node = nodes[edits[i] % len(nodes)]
        if not node._fields:
            continue
        field = node._fields[edits[i + 1] % len(node._fields)]
        other = edits[i + 2]
        if other < 200:
            other = nodes[other % len(nodes)]
            old = getattr(node, field, None)
            setattr(node, field, [other] if isinstance(old, list) else other)
        elif other < 250:
            setattr(node, field, LEAVES[other % len(LEAVES)])
        else:
            delattr(node, field)
    attempt(compile, tree, "f", mode)
    attempt(ast.unparse, tree)
    attempt(copy.deepcopy, tree)
    attempt(ast.literal_eval, tree)


# ---- code that was damaged in an image -------------------------------------------------------------------------------

PROGRAMS = """
def f(a, *b, c=1, **d):
    try:
        for i in range(a):
            yield i + c, b, d
    finally:
        a = b
class C:
    x: int = 1
    def __init__(self, v): self.v = v
    def m(self, *a): return self.v, a, __class__, super().__init__
r = [list(f(3)), C(2).m(1), C(x).v]
try:
    f(2).throw(KeyError)
except (KeyError, ValueError) as e:
    r = e
====
def o(n):
    a, b, *c = 1, 2, n, [n]
    def i(q=a, *, z=b):
        nonlocal a
        a += b
        return lambda p=a: (p, c, z, q)
    return i
x = o(3)()()
y = [k * 2 for k in x if k] + [*x], {k: v for k, v in [(1, 2)]}, {1, *[2]}, (j for j in [3])
z = y[0][1:2], x[0] < 2 <= 3, x is not y, x in [x], -1 ** 2, not x, 1 if x else 2
del x, y
====
async def g(x):
    async with x as y, y: pass
    async for z in y: await z
    return [a async for a in x if await a]
async def h():
    for i in [1, 2]: yield i
k = g(1)
try: k.send(None)
except Exception as e: k.close()
t = h()
try: t.asend(None).send(None)
except StopIteration as e: u = e.value
====
def w(x):
    match x:
        case [1, *r, {'k': v, **s}] if v: return r, s
        case {'a': 1 | 2 as q}: return q
        case str() as t: return t
        case _: return None
r = [w(x) for x in ([1, 2, {'k': 3, 'l': 4}], {'a': 2}, 'x', 5)]
s = f'{r!r:>{10}}{r[0]}' + 'b' '%s' % (r,)
while s:
    s = s[1:]
    if not s: break
    continue
try:
    raise ExceptionGroup('g', [ValueError(1), KeyError(2)])
except* ValueError as e:
    v = e
except* KeyError:
    v = None
====
class A[T: int]:
    type X[*U, **P] = list[U]
    def __enter__(self): return self
    def __exit__(self, *a): return True
with A() as a, a:
    a.b = {}
    a.b['x'] = a.b.get('y', 1)
    a.c += 1
def d(f): return f
@d
def e(x: int, /, y: str = 'a', *z, k: 'n' = None) -> 1: return print(*z, **{'end': y})
e(1, 'b', 2, k=3)
def v():
    x = yield from [1, 2]
    return (yield x)
n = v(); n.send(None); n.send(1)
assert n, 'm'
global q
q = 1e5 + 2j, 'a' * 2, b'a' + b'b', ..., 10 ** 30, slice(1), divmod(7, 2)
""".split("====\n")


class Holder:
    """A value for code that was damaged, which asks for any operation."""

    def __iter__(self):
        return iter([1, 2])

    async def __aenter__(self):
        return self

    async def __aexit__(self, *a):
        return None


def nothing(*args, **kwargs):
    return None


# No way out of this: nothing here reaches a file, a process or another module.
SAFE = {f.__name__: f for f in (
    range, list, dict, set, tuple, str, int, float, bytes, len, isinstance, ValueError, KeyError, Exception, ExceptionGroup, StopIteration,
    super, slice, divmod, sorted, enumerate, zip, map, repr, iter, next, object, type, property)}
SAFE.update(print=nothing, __build_class__=__build_class__, __name__="fuzzed", AssertionError=AssertionError)


def sealed_parts():
    """What stands before and behind an image in `marshal`'s form of code."""
    whole = [marshal.dumps(compile(text, "f", "exec")) for text in PROGRAMS]
    # Type, length, the compiler's number, the sum, the image.
    return whole[0][:1], whole[0][5:13], [w[21:] for w in whole]


def checksum(image):
    mask = (1 << 64) - 1
    h = 0xCBF2_9CE4_8422_2325 ^ len(image)
    whole = len(image) // 8 * 8
    for n in itertools.chain(structs.unpack(f"<{whole // 8}Q", image[:whole]), image[whole:]):
        h = ((h ^ n) * 0x100_0000_01B3) & mask
        h = (h << 23 | h >> 41) & mask
    return h


KIND, FINGERPRINT, IMAGES = sealed_parts()


def sealed(image):
    blob = FINGERPRINT + checksum(image).to_bytes(8, "little") + image
    return KIND + len(blob).to_bytes(4, "little") + blob


for one in IMAGES:
    marshal.loads(sealed(one))


@entry(0.5)
def code(data):
    """Images with changes and good sums: refused, or run."""
    image = edited(IMAGES[data[0] % len(IMAGES)], data[1:])
    found = marshal.loads(sealed(image))
    for ask in (repr, hash, marshal.dumps, lambda c: list(c.co_lines()), lambda c: list(c.co_positions()), lambda c: c.co_code, lambda c: c == c, lambda c: c.replace(co_name="g")):
        attempt(ask, found)
    space = {"__builtins__": SAFE, "x": Holder()}
    attempt_invalid(exec, found, space)
    # Functions that it made and did not call.
    for value in list(space.values()):
        if isinstance(value, types.FunctionType):
            attempt_invalid(lambda: collections.deque(itertools.islice(value(3), 10), 0))
            attempt_invalid(value)
            attempt_invalid(value, 1, 2)


# ---- pickle ----------------------------------------------------------------------------------------------------------

def modest(t):
    """The type, but for sizes that any interpreter would give room to."""
    def make(*args):
        return t(*(a for a in args if type(a) is not int or a < 1 << 20))
    make.__name__ = t.__name__
    return make


CLASSES = [
    object, list, tuple, set, frozenset, dict, modest(bytes), modest(bytearray), str, int, float, complex, bool, slice, reversed, enumerate, zip, map, filter, memoryview, property,
    staticmethod, classmethod, Exception, OSError, UnicodeDecodeError, UnicodeEncodeError, StopIteration, SyntaxError, ImportError, AttributeError, NameError, KeyError,
    BaseExceptionGroup, ExceptionGroup, iter, collections.OrderedDict, collections.deque, collections.defaultdict, collections.Counter, collections.ChainMap,
    copyreg._reconstructor, copyreg.__newobj__, copyreg.__newobj_ex__, functools.partial, functools.cmp_to_key(max), operator.itemgetter, operator.attrgetter, operator.methodcaller,
    itertools.chain, itertools.islice, itertools.accumulate, itertools.product, itertools.permutations, itertools.combinations, itertools.groupby, itertools.starmap, itertools.takewhile,
    itertools.dropwhile, itertools.filterfalse, itertools.zip_longest, itertools.compress, itertools.pairwise, itertools.batched, itertools.tee, datetime.date, datetime.time, datetime.datetime,
    datetime.timedelta, datetime.timezone, decimal.Decimal, fractions.Fraction, array.array, array._array_reconstructor, random.Random, io.BytesIO, io.StringIO, types.SimpleNamespace,
    types.GenericAlias, types.MappingProxyType, types.MethodType, types.CellType, uuid.UUID, pathlib.PurePosixPath, structs.Struct, Template, Interpolation, len, repr, copyreg._reduce_ex,
    collections.UserDict, collections.UserList, re._compile, io.BufferedReader, io.TextIOWrapper, io.BufferedRandom, type(iter([])), type(iter({})), type(iter("a")), type(iter(set())),
]
BY_NAME = {getattr(c, "__name__", "K"): c for c in CLASSES}


class Reader(pickles.Unpickler):
    def find_class(self, module, name):
        # Any name stands for something harmless.
        found = BY_NAME.get(name)
        return CLASSES[zlibs.crc32(name.encode("utf-8", "replace")) % len(CLASSES)] if found is None else found

    def persistent_load(self, pid):
        return pid


def use(value):
    """What programs do with what they read."""
    for f in (repr, hash, bool, len, str, copy.copy, lambda v: v == v, lambda v: v < v, lambda v: list(itertools.islice(iter(v), 20)), lambda v: v[0], lambda v: v.__getstate__(), dir):
        attempt(f, value)
    for protocol in (0, 2, 5):
        text = attempt(pickles.dumps, value, protocol)
        if text is not None:
            attempt(lambda: Reader(io.BytesIO(text)).load())


@entry()
def pickle(data):
    first, rest = data[0], data[1:8192]
    out_of_band = [bytearray(b"abc"), b"xyz", memoryview(b"12")] if first & 1 else None
    encoding = ["ASCII", "bytes", "latin1", "utf-16"][first >> 1 & 3]
    stream = io.BytesIO(rest)
    reader = Reader(stream, buffers=out_of_band, encoding=encoding, fix_imports=bool(first & 8))
    for _ in range(2):
        use(reader.load())


# ---- marshal ---------------------------------------------------------------------------------------------------------

@entry()
def marshals(data):
    first, rest = data[0], data[1:8192]
    attempt(marshal.load, io.BytesIO(rest))
    value = marshal.loads(rest, allow_code=not first & 1)
    for f in (repr, hash, bool, len, lambda v: v == v, copy.copy):
        attempt(f, value)
    text = attempt(marshal.dumps, value, first >> 1 & 7)
    if text is not None:
        again = marshal.loads(text)
        if attempt(repr, again) != attempt(repr, value) and not isinstance(value, (frozenset, set, types.CodeType)) and "<code" not in repr(value) and "set" not in repr(value):
            raise Wrong(f"marshal changes {value!r:.300} to {again!r:.300}")


# ---- regular expressions ---------------------------------------------------------------------------------------------

COMPILED = [re._compiler._code(re._parser.parse(p), 0) for p in (
    r"a*b+?(c|d)\1[^e-g\w]{2,3}", r"(?i:(?P<x>ab|ac)*+)(?(x)y|z)$", r"(?<=ab)\b(?=c(?!d))(?>.*)\Z", r"^(?:a|[b-d]|\d)+?\s$", "(?s:.)*?[\u0100-\u0200x]\\B(?<!a)")]


@entry(0.3)
def regex(data):
    """A pattern, and a text that it is tried on; or the engine's own code, damaged."""
    first, rest = data[0], data[1:512]
    if first & 128:
        words = COMPILED[first % len(COMPILED)]
        size = _sre.CODESIZE
        raw = edited(b"".join(w.to_bytes(size, "little") for w in words), rest[:60])
        words = [int.from_bytes(raw[i:i + size], "little") for i in range(0, len(raw) - size + 1, size)]
        pattern = _sre.compile("p", first & 0x2A, words, 2, {"x": 1}, (None, "x", None))
        text = "abcdxyz \u0150aab"
    else:
        flags = re.RegexFlag((first & 1) * 2 | (first & 2) * 4 | (first & 4) * 4 | (first & 8) << 3)
        source, _, text = rest.partition(b"\xff")
        if first & 16:
            source, text = source.decode("utf-8", "replace"), text.decode("utf-8", "replace")
            if first & 32:
                flags |= re.A
        elif first & 32:
            flags |= re.L
        pattern = re._compiler.compile(source, flags)
    text = text[:100]
    found = attempt(pattern.search, text)
    if found:
        start, end = found.span()
        if not 0 <= start <= end <= len(text) or found.group() != text[start:end]:
            raise Wrong(f"{pattern!r} finds {found.span()} in {text!r}")
        for f in (found.groups, found.groupdict, lambda: found.expand("\\1" if isinstance(text, str) else b"\\1"), lambda: found[1], lambda: found.regs, lambda: repr(found)):
            attempt(f)
    attempt(pattern.match, text, 1, 5)
    attempt(pattern.fullmatch, text)
    attempt(pattern.findall, text)
    attempt(pattern.split, text)
    attempt(pattern.sub, text[:3], text)
    attempt(lambda: [m.end() for m in pattern.finditer(text)])
    attempt(lambda: [pattern.scanner(text).match() for _ in range(3)])
    attempt(copy.deepcopy, pattern)
    attempt(repr, pattern)


# ---- struct, array, casts --------------------------------------------------------------------------------------------

VALUES = [0, 1, -1, 255, 2 ** 31, -2 ** 63, 2 ** 64 - 1, 2 ** 70, 1.5, float("nan"), 1e300, b"", b"abc", bytearray(b"x"), "a", None, True, 1j, 65504.0, 2.0 ** -24]


@entry()
def struct(data):
    first, rest = data[0], data[1:1024]
    form, _, rest = rest.partition(b"\xff")
    text = form if first & 1 else form.decode("latin-1")
    target = bytearray(64)
    attempt(lambda: memoryview(target).cast(text)[0])
    attempt(lambda: memoryview(target).cast(text, [rest[0], rest[1]]).tolist())
    attempt(lambda: memoryview(target).cast(text).__setitem__(rest[0], VALUES[rest[1] % len(VALUES)]))
    attempt(lambda: array.array(text, rest).tolist())
    packer = structs.Struct(text)
    if packer.size > 1 << 16:
        attempt(packer.unpack, rest)
        return
    fields = attempt(packer.unpack, rest.ljust(packer.size, b"\0")[:packer.size])
    if fields is not None:
        packed = attempt(packer.pack, *fields)
        if packed is not None and len(packed) != packer.size:
            raise Wrong(f"{text!r} packs {len(packed)} bytes of {packer.size}")
    attempt(packer.unpack_from, rest, first - 128)
    attempt(lambda: list(itertools.islice(packer.iter_unpack(rest), 20)))
    for shift in range(3):
        values = [VALUES[(b + shift) % len(VALUES)] for b in rest[:20]]
        attempt(packer.pack, *values)
        attempt(packer.pack_into, target, first - 128, *values)


# ---- zlib and the other compressors ----------------------------------------------------------------------------------

def in_pieces(decompressor, data, piece, most):
    """All of it, piece by piece, and no more than `most` bytes at a time."""
    out = b""
    for i in range(0, len(data), piece):
        out += decompressor.decompress(data[i:i + piece], most)
        if len(out) > 1 << 22:
            break
    return out


@entry(2.0)
def zlib(data):
    first, second, rest = data[0], data[1], data[2:4096]
    wbits = [15, -15, 31, 47, -9, 9, 0, 8][second & 7]
    piece, most = 1 + (second >> 3) * 7, [0, 1, 100, 10000][first >> 3 & 3]
    kind = first & 7
    if kind == 0:
        attempt(zlibs.decompress, rest, wbits)
        attempt(zlibs.decompress, rest, wbits, 1)
    elif kind == 1:
        d = zlibs.decompressobj(wbits, zdict=rest[:second]) if first & 128 else zlibs.decompressobj(wbits)
        attempt(in_pieces, d, rest, piece, most)
        other = attempt(d.copy)
        attempt(d.flush, 1 + second)
        if other:
            attempt(other.decompress, other.unconsumed_tail)
            attempt(other.flush)
        for f in (lambda: d.unused_data, lambda: d.unconsumed_tail, lambda: d.eof):
            attempt(f)
    elif kind == 2:
        level, strategy = second % 12 - 1, first >> 5
        c = zlibs.compressobj(level, zlibs.DEFLATED, wbits, 1 + second % 9, strategy % 5)
        text = c.compress(rest[:100])
        text += attempt(c.flush, [zlibs.Z_SYNC_FLUSH, zlibs.Z_FULL_FLUSH, zlibs.Z_NO_FLUSH, zlibs.Z_PARTIAL_FLUSH, zlibs.Z_BLOCK][second % 5]) or b""
        other = attempt(c.copy)
        text += c.compress(rest[100:]) + c.flush()
        if zlibs.decompress(text, wbits) != rest:
            raise Wrong(f"compressed with {level}, {wbits}, {strategy % 5}: {rest!r:.200}")
        if other:
            attempt(other.flush)
    elif kind == 3:
        attempt(bz2.decompress, rest)
        attempt(in_pieces, bz2.BZ2Decompressor(), rest, piece, most or -1)
        if bz2.decompress(bz2.compress(rest, 1 + second % 9)) != rest:
            raise Wrong(f"bz2 of {rest!r:.200}")
    elif kind in (4, 5):
        form = [lzma.FORMAT_AUTO, lzma.FORMAT_XZ, lzma.FORMAT_ALONE][second % 3]
        attempt(in_pieces, lzma.LZMADecompressor(form, memlimit=1 << 26), rest, piece, most or -1)
        filters = [[{"id": lzma.FILTER_LZMA2}], [{"id": lzma.FILTER_LZMA1, "lc": first % 5, "dict_size": 4096 + second}],
                   [{"id": lzma.FILTER_DELTA, "dist": 1 + second}, {"id": lzma.FILTER_LZMA2}], [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2}]][second >> 6]
        attempt(in_pieces, lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters), rest, piece, most or -1)
        if kind == 5 and len(rest) < 300:
            text = attempt(lambda: lzma.compress(rest, lzma.FORMAT_RAW, filters=filters))
            if text is not None and lzma.decompress(text, lzma.FORMAT_RAW, filters=filters) != rest:
                raise Wrong(f"lzma with {filters} of {rest!r:.200}")
    elif kind == 6:
        attempt(gzip.decompress, rest)
        attempt(gzip.GzipFile(fileobj=io.BytesIO(rest)).read)
    else:
        zlibs.crc32(rest, first), zlibs.adler32(rest, second)
        attempt(lambda: in_pieces(zlibs._ZlibDecompressor(wbits), rest, piece, most or -1))


TARGETS = {"trees": trees, "code": code, "pickle": pickle, "marshal": marshals, "regex": regex, "struct": struct, "zlib": zlib}
