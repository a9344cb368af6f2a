"""Growth by each method and function whose input chooses how large its result is: `growth_library.py NAME`, or `--list [all]`.

Each row is what is made before and a step that is done until memory ends. Results stay in `keep`, and `x` or `n` doubles, so that
each step asks for about as much as all before. MemoryError must come (or what is named in a third column), and the program
goes on.
"""
import gc
import sys

sys.set_int_max_str_digits(0)

TEXT = "x = 'aé€ \\t\\n' * 50"
ASCII = "x = 'ab c' * 50"
BYTES = "x = b'ab c' * 50"
ARRAY = "x = bytearray(b'ab c' * 50)"
NUMBER = "x = 3 ** 1000"
ITEMS = "x = [1, 'a', None, 2.5] * 50"
SIZE = "n = 1000"

# Name: made before; one step.
TABLE = {
    # str
    "str join of one": (ASCII, "x = ''.join([x, x])"),
    "str join of many": (SIZE, "n *= 2; keep = ''.join(['abcdefgh'] * n)"),
    "str join of a generator": (SIZE, "n *= 2; keep = ','.join('abcdefgh' for i in range(n))"),
    "str join with str": (ASCII, "x += x; keep = x.join('abc')"),
    "str join of wide": (TEXT, "x = ''.join([x, 'a', x])"),
    "str center": (SIZE, "n *= 2; keep = 'x'.center(n)"),
    "str ljust": (SIZE, "n *= 2; keep = 'é'.ljust(n, '€')"),
    "str rjust": (SIZE, "n *= 2; keep = 'x'.rjust(n)"),
    "str zfill": (SIZE, "n *= 2; keep = '-1'.zfill(n)"),
    "str expandtabs": (SIZE, "n *= 2; keep = ('\\t' * 10).expandtabs(n)"),
    "str casefold": (TEXT, "x += x; keep = x.casefold()"),
    "str lower": (TEXT, "x += x; keep = x.lower()"),
    "str upper": ("x = 'ß' * 100", "x += x; keep = x.upper()"),
    "str title": (TEXT, "x += x; keep = x.title()"),
    "str swapcase": (TEXT, "x += x; keep = x.swapcase()"),
    "str capitalize": (TEXT, "x += x; keep = x.capitalize()"),
    "str translate": (TEXT, "x += x; keep = x.translate({97: 'abc', 233: None})"),
    "str maketrans": (SIZE, "n = min(n * 2, 0x110000); keep.append(str.maketrans(dict.fromkeys(range(n), 'abc')))"),
    "str partition": (ASCII, "x += x; keep = [x.partition(' '), x.rpartition('b')]"),
    "str rsplit": (ASCII, "x += x; keep = x.rsplit()"),
    "str split of a letter": (TEXT, "x += x; keep = x.split('a')"),
    "str splitlines": (TEXT, "x += x; keep = x.splitlines(True)"),
    "str strip": (ASCII, "x += x; keep = [(' ' + x).strip(), x.lstrip('a'), x.rstrip('c')]"),
    "str removeprefix": (ASCII, "x += x; keep = [x.removeprefix('a'), x.removesuffix('c')]"),
    "str slice with a step": (TEXT, "x += x; keep = [x[::2], x[::-1], x[1:]]"),
    "str *": (SIZE, "n *= 2; keep = ['x' * n, 'é€' * n, 3 * n * 'ab']"),
    "str replace more": (TEXT, "x = x.replace('a', 'aaa')"),
    "str replace of nothing": (ASCII, "x = x.replace('', '-')"),
    "str count and list": (ASCII, "x += x; keep = sorted(x)"),
    "str reversed": (ASCII, "x += x; keep = ''.join(reversed(x))"),
    "str ascii": (TEXT, "x += x; keep = ascii(x)"),
    "str repr": (TEXT, "x = repr(x)"),
    "str of bytes": (BYTES, "x += x; keep = str(x)"),
    "str of bytes decoded": (BYTES, "x += x; keep = str(x, 'latin-1')"),
    "str % s": (TEXT, "x = '%s %s' % (x, x)"),
    "str % r": (TEXT, "x = '%r%a' % (x, x)"),
    "str % width": (SIZE, "n *= 2; keep = '%*d' % (n, 1)"),
    "str % precision": (SIZE, "n = min(2 * n, 2 ** 31 - 1); keep.append('%.*d' % (n, 1))"),
    "str % float": (SIZE, "n = min(2 * n, 2 ** 31 - 1); keep.append('%.*f' % (n, 1.5))"),
    "str.format": (TEXT, "x = '{}{!r}{:>10}'.format(x, x, x)"),
    "str.format width": (SIZE, "n *= 2; keep = '{:{}}'.format('x', n)"),
    "str.format text": (ASCII, "x += x; keep = ('{{' + x + '}}' + x).format()"),
    "str.format_map": (ASCII, "x = '{a}{a}'.format_map({'a': x})"),
    "f-string": (TEXT, "x = f'{x}{x!r}{x:<10}'"),
    "f-string width": (SIZE, "n *= 2; keep = f'{1:,.2f}{2:0{n}}'"),
    "format of an int": (SIZE, "n *= 2; keep = format(5, f'0{n},')"),
    "format of a float": (SIZE, "n = min(2 * n, 2 ** 31 - 1); keep.append(format(1.5, f'.{n}f'))"),
    "format of a complex": (SIZE, "n = min(2 * n, 2 ** 31 - 1); keep.append(format(1.5j, f'.{n}f'))"),
    "template": (ASCII, "x = t'{x}{x}'.interpolations[0].value * 2"),
    "str encode": (TEXT, "x += x; keep = x.encode()"),
    "str concat of many": (ASCII, "x = x + 'é' + x + '€'"),
    "str isidentifier": (ASCII, "x += x; keep = [x.isidentifier(), hash(x), x == x + 'a']"),
    # bytes, bytearray, memoryview
    "bytes join": (BYTES, "x = b''.join([x, x])"),
    "bytes join of many": (SIZE, "n *= 2; keep = b''.join([b'abcdefgh'] * n)"),
    "bytes join with bytes": (BYTES, "x += x; keep = x.join([b'a', b'b', b'c'])"),
    "bytearray join": (ARRAY, "x = bytearray().join([x, x])"),
    "bytes center": (SIZE, "n *= 2; keep = b'x'.center(n)"),
    "bytes ljust": (SIZE, "n *= 2; keep = b'x'.ljust(n)"),
    "bytes zfill": (SIZE, "n *= 2; keep = b'-1'.zfill(n)"),
    "bytes expandtabs": (SIZE, "n *= 2; keep = (b'\\t' * 10).expandtabs(n)"),
    "bytes lower": (BYTES, "x += x; keep = [x.lower(), x.upper(), x.title(), x.swapcase(), x.capitalize()]"),
    "bytes translate": (BYTES, "x += x; keep = x.translate(None, b'a')"),
    "bytes replace": (BYTES, "x = x.replace(b'a', b'aaa')"),
    "bytes replace of nothing": (BYTES, "x = x.replace(b'', b'-')"),
    "bytes split": (BYTES, "x += x; keep = x.split(b'a')"),
    "bytes rsplit": (BYTES, "x += x; keep = x.rsplit()"),
    "bytes splitlines": ("x = b'a\\n' * 100", "x += x; keep = x.splitlines()"),
    "bytes partition": (BYTES, "x += x; keep = x.partition(b'a')"),
    "bytes strip": (BYTES, "x += x; keep = [x.strip(b'a'), x.lstrip(b'a'), x.rstrip(b'c')]"),
    "bytes slice": (BYTES, "x += x; keep = [x[::2], x[::-1], x[1:]]"),
    "bytes *": (SIZE, "n *= 2; keep = [b'x' * n, b'abc' * n]"),
    "bytes repr": (BYTES, "x = repr(x).encode()"),
    "bytes % s": (BYTES, "x = b'%s%b%a' % (x, x, x)"),
    "bytes % width": (SIZE, "n *= 2; keep = b'%*d' % (n, 1)"),
    "bytes hex": (BYTES, "x = x.hex().encode()"),
    "bytes hex with a separator": (BYTES, "x = x.hex('-').encode()"),
    "bytes.fromhex": ("x = 'ab' * 100", "x += x; keep = [bytes.fromhex(x), bytearray.fromhex(x)]"),
    "bytes of a list": (SIZE, "n *= 2; keep = bytes([1] * n)"),
    "bytes of an iterator": (SIZE, "n *= 2; keep = bytes(iter([1] * n))"),
    "bytes of bytes": (ARRAY, "x += x; keep = [bytes(x), bytearray(x)]"),
    "bytes list": (BYTES, "x += x; keep = [list(x), tuple(x)]"),
    "bytes sorted": (BYTES, "x += x; keep = sorted(x)"),
    "bytearray *=": (ARRAY, "x *= 2"),
    "bytearray insert": (ARRAY, "x *= 2; x.insert(0, 1)"),
    "bytearray slice": (ARRAY, "x[5:6] = x"),
    "bytearray slice with a step": (ARRAY, "x += x; x[::2] = bytes(len(x) // 2)"),
    "bytearray extend of an iterator": (ARRAY, "x.extend(iter(list(x)))"),
    "bytearray resize": (ARRAY, "x.resize(2 * len(x))"),
    "bytearray copy": (ARRAY, "x += x; keep = x.copy()"),
    "bytearray replace": (ARRAY, "x = x.replace(b'a', b'aaa')"),
    "bytearray split": (ARRAY, "x += x; keep = x.split(b'a')"),
    "bytearray translate": (ARRAY, "x += x; keep = [x.translate(None), x.lower(), x.center(len(x) * 2)]"),
    "memoryview tobytes": (BYTES, "x = memoryview(x + x).tobytes()"),
    "memoryview tolist": (BYTES, "x += x; keep = memoryview(x).tolist()"),
    "memoryview hex": (BYTES, "x = memoryview(x).hex().encode()"),
    "memoryview strided": (BYTES, "x += x; keep = [bytes(memoryview(x)[::-2]), memoryview(x)[::2].tolist(), memoryview(x)[::3].tobytes()]"),
    "memoryview cast": (SIZE, "n *= 2; keep = memoryview(bytes(8 * n)).cast('d').tolist()"),
    "memoryview compare": (BYTES, "x += x; memoryview(x)[::2] == memoryview(x)[::-2]; hash(memoryview(x))"),
    # int and its kin
    # Products of large numbers take minutes before memory ends: one that is too large at once.
    "int *": (NUMBER, "x <<= x.bit_length(); keep = x * 3"),
    "int * of two": ("x = (1 << 150_000_000) - 1", "x * x"),
    "int **": (SIZE, "n *= 2; x = 2 ** n; 3 ** min(n, 1000)"),
    "int ** of two": ("x = 3", "x ** 2_000_000_000"),
    "int <<": (SIZE, "n *= 4; x = 5 << n"),
    "int +": (NUMBER, "x <<= x.bit_length(); keep.append(x + 1); keep.append(x - 1); keep.append(-x)"),
    "int &": (NUMBER, "x <<= x.bit_length(); keep.append(x & (x - 1)); keep.append(x | 1); keep.append(~x)"),
    "int >>": (NUMBER, "x <<= x.bit_length(); keep.append(x >> 1)"),
    "int to_bytes": (NUMBER, "x <<= x.bit_length(); keep = x.to_bytes((x.bit_length() + 7) // 8)"),
    "int from_bytes": (SIZE, "n *= 2; keep = int.from_bytes(b'\\x11' * n)"),
    "int hex": (NUMBER, "x <<= x.bit_length(); keep = [hex(x), oct(x), bin(x)]"),
    "int format": (NUMBER, "x <<= x.bit_length(); keep = [format(x, 'x'), format(x, '_b'), f'{x:#o}']"),
    "int % x": (NUMBER, "x <<= x.bit_length(); keep = ['%x' % x, '%o' % x, b'%x' % x]"),
    "int of hex": (SIZE, "n *= 2; keep = [int('1' * n, 16), int('7' * n, 8), int('1' * n, 2)]"),
    "int of text with _": (SIZE, "n *= 2; keep = int('1_1' * (n // 4) + '1', 32)"),
    "int pickled": (NUMBER, "x <<= x.bit_length(); import pickle, marshal; keep = [pickle.dumps(x), marshal.dumps(x)]"),
    "int ** of large": ("x = 1 << 1000", "x = x ** 2"),
    "math.ldexp": (NUMBER, "x <<= x.bit_length(); import math; keep = [math.gcd(x, x + 2), x.bit_count(), hash(x), x // 3, x % 7]"),
    "Fraction": ("import fractions; x = fractions.Fraction(1, 3)", "x = fractions.Fraction(1, x.denominator << x.denominator.bit_length())"),
    # list, tuple
    "list *": (ITEMS, "x = x * 2"),
    "list *=": (ITEMS, "x *= 2"),
    "list +": (ITEMS, "x = x + x + [1]"),
    "list display": (ITEMS, "x = [*x, *x]"),
    "tuple display": (ITEMS, "x = (*x, *x)"),
    "set display": (SIZE, "n *= 2; keep = {*range(n), *range(n)}"),
    "dict display": (SIZE, "n *= 2; keep = {**dict.fromkeys(range(n)), **{}}"),
    "list of a list": (ITEMS, "x += x; keep = [list(x), tuple(x), x.copy(), x[:], x[::2], x[::-1]]"),
    "list extend of a generator": (ITEMS, "x.extend(y for y in x[:])"),
    "list extend of a tuple": (ITEMS, "x.extend(tuple(x))"),
    "list slice with a step": (ITEMS, "x += x; x[::2] = x[::2]"),
    "list slice of an iterator": (ITEMS, "x[2:3] = iter(x)"),
    "list repr": (ITEMS, "x += x; keep = repr(x)"),
    "list sort": (SIZE, "n *= 2; x = list(range(n)); x[1::3] = x[::-3][:len(x[1::3])]; x.sort()"),
    "list sort with a key": (SIZE, "n *= 2; x = list(range(n)); x.sort(key=str)"),
    "list sort reverse": (SIZE, "n *= 2; x = ['%d' % i for i in range(n)]; x.sort(reverse=True)"),
    "sorted of a generator": (SIZE, "n *= 2; keep = sorted(-i for i in range(n))"),
    "list unpacking": (SIZE, "n *= 2; a, *b = range(n); *c, d = tuple(b); keep = c"),
    "list pattern": (SIZE, "n *= 2\nmatch list(range(n)):\n  case [a, *keep]: pass"),
    "tuple *": ("x = (1, 2)", "x = x * 2"),
    "tuple repr": (ITEMS, "x += x; keep = repr(tuple(x))"),
    "tuple hash": (ITEMS, "x += x; hash(tuple(x))"),
    "range list": (SIZE, "n *= 2; keep = [*range(n)]"),
    "call with many": (SIZE, "n *= 2; f = lambda *a, **k: None; f(*range(n))"),
    "call with a list": (SIZE, "n *= 2; f = lambda *a, **k: None; f(*[1] * n)"),
    "call with many names": (SIZE, "n *= 2; f = lambda *a, **k: None; f(**{f'a{i}': i for i in range(n)})"),
    "call of native with many": (SIZE, "n *= 2; max(*[1] * n); print(*[1] * 0, sep=''); zip(*[()] * n)"),
    "call of a type with many": (SIZE, "n *= 2; dict(**{f'a{i}': i for i in range(n)})"),
    "call of a method with many": (SIZE, "n *= 2\nclass A:\n def f(self, *a): return a\nA().f(*[1] * n)"),
    "call of __init__ with many": (SIZE, "n *= 2\nclass A:\n def __init__(self, *a): self.a = a\nkeep = A(*[1] * n)"),
    "call of __call__ with many": (SIZE, "n *= 2\nclass A:\n def __call__(self, *a): return a\nkeep = A()(*[1] * n)"),
    "call of a generator with many": (SIZE, "n *= 2\ndef f(*a): yield a\nkeep = next(f(*[1] * n))"),
    "partial with many": (SIZE, "import functools; n *= 2; keep = functools.partial(lambda *a: a, *[1] * n)(1)"),
    "str.format with many": (SIZE, "n *= 2; '{}'.format(*[1] * n)"),
    "exception with many": (SIZE, "n *= 2; keep = repr(Exception(*[1] * n))"),
    "type() with many": (SIZE, "n *= 2; keep = type('T', (), {f'a{i}': i for i in range(n)})"),
    # dict, set
    "dict copy": (SIZE, "n *= 2; x = dict.fromkeys(range(n)); keep = [x.copy(), dict(x)]"),
    "dict |": (SIZE, "n *= 2; x = dict.fromkeys(range(n)); keep = x | {'a': 1}; x |= keep"),
    "dict update": (SIZE, "n *= 2; x = {}; x.update(dict.fromkeys(range(n))); x.update((i, i) for i in range(-n, 0))"),
    "dict of pairs": (SIZE, "n *= 2; keep = dict(zip(range(n), range(n)))"),
    "dict items": (SIZE, "n *= 2; x = dict.fromkeys(range(n)); keep = [list(x), list(x.items()), list(x.values())]"),
    "dict keys &": (SIZE, "n *= 2; x = dict.fromkeys(range(n)); keep = [x.keys() & x.keys(), x.keys() | [1], x.items() ^ []]"),
    "dict repr": (SIZE, "n *= 2; keep = repr(dict.fromkeys(range(n)))"),
    "dict reversed": (SIZE, "n *= 2; keep = list(reversed(dict.fromkeys(range(n)).items()))"),
    "set operations": (SIZE, "n *= 2; x = set(range(n)); keep = [x | x, x & x, x ^ {1}, x - {1}, x.copy(), frozenset(x)]"),
    "set update": (SIZE, "n *= 2; x = set(); x.update(range(n), range(n, 2 * n)); x |= set(range(-n, 0))"),
    "set symmetric": (SIZE, "n *= 2; x = set(range(n)); x ^= set(range(n, 2 * n)); x &= set(range(n)); x.symmetric_difference_update(range(n * 3))"),
    "set repr": (SIZE, "n *= 2; keep = repr(set(range(n)))"),
    "set of str": (ASCII, "x += x; keep = set([x[i:i + 9] for i in range(0, len(x))] + [str(i) for i in range(len(x))])"),
    "frozenset hash": (SIZE, "n *= 2; hash(frozenset(range(n)))"),
    # source text
    "compile a sum": (SIZE, "n *= 2; compile('x=' + '1+' * n + '1', 'f', 'exec')", "RecursionError"),
    "compile a list": (SIZE, "n *= 2; compile('x=[' + 'a,' * n + ']', 'f', 'exec')"),
    "compile constants": (SIZE, "n *= 2; compile('x=[' + '1,' * n + ']', 'f', 'exec')"),
    "compile a string": (SIZE, "n *= 4; compile('x=\"' + 'a' * n + '\"', 'f', 'exec')"),
    "compile bytes": (SIZE, "n *= 4; compile('x=b\"' + '\\\\x00' * n + '\"', 'f', 'exec')"),
    "compile lines": (SIZE, "n *= 2; compile('x=1\\n' * n, 'f', 'exec')"),
    "compile names": (SIZE, "n *= 2; compile('\\n'.join(f'a{i}={i}' for i in range(n)), 'f', 'exec')"),
    "compile functions": (SIZE, "n *= 2; compile('def f(a): return a\\n' * n, 'f', 'exec')"),
    "compile a dict": (SIZE, "n *= 2; compile('x={' + 'a:1,' * n + '}', 'f', 'exec')"),
    "compile a call": (SIZE, "n *= 2; compile('f(' + 'a,' * n + ')', 'f', 'exec')"),
    "compile a comment": (SIZE, "n *= 4; compile('#' * n, 'f', 'exec')"),
    "compile blank lines": (SIZE, "n *= 4; compile('\\n' * n, 'f', 'exec')"),
    "compile bad source": (SIZE, "n *= 2\ntry: compile('x = [' + '1,' * n, 'f', 'exec')\nexcept SyntaxError: pass"),
    "compile a number": (SIZE, "n *= 2; compile('x = 0x' + '1' * n, 'f', 'exec')"),
    "compile an f-string": (SIZE, "n *= 2; compile('f\"' + '{x}' * n + '\"', 'f', 'exec')"),
    "compile strings": (SIZE, "n *= 2; compile('x = (' + '\"a\" ' * n + ')', 'f', 'exec')"),
    "eval": (SIZE, "n *= 2; keep = eval('[' + '1,' * n + ']')"),
    "exec of bytes": (SIZE, "n *= 2; exec(b'x = 1\\n' * n, {})"),
    "literal_eval": (SIZE, "import ast; n *= 2; keep = ast.literal_eval('[' + '1,' * n + ']')"),
    "ast.parse": (SIZE, "import ast; n *= 2; keep = ast.parse('a = b\\n' * n)"),
    "ast.dump": (SIZE, "import ast; n *= 2; keep = ast.dump(ast.parse('a,' * n))"),
    "ast.unparse": (SIZE, "import ast; n *= 2; keep = ast.unparse(ast.parse('a = b\\n' * n))"),
    "compile of a tree": (SIZE, "import ast; n *= 2; keep = compile(ast.parse('a = b\\n' * n), 'f', 'exec')"),
    "tokenize": (SIZE, "import tokenize, io; n *= 2; keep = list(tokenize.generate_tokens(io.StringIO('a = b\\n' * n).readline))"),
    "symtable": (SIZE, "import symtable; n *= 2; keep = symtable.symtable('def f(a): return a\\n' * n, 'f', 'exec')"),
    "dis": (SIZE, "import dis; n *= 2; keep = list(dis.get_instructions(compile('a = b\\n' * n, 'f', 'exec')))"),
    # io
    "BytesIO getvalue": ("import io; x = io.BytesIO(b'x')", "keep = x.getvalue(); x.write(keep * 2)"),
    "BytesIO read": ("import io; x = b'x' * 100", "x += x; f = io.BytesIO(x); keep = [f.read(), f.seek(0), f.readlines(), f.seek(0), f.read1()]"),
    "BytesIO lines": ("import io; x = b'x\\n' * 100", "x += x; f = io.BytesIO(x); keep = f.readlines()"),
    "BytesIO writelines": ("import io; x = b'x\\n' * 100", "x += x; f = io.BytesIO(); f.writelines([x, x]); keep = f.getbuffer().tobytes()"),
    "BytesIO seek": ("import io; n = 1000", "n *= 2; f = io.BytesIO(); f.seek(n); f.write(b'x')"),
    "StringIO getvalue": ("import io; x = io.StringIO('x')", "keep = x.getvalue(); x.write(keep * 2)"),
    "StringIO read": ("import io; x = 'xé€\\n' * 100", "x += x; f = io.StringIO(x); keep = [f.read(), f.seek(0), f.readlines()]"),
    "StringIO seek": ("import io; n = 1000", "n *= 2; f = io.StringIO(); f.seek(n); f.write('x')"),
    "StringIO newlines": ("import io; x = 'x\\n' * 100", "x += x; f = io.StringIO(x, newline='\\r\\n'); keep = f.getvalue()"),
    "TextIOWrapper read": ("import io; x = 'aé€\\n'.encode() * 100", "x += x; keep = io.TextIOWrapper(io.BytesIO(x), 'utf-8').read()"),
    "TextIOWrapper latin": ("import io; x = b'a\\xe9\\n' * 100", "x += x; keep = io.TextIOWrapper(io.BytesIO(x), 'latin-1').read()"),
    "TextIOWrapper lines": ("import io; x = b'a\\n' * 100", "x += x; keep = io.TextIOWrapper(io.BytesIO(x), 'ascii').readlines()"),
    "TextIOWrapper line": ("import io; x = b'a' * 100", "x += x; keep = io.TextIOWrapper(io.BytesIO(x), 'ascii').readline()"),
    "TextIOWrapper write": ("import io; x = 'aé' * 100", "x += x; f = io.TextIOWrapper(io.BytesIO(), 'utf-16'); f.write(x); f.flush()"),
    "BufferedReader read": ("import io; x = b'a' * 100", "x += x; keep = io.BufferedReader(io.BytesIO(x)).read()"),
    "BufferedReader line": ("import io; x = b'a' * 100", "x += x; keep = io.BufferedReader(io.BytesIO(x)).readline()"),
    "BufferedReader size": ("import io; n = 1000", "n *= 2; keep = io.BufferedReader(io.BytesIO(bytes(n)), n).peek()"),
    "BufferedWriter size": ("import io; n = 1000", "n *= 2; keep = io.BufferedWriter(io.BytesIO(), n); keep.write(bytes(n - 1))"),
    "BufferedWriter nonblocking": ("import io, os; r, w = os.pipe(); os.set_blocking(w, False); f = open(w, 'wb'); n = 1000", "n *= 2\ntry: f.write(bytes(n))\nexcept BlockingIOError: keep.append(bytes(n))"),
    "file of a size": ("import tempfile, os; f = tempfile.TemporaryFile(); n = 1000", "n *= 2; os.truncate(f.fileno(), n); f.seek(0); keep = f.read()"),
    "raw file of a size": ("import tempfile, os; f = tempfile.TemporaryFile(buffering=0); n = 1000", "n *= 2; os.truncate(f.fileno(), n); f.seek(0); keep = f.readall()"),
    "text file of a size": ("import tempfile, os; f = tempfile.TemporaryFile('w+'); n = 1000", "n *= 2; os.truncate(f.fileno(), n); f.seek(0); keep = f.read()"),
    "file read(n)": ("f = open('/dev/zero', 'rb'); n = 1000", "n *= 2; keep = f.read(n)"),
    "file read1(n)": ("f = open('/dev/zero', 'rb'); n = 1000", "n *= 2; keep = f.read1(n)"),
    "file readline": ("f = open('/dev/zero', 'rb'); n = 1000", "n *= 2; keep = f.readline(n)"),
    "file readinto": ("f = open('/dev/zero', 'rb', 0); n = 1000", "n *= 2; keep = bytearray(n); f.readinto(keep)"),
    "text readline": ("", "keep = open('/dev/zero').readline()"),
    "os.pread": ("import os; f = os.open('/dev/zero', 0); n = 1000", "n *= 2; keep = os.pread(f, n, 0)"),
    "os.readv": ("import os; f = os.open('/dev/zero', 0); n = 1000", "n *= 2; os.readv(f, [bytearray(n)])"),
    "os.write": ("import os; f = os.open('/dev/null', 1); n = 1000", "n *= 2; os.write(f, bytes(n))"),
    "os.urandom": ("import os; n = 1 << 25", "n *= 2; os.urandom(n)"),
    "environment": ("import os; x = 'a' * 1000", "x += x; os.environ['SOME'] = x"),
    "print": ("import io; x = 'a' * 1000", "x += x; print(x, x, file=io.StringIO())"),
    "path": ("x = 'a/' * 1000; import os", "x += x\ntry: os.stat(x)\nexcept OSError: pass\nos.path.normpath(x); os.fsencode(x)"),
    # compression and checks
    "zlib.compress": (BYTES + "; import zlib", "x += x; keep = zlib.compress(x, 0)"),
    "zlib.decompress": ("import zlib; n = 10**6", "n *= 2; keep = zlib.decompress(zlib.compress(bytes(n), 1))"),
    "zlib bufsize": ("import zlib; n = 10**6", "n *= 2; keep = zlib.decompress(zlib.compress(b'x'), bufsize=n)"),
    "zlib objects": ("import zlib; n = 10**6", "n *= 2; c = zlib.compressobj(0); y = c.compress(bytes(n)) + c.flush(); d = zlib.decompressobj(); keep = [d.decompress(y, n // 2), d.unconsumed_tail, d.copy(), d.flush()]"),
    "zlib unused": ("import zlib; n = 10**6", "n *= 2; d = zlib.decompressobj(); d.decompress(zlib.compress(b'x') + bytes(n)); keep = d.unused_data"),
    "gzip": ("import gzip; n = 10**6", "n *= 2; keep = gzip.decompress(gzip.compress(bytes(n), 1))"),
    "bz2": ("import bz2; n = 10**6", "n *= 3; keep = bz2.decompress(bz2.compress(bytes(n), 1))"),
    "bz2 objects": ("import bz2; n = 10**6; y = bz2.compress(bytes(30 * n))", "n *= 2; d = bz2.BZ2Decompressor(); d.decompress(y, 10); keep = bz2.BZ2Decompressor().decompress(y * 1 + bytes(n))"),
    "bz2 bomb": ("import bz2; y = bz2.compress(bytes(3 * 10**7)); keep = []", "keep.append(bz2.decompress(y))"),
    "lzma": ("import lzma; n = 10**6", "n *= 3; keep = lzma.decompress(lzma.compress(bytes(n), preset=0))"),
    "lzma bomb": ("import lzma; y = lzma.compress(bytes(10**7), preset=0); keep = []", "keep.append(lzma.decompress(y * 9))"),
    "lzma dictionaries": ("import lzma; keep = []", "keep.append(lzma.LZMACompressor(filters=[{'id': lzma.FILTER_LZMA2, 'dict_size': 1 << 28}])); keep[-1].compress(b'x')"),
    "binascii": (BYTES + "; import binascii", "x = binascii.hexlify(x); binascii.unhexlify(x)"),
    "b2a_base64": (BYTES + "; import binascii", "x = binascii.b2a_base64(x); keep = binascii.a2b_base64(x)"),
    "b2a_qp": ("import binascii; x = b'\\xff=' * 100", "x = binascii.b2a_qp(x); keep = binascii.a2b_qp(x)"),
    "b2a_uu": ("import codecs; x = b'\\xff=' * 100", "x = codecs.encode(x, 'uu'); keep = codecs.decode(x, 'uu')"),
    "base64 others": (BYTES + "; import base64", "x = base64.b32encode(x); keep = [base64.b16encode(x), base64.a85encode(x), base64.b85encode(x), base64.z85encode(x)]"),
    "base64 decoders": (BYTES + "; import base64", "x += x; keep = [base64.b32decode(base64.b32encode(x)), base64.b85decode(base64.b85encode(x)), base64.decodebytes(base64.encodebytes(x))]"),
    "hashlib": ("import hashlib; n = 1000", "n *= 2; hashlib.sha256(bytes(n)); keep = hashlib.shake_128(b'').digest(n)"),
    "hashlib shake hex": ("import hashlib; n = 1000", "n *= 2; keep = hashlib.shake_256(b'').hexdigest(n)"),
    # text machinery
    "re.findall": ("import re; x = 'ab' * 100", "x += x; keep = re.findall('(a)(b)', x)"),
    "re.split": ("import re; x = 'ab' * 100", "x += x; keep = re.split('(a)', x)"),
    "re.sub": ("import re; x = 'ab' * 100", "x = re.sub('a', 'aaa', x)"),
    "re.sub of bytes": ("import re; x = b'ab' * 100", "x = re.sub(b'a', b'aaa', x)"),
    "re.sub with groups": ("import re; x = 'ab' * 100", r"x = re.sub('(a)', r'\1\1\1', x)"),
    # Few calls of Python code for much text: the others take minutes.
    "re.sub with a function": ("import re; x = ('a' + 'b' * 999) * 100", "x = re.sub('a', lambda m: m[0] + 'b' * 999 + m[0], x)"),
    "re.finditer": ("import re; x = 'ab' * 100", "x += x; keep = list(re.finditer('a', x))"),
    "re groups": ("import re; x = 'ab' * 100", "x += x; keep = [re.match('(.*)', x, re.S).groups(), re.match('(?P<n>.*)', x, re.S).groupdict(), re.match('(.*)', x)[0]]"),
    "re.expand": ("import re; x = 'ab' * 100", r"x = re.match('(.*)', x).expand(r'\1\1')"),
    "re backtracking": ("import re; x = 'ab' * 100", "x += x; re.match('(?:a|b)*c', x)"),
    "re backtracking of groups": ("import re; x = 'ab' * 100", "x += x; re.match('(?:(a)|(b))*c', x)"),
    "re lazy": ("import re; x = 'ab' * 100", "x += x; re.match('(?:a|b)*?c', x)"),
    "re possessive": ("import re; x = 'ab' * 100", "x += x; re.match('(?:(a)|b)*+c', x)"),
    "re dot": ("import re; x = 'ab' * 100", "x += x; re.match('(.)*c', x)"),
    "re of a long pattern": ("import re; x = 'ab' * 100", "x += x; keep.append(re.compile(x))"),
    "re of alternatives": ("import re; n = 100", "n *= 2; keep.append(re.compile('|'.join(f'a{i}' for i in range(n))))"),
    "re of a set": ("import re; n = 100", "n *= 2; keep.append(re.compile('[' + ''.join(chr(i % 50000 + 100) + '-' + chr(i % 50000 + 101) for i in range(n)) + ']'))"),
    "re.escape": ("import re; x = '.*' * 100", "x = re.escape(x)"),
    "re of groups": ("import re; n = 100", "n *= 2; keep.append(re.compile('(a)' * n).match('a' * n).groups())"),
    "struct.pack": ("import struct; n = 1000", "n *= 2; keep = struct.pack(f'{n}d', *[1.5] * n)"),
    "struct.unpack": ("import struct; n = 1000", "n *= 2; keep = struct.unpack(f'{n}B', bytes(n))"),
    "struct.iter_unpack": ("import struct; n = 1000", "n *= 2; keep = list(struct.iter_unpack('B', bytes(n)))"),
    "struct formats": ("import struct; n = 1000", "n *= 2; keep = [struct.Struct('b' * n), struct.pack(f'{n}s', b'x')]"),
    "json.dumps": ("import json; n = 1000", "n *= 2; keep = json.dumps([1, 'a', None, 2.5, {'a': 1}] * n)"),
    "json.dumps indented": ("import json; n = 1000", "n *= 2; keep = json.dumps([1, 'a', None, 2.5, {'a': 1}] * n, indent=100)"),
    "json.dumps of text": ("import json; x = 'é\\n' * 100", "x = json.dumps(x)"),
    "json.dumps of keys": ("import json; n = 1000", "n *= 2; keep = json.dumps({i: i for i in range(n)}, sort_keys=True)"),
    "json.loads": ("import json; n = 1000", "n *= 2; keep = json.loads('[' + '1,\"a\",null,2.5,{\"a\":1},' * n + '1]')"),
    "json.loads of text": ("import json; n = 1000", "n *= 2; keep = json.loads('\"' + 'a\\\\u00e9\\\\n' * n + '\"')"),
    "json.loads of a number": ("import json; n = 1000", "n *= 2; keep = json.loads('[' + '1' * n + '.5]')"),
    "json.loads of keys": ("import json; n = 1000", "n *= 2; keep = json.loads('{' + ','.join(f'\"{i}\":{i}' for i in range(n)) + '}')"),
    "pickle of a list": ("import pickle; n = 1000", "n *= 2; keep = pickle.loads(pickle.dumps([1, 'a', 2.5, None] * n))"),
    "pickle of texts": ("import pickle; n = 1000", "n *= 2; keep = pickle.loads(pickle.dumps([str(i) for i in range(n)]))"),
    "pickle of lists": ("import pickle; n = 1000", "n *= 2; keep = pickle.loads(pickle.dumps([[i] for i in range(n)]))"),
    "pickle of a text": ("import pickle; x = 'é' * 100", "x += x; keep = pickle.loads(pickle.dumps(x)); pickle.dumps(x, 0)"),
    "pickle of bytes": ("import pickle; x = b'e' * 100", "x += x; keep = [pickle.loads(pickle.dumps(x)), pickle.dumps(x, 2)]"),
    "pickle of a bytearray": ("import pickle; x = bytearray(b'e' * 100)", "x += x; keep = [pickle.loads(pickle.dumps(x, 5)), pickle.dumps(x, 1)]"),
    "pickle of a dict": ("import pickle; n = 1000", "n *= 2; keep = pickle.loads(pickle.dumps({i: str(i) for i in range(n)}))"),
    "pickle of a set": ("import pickle; n = 1000", "n *= 2; keep = pickle.loads(pickle.dumps(set(range(n))))"),
    "pickle of a tuple": ("import pickle; n = 1000", "n *= 2; keep = pickle.loads(pickle.dumps(tuple(range(n))))"),
    "pickle of objects": ("import pickle, types; n = 1000", "n *= 2; keep = pickle.loads(pickle.dumps([types.SimpleNamespace(a=i) for i in range(n)]))"),
    "pickle to a file": ("import pickle, io; n = 1000", "n *= 2; f = io.BytesIO(); pickle.dump([str(i) for i in range(n)], f); f.seek(0); keep = pickle.load(f)"),
    "pickle protocol 0": ("import pickle; n = 1000", "n *= 2; keep = pickle.loads(pickle.dumps([1, 'a', 2.5] * n, 0))"),
    "pickle marks": ("import pickle; n = 1000", "n *= 2\ntry: pickle.loads(b'(' * n + b'.')\nexcept pickle.UnpicklingError: pass"),
    "pickle stack": ("import pickle; n = 1000", "n *= 2\nkeep = pickle.loads(b'N' * n + b'.')"),
    "pickle memo": ("import pickle; n = 1000", "n = min(n * 2, 2**32 - 1); keep.append(pickle.loads(b'Nr' + n.to_bytes(4, 'little') + b'.'))"),
    "pickle python": ("import pickle; n = 1000", "n *= 2; keep = pickle._loads(pickle._dumps([1, 'a', 2.5] * n))"),
    "marshal": ("import marshal; n = 1000", "n *= 2; keep = marshal.loads(marshal.dumps([1, 'a', 2.5, None] * n))"),
    "marshal of a text": ("import marshal; x = 'é' * 100", "x += x; keep = marshal.loads(marshal.dumps(x))"),
    "marshal of a dict": ("import marshal; n = 1000", "n *= 2; keep = marshal.loads(marshal.dumps({i: str(i) for i in range(n)}))"),
    "copy.deepcopy": ("import copy; n = 1000", "n *= 2; keep = copy.deepcopy([[i] for i in range(n)])"),
    "csv.reader": ("import csv; n = 1000; csv.field_size_limit(2**62)", "n *= 2; keep = list(csv.reader(['a,' * n]))"),
    "csv field": ("import csv; n = 1000; csv.field_size_limit(2**62)", "n *= 2; keep = list(csv.reader(['\"' + 'a' * n + '\"']))"),
    "csv.writer": ("import csv, io; n = 1000", "n *= 2; f = io.StringIO(); csv.writer(f).writerow(['a', 1, '\"'] * n)"),
    "unicodedata": ("import unicodedata; x = 'é' * 100", "x += x; keep = [unicodedata.normalize(f, x) for f in ('NFD', 'NFC', 'NFKD', 'NFKC')]"),
    "unicodedata growth": ("import unicodedata; x = '\\ufdfa' * 100", "x += x; keep = unicodedata.normalize('NFKD', x)"),
    "strftime": ("import time; n = 100", "n *= 2; keep = time.strftime('%Y ' * n)"),
    "datetime": ("import datetime; n = 100", "n *= 2; keep = datetime.datetime(2000, 1, 1).strftime('%Y ' * n)"),
    "textwrap": ("import textwrap; x = 'ab ' * 100", "x += x; keep = textwrap.fill(x)"),
    "html": ("import html; x = ('<&' + 'b' * 998) * 100", "x += x; keep = html.unescape(html.escape(x))"),
    "quote": ("import urllib.parse; x = '<&' * 100", "x += x; keep = urllib.parse.unquote(urllib.parse.quote(x))"),
    "string.Template": ("import string; x = '$a ' * 100", "x += x; keep = string.Template(x).substitute(a='b' * 10)"),
    "expat": ("import xml.parsers.expat as e; n = 1000", "n *= 2; p = e.ParserCreate(); keep = []; p.StartElementHandler = lambda *a: keep.append(a); p.CharacterDataHandler = keep.append; p.Parse('<a>' + '<b c=\"d\">x</b>' * n + '</a>', True)"),
    "expat text": ("import xml.parsers.expat as e; n = 1000", "n *= 2; p = e.ParserCreate(); p.buffer_text = True; keep = []; p.CharacterDataHandler = keep.append; p.Parse('<a b=\"' + 'y' * n + '\">' + 'x' * n, False)"),
    "expat depth": ("import xml.parsers.expat as e; n = 1000", "n *= 2; p = e.ParserCreate(); p.Parse('<a>' * n, False)"),
    "ElementTree": ("import xml.etree.ElementTree as e; n = 1000", "n *= 2; keep = e.tostring(e.fromstring('<a>' + '<b c=\"d\">x</b>' * n + '</a>'))"),
    # containers of the library
    "array *": ("import array; x = array.array('d', [1, 2])", "x = x * 2"),
    "array +": ("import array; x = array.array('d', [1, 2])", "x = x + x"),
    "array frombytes": ("import array; x = array.array('B', [1, 2])", "x.frombytes(x.tobytes() * 2)"),
    "array fromlist": ("import array; x = array.array('q', [1, 2])", "x.fromlist(x.tolist())"),
    "array of text": ("import array; x = array.array('w', 'ab')", "x.fromunicode(x.tounicode())"),
    "array of a list": ("import array; n = 1000", "n *= 2; keep = [array.array('d', [1] * n), array.array('b', bytes(n)), array.array('i', range(n))]"),
    "array slices": ("import array; x = array.array('d', [1, 2])", "x += x; keep = [x[1:], x[::2], x[::-1]]; x[2:3] = x[:5]"),
    "array repr": ("import array; x = array.array('d', [1, 2])", "x += x; keep = repr(x)"),
    "array fromfile": ("import array; n = 1000", "n *= 2; array.array('B').fromfile(open('/dev/zero', 'rb'), n)"),
    "array byteswap": ("import array; x = array.array('d', [1, 2])", "x += x; x.byteswap(); x.reverse(); x.pop(); x.insert(0, 1.0)"),
    "deque *": ("from collections import deque; x = deque([1, 2])", "x = x * 2"),
    "deque *=": ("from collections import deque; x = deque([1, 2])", "x *= 2"),
    "deque +": ("from collections import deque; x = deque([1, 2])", "x = x + x; keep = [x.copy(), list(x), repr(x)]"),
    "deque extendleft": ("from collections import deque; x = deque([1, 2])", "x.extendleft(list(x)); x.appendleft(1); x.insert(5, 1)"),
    "Counter": ("from collections import Counter; n = 1000", "n *= 2; x = Counter(range(n)); keep = [x + x, x.most_common(), list(x.elements())]"),
    "namedtuple": ("from collections import namedtuple; n = 100", "n *= 2; x = namedtuple('T', [f'a{i}' for i in range(n)]); keep = x(*range(n))._asdict()"),
    "ChainMap": ("from collections import ChainMap; n = 100", "n *= 2; keep = list(ChainMap(*[{i: i} for i in range(n)]))"),
    "OrderedDict": ("from collections import OrderedDict; n = 100", "n *= 2; x = OrderedDict.fromkeys(range(n)); keep = [x.copy(), list(x), repr(x), x | x]"),
    "SimpleNamespace": ("from types import SimpleNamespace; n = 100", "n *= 2; keep = repr(SimpleNamespace(**{f'a{i}': i for i in range(n)}))"),
    "itertools.combinations": ("import itertools as i; n = 10", "n *= 2; keep = list(i.combinations(range(n), 4))"),
    "itertools.combinations of many": ("import itertools as i; n = 1000", "n *= 2; keep = next(i.combinations(range(n), n - 1))"),
    "itertools.permutations of many": ("import itertools as i; n = 1000", "n *= 2; keep = next(i.permutations(range(n)))"),
    "itertools.product of many": ("import itertools as i; n = 1000", "n *= 2; keep = next(i.product([1, 2], repeat=n))"),
    "itertools.batched": ("import itertools as i; n = 1000", "n *= 2; keep = list(i.batched(range(n), n))"),
    "itertools.zip_longest": ("import itertools as i; n = 1000", "n *= 2; keep = list(i.zip_longest(range(n), [], fillvalue=[]))"),
    "itertools.accumulate": ("import itertools as i; n = 1000", "n *= 2; keep = list(i.accumulate(range(n)))"),
    "itertools.groupby": ("import itertools as i; n = 1000", "n *= 2; keep = [(k, list(g)) for k, g in i.groupby(range(n), lambda v: v // 10)]"),
    "itertools.cycle": ("import itertools as i; n = 1000", "n *= 2; x = i.cycle(range(n)); keep = list(i.islice(x, n))"),
    "itertools.tee": ("import itertools as i; n = 1000", "n *= 2; a, b = i.tee(range(n)); keep = list(a), list(b)"),
    "itertools.chain": ("import itertools as i; n = 1000", "n *= 2; keep = [*i.chain(range(n), i.starmap(pow, [(1, 2)] * n), i.pairwise(range(n)), i.compress(range(n), [1] * n))]"),
    "map, filter, zip": ("n = 1000", "n *= 2; keep = [list(map(str, range(n))), list(filter(None, range(n))), list(zip(range(n), range(n))), list(enumerate(range(n)))]"),
    "functools.reduce": ("import functools; n = 1000", "n *= 2; keep = functools.reduce(lambda a, b: a + [b], [[1] * n, 2, 3])"),
    "operator": ("import operator; n = 1000", "n *= 2; keep = [operator.itemgetter(*[0] * n)('a'), operator.attrgetter(*['real'] * n)(1), operator.concat([1] * n, [2])]"),
    "heapq": ("import heapq; n = 1000", "n *= 2; x = list(range(n)); heapq.heapify(x); keep = [heapq.nlargest(n, x), list(heapq.merge(x, x))]"),
    "bisect": ("import bisect; x = [1, 2]", "x += x; bisect.insort(x, 1)"),
    "random.choices": ("import random; n = 1000", "n *= 2; keep = random.choices([1, 2], k=n)"),
    "random.sample": ("import random; n = 1000", "n *= 2; keep = random.sample(range(n), n)"),
    "random.getrandbits": ("import random; n = 1000", "n = min(n * 2, 2**31 - 1); keep.append(random.getrandbits(n)); keep.append(random.randbytes(n // 8))"),
    "queue.Queue": ("import queue; x = queue.Queue(); y = queue.PriorityQueue()", "x.put(1); y.put(-y.qsize()); [x.put(i) for i in range(x.qsize())]"),
    "contextvars": ("import contextvars; x = contextvars.copy_context(); n = 1000", "n *= 2; x.run(lambda: [contextvars.ContextVar(f'v{i}').set(i) for i in range(n)]); keep.append(x.copy())"),
    "weakref dictionaries": ("import weakref; keep = []; x = weakref.WeakValueDictionary(); y = weakref.WeakKeyDictionary(); C = type('C', (), {})", "for i in range(1000): c = C(); keep.append(c); x[len(keep)] = c; y[c] = 1"),
    "weakref.finalize": ("import weakref; keep = []; C = type('C', (), {})", "for i in range(1000): c = C(); keep.append(c); weakref.finalize(c, print).atexit = False"),
    "sys.intern": ("import sys; n = 1000", "for i in range(n, 2 * n): keep.append(sys.intern(f'some longer name {i}'))\nn *= 2"),
    "classes": ("", "for i in range(100): keep.append(type(f'C{i}', (), {'f': lambda self: 1, 'x': i}))"),
    "class attributes": ("x = type('C', (), {}); n = 100", "for i in range(n, n + 1000): setattr(x, f'a{i}', i)\nn += 1000"),
    "slots": ("n = 100", "n *= 2; x = type('C', (), {'__slots__': [f'a{i}' for i in range(n)]}); keep = [x() for i in range(n)]"),
    "typing": ("import typing; n = 100", "n *= 2; keep = [typing.Literal[tuple(range(n))], tuple[tuple([int] * n)], repr(tuple[tuple([int] * n)])]"),
    "unions": ("n = 100", "n *= 2; x = int\nfor i in range(min(n, 3000)): keep.append(x := x | list[i])"),
    "notes": ("e = ValueError(); n = 1000", "for i in range(n): e.add_note('a' * 1000)"),
    "exception groups": ("n = 100", "n *= 2; x = ExceptionGroup('a', [ValueError(i) for i in range(n)]); keep = [x.split(TypeError), x.subgroup(ValueError), repr(x)]"),
    "tracebacks": ("import traceback; n = 100; e = ValueError()", "try: raise e\nexcept ValueError: pass"),
    "strings of exceptions": ("e = ValueError('x')", "x = str(e) + repr(e) + str(e); e = ValueError(x)"),
    "cells": ("", "def f(a):\n  def g(): return a\n  return g\nfor i in range(1000): keep.append(f([i]))"),
    "frames": ("import sys", "def f(): return sys._getframe()\nfor i in range(1000): keep.append(f())"),
    "generators that run": ("", "def f(a):\n  b = c = d = a\n  yield a\nfor i in range(1000): g = f([i]); next(g); keep.append(g)"),
    "coroutines": ("", "async def f(a): pass\nfor i in range(1000): c = f([i]); keep.append((c, c.__await__()))"),
    "async generators": ("", "async def f(a): yield a\nfor i in range(1000): c = f([i]); keep.append((c, c.asend(None)))"),
    "bound methods": ("x = []", "for i in range(1000): keep.append((x.append, [].append, x.__len__))"),
    "slices": ("x = []", "for i in range(1000): keep.append((slice(i, i), range(i), complex(i), memoryview(b'x'), iter(()), iter({})))"),
    "iterators": ("x = []", "for i in range(1000): keep.append((zip(x, x), map(len, x), enumerate(x), reversed(x), filter(None, x), iter('a')))"),
    "locks": ("import threading", "for i in range(1000): keep.append((threading.Lock(), threading.RLock(), threading.Condition(), threading.local()))"),
    "structs": ("import struct", "for i in range(1000): keep.append((struct.Struct(f'{i}d'), struct.Struct('i')))"),
    "hash objects": ("import hashlib", "for i in range(1000): keep.append((hashlib.sha256(), hashlib.md5(), hashlib.blake2b(), hashlib.sha3_256()))"),
    "random objects": ("import random", "for i in range(100): keep.append(random.Random(i))"),
    "compressors": ("import zlib, bz2, lzma", "keep.append((zlib.compressobj(), zlib.decompressobj(), bz2.BZ2Compressor(1), bz2.BZ2Decompressor()))"),
    "lzma objects": ("import lzma", "keep.append((lzma.LZMACompressor(preset=6), lzma.LZMADecompressor()))\nfor c in keep[-1][:1]: c.compress(b'x')"),
    "patterns": ("import re; n = 0", "for i in range(100): n += 1; keep.append(re.compile(f'a{n}b'))"),
    "parsers": ("import xml.parsers.expat as e", "for i in range(100): p = e.ParserCreate(); p.Parse('<a>'); keep.append(p)"),
    "readers": ("import csv, io", "for i in range(100): keep.append((csv.reader([]), io.BytesIO(b'x'), io.StringIO('x'), io.BufferedReader(io.BytesIO()), io.TextIOWrapper(io.BytesIO())))"),
    "decoders": ("import codecs", "for i in range(100): keep.append([codecs.getincrementaldecoder(c)() for c in ('utf-8', 'utf-16', 'shift_jis', 'latin-1', 'cp1252')])"),
    "mmap": ("import mmap; n = 1 << 20", "n *= 2; x = mmap.mmap(-1, n); keep = [x[:], x.read(), bytes(x)]; x.close()", "OSError"),
    "mmap resize": ("import mmap, tempfile; n = 1 << 20; f = tempfile.TemporaryFile(); f.truncate(n); x = mmap.mmap(f.fileno(), n)", "n *= 2; x.resize(n)", "OSError"),
    "sockets": ("import socket; a, b = socket.socketpair(); n = 1000", "n *= 2; b.send(b'x'); keep = a.recv(n)"),
    "recvmsg": ("import socket; a, b = socket.socketpair(); n = 1000", "n *= 2; b.send(b'x'); keep = a.recvmsg(n)"),
    "ctypes": ("import ctypes; n = 1000", "n *= 2; keep = [ctypes.create_string_buffer(n), (ctypes.c_int * n)()]"),
    "Decimal": ("import decimal; decimal.getcontext().prec = 10**9; n = 100", "n *= 4; keep = str(decimal.Decimal('1' * n))"),
    "tasks": ("import asyncio\nasync def f(): await asyncio.sleep(1000)\nasync def main(n):\n  x = [asyncio.ensure_future(f()) for i in range(n)]\n  await asyncio.sleep(0)\nn = 1000", "n *= 2; asyncio.run(main(n))"),
    "recursion in Python": ("sys.setrecursionlimit(10**9)", "def f(): return f()\nf()", "RecursionError"),
    "recursion with locals": ("sys.setrecursionlimit(10**9)", "def f(*a): return f(*a, 1)\nf()", "RecursionError"),
    "recursion of generators": ("sys.setrecursionlimit(10**9)", "def f(): yield from f()\nlist(f())", "RecursionError"),
    "recursion of repr": ("sys.setrecursionlimit(10**9)", "class A:\n  def __repr__(self): return repr([A()])\nrepr(A())", "RecursionError"),
}

# Every codec, on what it takes.
CODECS = """ascii latin-1 utf-8 utf-8-sig utf-7 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be cp1252 cp437 iso8859-15 koi8-r mac-roman charmap raw_unicode_escape
unicode_escape idna punycode gbk gb2312 gb18030 hz big5 big5hkscs cp950 shift_jis euc_jp iso2022_jp iso2022_jp_2004 cp932 shift_jisx0213 euc_kr
cp949 johab iso2022_kr""".split()
for codec in CODECS:
    if codec not in ("idna", "punycode"):
        TABLE[f"encode {codec}"] = ("x = 'ab c' * 50; import codecs", f"x += x; keep = [x.encode({codec!r}), codecs.getincrementalencoder({codec!r})().encode(x, True)]")
        TABLE[f"decode {codec}"] = (f"x = ('ab c' * 50).encode({codec!r}); import codecs", f"x += x; keep = [x.decode({codec!r}), codecs.getincrementaldecoder({codec!r})().decode(x, True)]")
# Few errors for much text: a handler is called at each.
for codec in CODECS:
    if not codec.startswith(("utf", "raw", "unicode", "idna", "punycode", "gb18030")):
        for errors in ("backslashreplace", "xmlcharrefreplace", "namereplace", "replace"):
            TABLE[f"encode {codec} {errors}"] = ("x = ('\\U0001f600' + 'a' * 97) * 50", f"x += x; keep = x.encode({codec!r}, {errors!r})")
    if codec not in ("latin-1", "idna", "punycode"):
        for errors in ("backslashreplace", "replace", "surrogateescape", "ignore"):
            TABLE[f"decode {codec} {errors}"] = ("x = (b'\\xff\\x81\\x8d' + b'a' * 97) * 50", f"x += x; keep = x.decode({codec!r}, {errors!r})")
TABLE["encode utf-8 surrogateescape"] = ("x = '\\udcff' * 50", "x += x; keep = x.encode('utf-8', 'surrogateescape').decode('utf-8', 'surrogateescape')")
TABLE["encode utf-8 surrogatepass"] = ("x = '\\ud800' * 50", "x += x; keep = x.encode('utf-8', 'surrogatepass').decode('utf-8', 'surrogatepass')")
TABLE["encode unicode_escape of wide"] = ("x = '\\U0001f600' * 50", "x += x; keep = [x.encode('unicode_escape'), x.encode('raw_unicode_escape'), x.encode('utf-7')]")
TABLE["decode escapes"] = ("x = b'\\\\x00\\\\u1234' * 50; import codecs", "x += x; keep = [x.decode('unicode_escape'), codecs.escape_decode(x), codecs.escape_encode(x)]")
TABLE["decode charmap"] = ("x = b'ab' * 50; import codecs", "x += x; keep = [codecs.charmap_decode(x, 'strict', {97: 'abc', 98: 'd'}), codecs.charmap_encode(x.decode(), 'strict', {97: b'abc', 98: 100})]")
TABLE["error handlers"] = ("x = 'é' * 50; import codecs; codecs.register_error('more', lambda e: ('?' * 100, e.end))", "x += x; keep = [x.encode('ascii', 'more'), x.encode().decode('ascii', 'more')]")

# What does not end well here, and why.
NOT_YET = {
    "classes": "classes are not freed, so the memory does not come back",
    "bytearray split": "the shortage is told once more, in gc.collect()",
}


def main(name):
    made, step, *other = TABLE[name]
    names = {"keep": [], "sys": sys}
    exec(made, names)
    code = compile(step, name, "exec")
    try:
        while True:
            exec(code, names)
    except MemoryError:
        print("MemoryError")
    except (OverflowError, *[getattr(__import__("builtins"), o) for o in other]) as e:
        print(type(e).__name__, str(e)[:80])
    finally:
        # A stale word of the stack may know the dict for a while.
        names.clear()


if __name__ == "__main__":
    if sys.argv[1] == "--list":
        print("\n".join(name for name in TABLE if name not in NOT_YET or "all" in sys.argv))
        sys.exit()
    main(sys.argv[1])
    # What a stale word of the stack kept through the last collection goes with this one.
    gc.collect()
    words = dict.fromkeys([str(i) for i in range(100000)])
    import threading
    # What freed small pieces leave in the C library is no room for large stacks.
    threading.stack_size(1 << 18)
    sums = []
    t = threading.Thread(target=lambda: sums.append(sum(range(100000))))
    try:
        t.start()
        t.join()
    except RuntimeError:
        # Small pieces that were freed stay addresses of the C library: there may be no room for a stack.
        sums.append(sum(range(100000)))
    print("works" if (len(words), sums) == (100000, [4999950000]) else "wrong")
