"""Every built-in type, made and grown a little: what `fail-alloc` interrupts."""
import array
import collections
import io
import itertools
import json
import pickle
import re
import struct
import threading
import types
import weakref
import zlib


def grow():
    text = 'abc' * 1000
    data = text.encode()
    yield text + 'x' * 70000, text.replace('a', 'bb'), text.split('b'), ','.join(['x'] * 9000), '%d %s' % (1, text)
    yield f'{text:>9000}', text.center(80000), text.upper(), text.translate({97: 'xyz'}), repr(text * 30), list(text)
    yield data * 100, bytearray(data) * 100, data.hex(), data.decode('utf-16', 'replace'), memoryview(data).tolist()
    yield list(range(20000)), tuple(range(20000)), [0] * 50000, [*range(9000)] + [1], sorted(range(9000, 0, -1))
    yield {i: i for i in range(20000)}, set(range(20000)), frozenset(range(9000)), dict.fromkeys('abc'), {1} | {2}
    yield 3 ** 20000, 1 << 400000, (1 << 9000) * (1 << 9000), int('7' * 4000), str(7 ** 4000), 1.5 * 2, 1j * 2
    yield (1).to_bytes(70000, 'big'), int.from_bytes(data, 'big'), hash(text), divmod(10 ** 900, 7 ** 300)
    yield collections.deque(range(9000)), collections.OrderedDict.fromkeys(range(2000)), collections.Counter(text)
    yield array.array('q', range(9000)) * 10, struct.pack('9000x'), zlib.decompress(zlib.compress(data)), range(9)
    yield io.BytesIO(data).read(), io.StringIO(text).readlines(), re.findall('[ab]', text), re.sub('a', 'bb', text)
    yield json.loads(json.dumps([text, [1, 2.5, None]] * 20)), pickle.loads(pickle.dumps([text, {1: (2, 3)}] * 20))
    yield list(itertools.product(range(20), repeat=3)), list(zip(range(9000), text)), list(map(str, range(9000)))
    yield types.SimpleNamespace(a=1), slice(1, 2), object(), property(), Exception('x'), iter([]), (i for i in text)


class Node:
    def __init__(self, next):
        self.next = next
        self.many = [next] * 3


def classes():
    chain = None
    for _ in range(3000):
        chain = Node(chain)
    refs = [weakref.ref(Node(None)) for _ in range(300)]
    made = [type('T%d' % i, (Node,), {'x': i}) for i in range(20)]
    namespace = {}
    exec('def f(a, *b, c=1, **d):\n    return a, b, c, d\n' * 50, namespace)
    return chain, refs, made, namespace['f'](1, 2, c=3, e=4)


def work():
    for _ in grow():
        pass
    classes()


def in_thread():
    try:
        work()
    except MemoryError:
        told.append(1)


told = []
try:
    work()
except MemoryError:
    told.append(1)
t = threading.Thread(target=in_thread)
try:
    t.start()
    t.join()
except (MemoryError, RuntimeError):
    told.append(1)
work()
print('done', len(told) <= 2)
