"""Sizes that no machine has: each is refused with an exception, and the program goes on."""
import array, base64, binascii, bz2, codecs, collections, hashlib, io, itertools, lzma, marshal, mmap, operator, os, pickle, random, re, select, socket, struct, sys, tempfile, zlib

# Bytes that no machine of today has.
H = 10**15


def hint(n):
    class Hinting:
        def __length_hint__(self):
            return n
        def __iter__(self):
            return iter((1, 2, 3))
    return Hinting()


class Sized:
    def __len__(self):
        return H
    def __getitem__(self, i):
        raise IndexError


def seek_write(f, data):
    f.seek(H)
    return f.write(data)


def pair(kind):
    a, b = socket.socketpair()
    with a, b:
        b.sendall(b'x')
        return kind(a)


def with_pipe(f):
    r, w = os.pipe()
    try:
        os.write(w, b'x')
        return f(r)
    finally:
        os.close(r)
        os.close(w)


def with_file(f):
    with tempfile.TemporaryFile() as t:
        t.write(b'abc')
        t.flush()
        t.seek(0)
        return f(t)


CALLS = '''
'x' * H
'xy' * H
'é' * H
b'x' * H
bytearray(b'x') * H
[None] * H
(None,) * H
array.array('b', b'x') * H
collections.deque([1]) * H
list(range(H))
tuple(range(H))
bytes(H)
bytearray(H)
list(hint(H))
tuple(hint(H))
bytes(hint(H))
bytearray(hint(H))
[*hint(H)]
list(itertools.repeat(1, H))
tuple(itertools.repeat(1, H))
sorted(itertools.repeat(1, H))
list(Sized())
bytearray().resize(H)
'x'.ljust(H)
'x'.rjust(H)
'x'.center(H)
'x'.zfill(H)
b'x'.ljust(H)
b'x'.rjust(H)
b'x'.center(H)
b'x'.zfill(H)
bytearray(b'x').ljust(H)
bytearray(b'x').zfill(H)
'\\t'.expandtabs(H)
b'\\t'.expandtabs(H)
'\\t\\t'.expandtabs(2**31 - 1).isspace() or 1
format(1, '1000000000000000')
format('x', '1000000000000000')
format(1.5, '1000000000000000')
format(1.5, '.1000000000000000f')
format(1, '01000000000000000d')
format(1j, '1000000000000000')
f'{1:{H}}'
f'{"x":{H}}'
'{:1000000000000000}'.format(1)
'%1000000000000000d' % 1
'%1000000000000000s' % 'x'
'%-1000000000000000s' % 'x'
'%.1000000000000000f' % 1.0
'%.1000000000000000d' % 1
b'%1000000000000000d' % 1
b'%1000000000000000s' % b'x'
b'%.1000000000000000d' % 1
(1).to_bytes(H, 'big')
(-1).to_bytes(H, 'little', signed=True)
1 << H * 4
1 << 10**14
(1 << 100) << 10**14
3 ** (1 << 50)
(1 << 64) ** (1 << 45)
operator.lshift(1, 10**14)
operator.pow(7, 1 << 50)
random.getrandbits(10**14)
random.randbytes(10**14)
random.Random(1).randbytes(10**14)
os.urandom(H)
struct.pack('%dx' % H)
struct.pack('%ds' % H, b'x')
struct.calcsize('%dx' % H) == H
struct.unpack('%dx' % H, b'')
seek_write(io.BytesIO(), b'x')
seek_write(io.StringIO(), 'x')
io.BytesIO(b'abc').truncate(H)
io.BytesIO(b'abc').read(H)
io.StringIO('abc').read(H)
io.BufferedReader(io.BytesIO(), H)
io.BufferedWriter(io.BytesIO(), H)
io.BufferedRandom(io.BytesIO(), H)
with_pipe(lambda fd: os.read(fd, H))
with_file(lambda t: t.read(H))
with_file(lambda t: t.raw.read(H))
with_file(lambda t: os.pread(t.fileno(), H, 0))
pair(lambda s: s.recv(H))
pair(lambda s: s.recvfrom(H))
pair(lambda s: s.recvmsg(H))
pair(lambda s: s.recvmsg(1, H))
pair(lambda s: s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, H))
mmap.mmap(-1, H)
itertools.tee([], H)
itertools.product([1, 2], repeat=H)
itertools.product([], repeat=H)
itertools.combinations([], H)
next(itertools.combinations([], H), 0)
itertools.combinations_with_replacement([], H)
next(itertools.combinations_with_replacement([1], H), 0)
itertools.permutations([], H)
next(itertools.permutations([], H), 0)
list(itertools.batched([1, 2], H))
zlib.decompress(zlib.compress(b'x'), bufsize=H)
zlib.decompressobj().decompress(zlib.compress(b'x'), H)
zlib.decompressobj().flush(H)
bz2.BZ2Decompressor().decompress(bz2.compress(b'x'), H)
lzma.LZMADecompressor().decompress(lzma.compress(b'x'), H)
lzma.LZMADecompressor(memlimit=1).decompress(lzma.compress(b'x'))
hashlib.shake_128(b'').digest(H)
hashlib.shake_256(b'').hexdigest(H)
hashlib.pbkdf2_hmac('sha256', b'', b'', 1, 2**40)
hashlib.scrypt(b'', salt=b'', n=2**40, r=8, p=1)
pickle.loads(b'B' + struct.pack('<I', 2**32 - 1) + b'x')
pickle.loads(b'\\x8e' + struct.pack('<Q', H) + b'x')
pickle.loads(b'\\x8d' + struct.pack('<Q', H) + b'x')
pickle.loads(b'\\x96' + struct.pack('<Q', H) + b'x')
pickle.loads(b'\\x95' + struct.pack('<Q', H) + b'x')
pickle.loads(b'\\x8b' + struct.pack('<i', 2**31 - 1) + b'x')
pickle.loads(b'Nr' + struct.pack('<I', 2**32 - 1) + b'.')
marshal.loads(b's' + struct.pack('<i', 2**31 - 1) + b'x')
marshal.loads(b'(' + struct.pack('<i', 2**31 - 1) + b'N')
marshal.loads(b'[' + struct.pack('<i', 2**31 - 1) + b'N')
marshal.loads(b'<' + struct.pack('<i', 2**31 - 1) + b'N')
marshal.loads(b'l' + struct.pack('<i', 2**31 - 1) + b'NN')
re.compile('x{%d}' % H)
re.compile('(?:x{4294967294}){4294967294}') and 1
select.epoll().poll(0, H)
sys.setrecursionlimit(H)
array.array('q', hint(H))
array.array('b').fromfile(io.BytesIO(b'x'), H)
collections.deque(hint(H), maxlen=2)
collections.deque([], H)
memoryview(b'abc').cast('B', [H])
range(H)[H]
operator.length_hint(hint(H))
codecs.escape_decode(b'\\\\x') and 1
[].__imul__(H)
[1].__imul__(H)
bytearray(b'x').__imul__(H)
array.array('b', b'x').__imul__(H)
int.from_bytes(b'\\xff' * 10, 'big') << 10**14
bytes.fromhex('ab').hex(' ', H)
'x'.join(['y'] * 3).replace('', 'z' * 3, H)
socket.socket().listen(H)
'%s' * 10**5 % tuple(['x' * 10**5] * 10**5)
'%-9s' * 10**5 % tuple(['x' * 10**5] * 10**5)
'%r' * 10**5 % tuple(['x' * 10**5] * 10**5)
'%(a)s' * 10**5 % {'a': 'x' * 10**5}
b'%s' * 10**5 % tuple([b'x' * 10**5] * 10**5)
('{0}' * 10**5).format('x' * 10**5)
('{0:>3}' * 10**5).format('x' * 10**5)
('{0!s}' * 10**5).format('x' * 10**5)
('{a}' * 10**5).format_map({'a': 'x' * 10**5})
('a' * 10**4).translate({97: 'x' * 10**6})
codecs.charmap_encode('a' * 10**4, 'strict', {97: b'x' * 10**6})
os.sendfile(0, 0, 0, -1)
os.truncate(0, H * H)
'''


for line in CALLS.strip().splitlines():
    try:
        r = eval(line)
    except Exception as e:
        print(f'{line}: {type(e).__name__}')
    else:
        print(f'{line}: returned {type(r).__name__}')
print('all refused or done')
