"""Sends a signal during every native operation that can take long, and checks that its handler is heard.

    python tests/tools/interrupted.py [--thread] [--times] [NAME ...]

Each operation alone takes minutes, or for ever. The handler raises KeyboardInterrupt, which must come out of the operation; who
is not heard for a while is named and ends the program with exit code 3. The signal comes from a timer, or (--thread) from
another thread, which also asks for a collection of everything meanwhile: who works for long must not hold up others.
"""
import argparse
import array
import binascii
import bisect
import bz2
import collections
import copy
import csv
import fcntl
import functools
import gc
import hashlib
import heapq
import io
import itertools
import json
import lzma
import marshal
import math
import operator
import os
import pickle
import queue
import random
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
import zlib

# How long an operation may take no notice: only to name who hangs.
PATIENCE = 60
sys.set_int_max_str_digits(0)


class Never:
    """Equal to nothing, and it takes Python code to find out."""
    __hash__ = None

    def __eq__(self, other):
        return False


class Slow:
    """Makes comparing pieces native and endless: its items never end."""
    def __iter__(self):
        return itertools.repeat(1)


def pipe(full=False):
    r, w = os.pipe()
    if full:
        os.set_blocking(w, False)
        try:
            while True:
                os.write(w, bytes(4096))
        except BlockingIOError:
            pass
        os.set_blocking(w, True)
    return r, w


def stuck_lock():
    lock = threading.Lock()
    lock.acquire()
    return lock


def locked_file():
    name = tempfile.mktemp()
    first = open(name, "w")
    fcntl.flock(first, fcntl.LOCK_EX)
    return first, open(name, "w")


def fifo():
    name = tempfile.mktemp()
    os.mkfifo(name)
    return name


def sleeper():
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])


def chained(n):
    x = []
    for _ in range(n):
        x = [x, x]
    return x


HUGE = "(1 << 80_000_000) - 12345"
HALF = "(1 << 40_000_000) + 1"
BLOCK = "random.randbytes(1 << 20) * 200"

# Name: what is made before, as x; and the operation on it.
TABLE = {
    # Large integers.
    "int *": (HUGE, "x * x"),
    "int * longer": (f"[{HUGE}, (1 << 30_000_000) - 1]", "x[0] * x[1] * x[1] * x[1]"),
    "int **": ("7", "x ** 1_000_000_000"),
    "int //": (f"[{HUGE}, {HALF}]", "x[0] * x[0] // x[1] // x[1]"),
    "int %": (f"[{HUGE}, {HALF}]", "x[0] % x[1] * x[0] % x[1] % 17 ** 99_999_999"),
    "divmod": (f"[{HUGE}, (1 << 30_000_000) + 5]", "divmod(x[0] * x[0], x[1])"),
    "pow with modulus": ("[7 ** 400_000, 11 ** 300_000]", "pow(3, x[0], x[1])"),
    "pow of 2048 bits": ("(1 << 2047) + 12345", "[pow(3, x * x, x) for i in itertools.count()]"),
    "pow inverse": ("[7 ** 4_000_000, 11 ** 3_000_000]", "pow(x[0], -1, x[1])"),
    "str of an int": (HUGE, "str(x * x)"),
    "repr of an int": (HUGE, "repr([x * x])"),
    "format of an int": (HUGE, "f'{x * x:,d}'"),
    "% of an int": (HUGE, "'%d' % (x * x)"),
    "int of a str": ("'7' * 100_000_000", "int(x)"),
    "factorial": ("0", "math.factorial(100_000_000)"),
    "comb": ("0", "math.comb(200_000_000, 100_000_000)"),
    "comb of large": ("10 ** 1000", "math.comb(x, 10_000_000)"),
    "perm": ("0", "math.perm(200_000_000, 100_000_000)"),
    "isqrt": (HUGE, "math.isqrt(x * x)"),
    "gcd": ("[7 ** 4_000_000, 11 ** 3_000_000]", "math.gcd(*x)"),
    "lcm": ("[7 ** 4_000_000, 11 ** 3_000_000]", "math.lcm(*x)"),
    "prod": ("0", "math.prod(itertools.count(1))"),
    # Patterns.
    "re.match": ("'a' * 50", "re.match(r'(a+)+b', x)"),
    "re.search": ("'x' * 60", "re.search('(x+x+)+y', x)"),
    "re.fullmatch": ("'a' * 60", "re.fullmatch('(a|a)*b', x)"),
    "re.findall": ("'a' * 1_000_000", "re.findall('a.*b.*c', x)"),
    "re.split": ("'a' * 1_000_000", "re.split('[^x]*y', x)"),
    "re.sub": ("'a' * 60", "re.sub('(?:a|a)*c', '', x)"),
    "re.finditer": ("'a' * 1_000_000", "list(re.finditer('(?=(a+))a*?b', x))"),
    "re with a look": ("'a' * 60", "re.match('(?=(a|a)*b)', x)"),
    "re atomic": ("'a' * 1_000_000", "re.search('(?>a*)b', x)"),
    "re lazy": ("'a' * 1_000_000", "re.search('a*?b', x)"),
    "re of characters": ("'\\u00e9' * 1_000_000", "re.search('\\u00e9*x', x)"),
    "re of bytes": ("b'a' * 1_000_000", "re.search(b'a*b', x)"),
    # Iterators without end, driven by native code.
    "list": ("itertools.repeat(None)", "list(x)"),
    "tuple": ("itertools.repeat(None)", "tuple(x)"),
    "set": ("itertools.repeat(1)", "set(x)"),
    "frozenset": ("itertools.repeat(1)", "frozenset(x)"),
    "dict": ("itertools.repeat((1, 2))", "dict(x)"),
    "fromkeys": ("itertools.repeat(1)", "dict.fromkeys(x)"),
    "bytes": ("itertools.repeat(1)", "bytes(x)"),
    "bytearray": ("itertools.repeat(1)", "bytearray(x)"),
    "array": ("itertools.repeat(1)", "array.array('i', x)"),
    "join": ("itertools.repeat('a')", "''.join(x)"),
    "bytes join": ("itertools.repeat(b'a')", "b''.join(x)"),
    "deque": ("itertools.count()", "collections.deque(x, 0)"),
    "deque of 5": ("itertools.count()", "collections.deque(x, 5)"),
    "sum": ("itertools.count()", "sum(x)"),
    "sum of floats": ("itertools.repeat(0.5)", "sum(x)"),
    "sum of a range": ("range(1 << 60)", "sum(x)"),
    "all": ("itertools.repeat(1)", "all(x)"),
    "any": ("itertools.repeat(0)", "any(x)"),
    "max": ("itertools.count()", "max(x)"),
    "min": ("itertools.count()", "min(x, key=int)"),
    "in count": ("itertools.count()", "0.5 in x"),
    "in repeat": ("itertools.repeat(1)", "2 in x"),
    "in map": ("map(int, itertools.repeat(1))", "2 in x"),
    "in a range": ("range(1 << 60)", "Never() in x"),
    "range.index": ("range(1 << 60)", "x.index(0.5)"),
    "range.count": ("range(1 << 60)", "x.count(Never())"),
    "countOf": ("itertools.repeat(1)", "operator.countOf(x, 2)"),
    "indexOf": ("itertools.repeat(1)", "operator.indexOf(x, 2)"),
    "reduce": ("itertools.repeat(1)", "functools.reduce(max, x)"),
    "zip": ("zip(itertools.count(), itertools.count())", "collections.deque(x, 0)"),
    "map": ("map(abs, itertools.count())", "collections.deque(x, 0)"),
    "enumerate": ("enumerate(itertools.repeat(1))", "collections.deque(x, 0)"),
    "filter": ("filter(None, itertools.repeat(0))", "next(x)"),
    "filterfalse": ("itertools.filterfalse(None, itertools.repeat(1))", "next(x)"),
    "dropwhile": ("itertools.dropwhile(bool, itertools.repeat(1))", "next(x)"),
    "takewhile": ("itertools.takewhile(bool, itertools.repeat(1))", "collections.deque(x, 0)"),
    "compress": ("itertools.compress(itertools.repeat(1), itertools.repeat(0))", "next(x)"),
    "islice": ("itertools.islice(itertools.count(), 1 << 60, None)", "next(x)"),
    "chain of empties": ("itertools.chain.from_iterable(itertools.repeat(()))", "next(x)"),
    "starmap": ("itertools.starmap(max, itertools.repeat((1, 2)))", "collections.deque(x, 0)"),
    "accumulate": ("itertools.accumulate(itertools.repeat(0))", "collections.deque(x, 0)"),
    "groupby": ("itertools.groupby(itertools.repeat(1))", "next(x), next(x)"),
    "pairwise": ("itertools.pairwise(itertools.repeat(1))", "collections.deque(x, 0)"),
    "batched": ("itertools.batched(itertools.repeat(1), 1 << 40)", "next(x)"),
    "cycle": ("itertools.cycle([1])", "collections.deque(x, 0)"),
    "zip_longest": ("itertools.zip_longest([], itertools.repeat(1))", "collections.deque(x, 0)"),
    "tee": ("itertools.tee(itertools.repeat(1))", "collections.deque(x[0], 0)"),
    "product": ("itertools.product(range(1000), repeat=9)", "collections.deque(x, 0)"),
    "permutations": ("itertools.permutations(range(40))", "collections.deque(x, 0)"),
    "combinations": ("itertools.combinations(range(60), 30)", "collections.deque(x, 0)"),
    "combinations with": ("itertools.combinations_with_replacement(range(60), 30)", "collections.deque(x, 0)"),
    "callable iterator": ("iter(int, 1)", "collections.deque(x, 0)"),
    "extend": ("[]", "x.extend(itertools.repeat(1))"),
    "slice assignment": ("[]", "x.__setitem__(slice(0, 0), itertools.repeat(1))"),
    "list +=": ("[]", "x.__iadd__(itertools.repeat(1))"),
    "deque.extend": ("collections.deque(maxlen=3)", "x.extend(itertools.repeat(1))"),
    "deque.extendleft": ("collections.deque(maxlen=3)", "x.extendleft(itertools.repeat(1))"),
    "array.extend": ("array.array('d')", "x.extend(itertools.repeat(1))"),
    "bytearray.extend": ("bytearray()", "x.extend(itertools.repeat(1))"),
    "set.update": ("set()", "x.update(itertools.repeat(1))"),
    "set.union": ("{2}", "x.union(itertools.repeat(1))"),
    "set.intersection": ("{2}", "x.intersection(itertools.repeat(1))"),
    "set.difference": ("{2}", "x.difference(itertools.repeat(1))"),
    "set.isdisjoint": ("{2}", "x.isdisjoint(itertools.repeat(1))"),
    "set.issuperset": ("{1}", "x.issuperset(itertools.repeat(1))"),
    "set.symmetric_difference": ("{2}", "x.symmetric_difference(itertools.repeat(1))"),
    "dict.update": ("{}", "x.update(itertools.repeat((1, 2)))"),
    "Counter": ("itertools.repeat(1)", "collections.Counter(x)"),
    "OrderedDict": ("itertools.repeat((1, 2))", "collections.OrderedDict(x)"),
    "unpack": ("itertools.repeat(1)", "[*x]"),
    "star target": ("itertools.repeat(1)", "(lambda a, *b: 0)(*x)"),
    "fsum": ("itertools.repeat(0.1)", "math.fsum(x)"),
    "sumprod": ("[itertools.repeat(1.5), itertools.repeat(2)]", "math.sumprod(*x)"),
    "writelines": ("io.BytesIO()", "x.writelines(itertools.repeat(b''))"),
    "text writelines": ("io.StringIO()", "x.writelines(itertools.repeat(''))"),
    "csv writerows": ("csv.writer(io.StringIO())", "x.writerows(itertools.repeat([]))"),
    "csv reader": ("csv.reader(itertools.repeat(''))", "collections.deque(x, 0)"),
    "isinstance": ("0", "all(map(isinstance, itertools.repeat(1), itertools.repeat(int)))"),
    "type()": ("0", "collections.deque(map(type, itertools.count()), 0)"),
    "str.format": ("0", "collections.deque(map('{}'.format, itertools.count()), 0)"),
    "heapq.nsmallest": ("itertools.repeat(1)", "heapq.nsmallest(3, x)"),
    "generator": ("(i for i in itertools.count())", "collections.deque(x, 0)"),
    # Large data.
    "sorted": ("[random.random() for i in range(500_000)]", "[sorted(x) for i in itertools.count()]"),
    "sorted by str": ("list(map(str, range(300_000)))", "[sorted(random.sample(x, len(x))) for i in itertools.count()]"),
    "copy of nested": ("chained(60)", "copy.deepcopy([copy.copy(i) for i in itertools.repeat(x)])"),
    "eq of nested": ("[chained(60), chained(60)]", "x[0] == x[1]"),
    "repr of nested": ("chained(25)", "[repr(x) for i in itertools.count()]"),
    "json.dumps": ("chained(23)", "[json.dumps(x) for i in itertools.count()]"),
    "json.loads": ("'[' + '[1, 2.5, \"a\"],' * 500_000 + '1]'", "[json.loads(x) for i in itertools.count()]"),
    "marshal.dumps": ("[list(range(1000))] * 3000", "[marshal.dumps(x, 0) for i in itertools.count()]"),
    "marshal.loads": ("marshal.dumps([list(range(1000))] * 1000, 0)", "[marshal.loads(x) for i in itertools.count()]"),
    "pickle.dumps": ("[[i, str(i)] for i in range(300_000)]", "[pickle.dumps(x) for i in itertools.count()]"),
    "pickle.loads": ("pickle.dumps([[i, str(i)] for i in range(300_000)])", "[pickle.loads(x) for i in itertools.count()]"),
    "zlib.compress": (BLOCK, "[zlib.compress(x, 9) for i in itertools.count()]"),
    "zlib.decompress": ("zlib.compress(bytes(1 << 28))", "[zlib.decompress(x) for i in itertools.count()]"),
    "bz2.compress": (BLOCK, "bz2.compress(x)"),
    "bz2.decompress": ("bz2.compress(bytes(1 << 28))", "[bz2.decompress(x) for i in itertools.count()]"),
    "lzma.compress": (BLOCK, "lzma.compress(x)"),
    "lzma.decompress": ("lzma.compress(bytes(1 << 27), preset=0)", "[lzma.decompress(x) for i in itertools.count()]"),
    "sha256": (BLOCK, "[hashlib.sha256(x) for i in itertools.count()]"),
    "md5": (BLOCK, "[hashlib.md5(x) for i in itertools.count()]"),
    "blake2b": (BLOCK, "[hashlib.blake2b(x) for i in itertools.count()]"),
    "sha3": (BLOCK, "[hashlib.sha3_512(x) for i in itertools.count()]"),
    "shake": ("hashlib.shake_128(b'a')", "[x.hexdigest(1 << 28) for i in itertools.count()]"),
    "pbkdf2": ("0", "hashlib.pbkdf2_hmac('sha256', b'a', b'b', 1 << 30)"),
    "scrypt": ("0", "[hashlib.scrypt(b'a', salt=b'b', n=1 << 14, r=8, p=64, maxmem=1 << 30) for i in itertools.count()]"),
    "crc32": (BLOCK, "[zlib.crc32(x) for i in itertools.count()]"),
    "hexlify": ("random.randbytes(1 << 27)", "[binascii.hexlify(x) for i in itertools.count()]"),
    "b2a_base64": ("random.randbytes(1 << 27)", "[binascii.b2a_base64(x) for i in itertools.count()]"),
    "normalize": ("'\\u00e9\\u0323' * 3_000_000", "[unicodedata.normalize(f, x) for f in itertools.cycle(['NFD', 'NFC'])]"),
    "str.replace": ("'ab' * 20_000_000", "[x.replace('a', 'bc') for i in itertools.count()]"),
    "str.count": ("'a' * 50_000_000", "[x.count('aaaab') for i in itertools.count()]"),
    "str.find": ("'a' * 50_000_000", "[x.find('a' * 1000 + 'b') for i in itertools.count()]"),
    "str.split": ("'a ' * 5_000_000", "[x.split() for i in itertools.count()]"),
    "str.upper": ("'stra\\u00dfe' * 3_000_000", "[x.upper() for i in itertools.count()]"),
    "str.translate": ("'abc' * 3_000_000", "[x.translate({97: 'xyz'}) for i in itertools.count()]"),
    "str.encode": ("'\\u00e9' * 10_000_000", "[x.encode('utf-16') for i in itertools.count()]"),
    "bytes.decode": ("b'\\\\x41' * 5_000_000", "[x.decode('unicode_escape') for i in itertools.count()]"),
    "str * n": ("'ab'", "[x * 100_000_000 for i in itertools.count()]"),
    "list * n": ("[1]", "[len(x * 20_000_000) for i in itertools.count()]"),
    "bytes(n)": ("1 << 28", "[len(bytes(x)) for i in itertools.count()]"),
    "list.count": ("[Never()] * 100_000", "[x.count(1) for i in itertools.count()]"),
    "shuffle": ("list(range(100_000))", "[random.shuffle(x) for i in itertools.count()]"),
    "array.byteswap": ("array.array('d', bytes(1 << 27))", "[x.byteswap() for i in itertools.count()]"),
    "struct.unpack": ("bytes(1 << 24)", "[struct.unpack('%dB' % len(x), x) for i in itertools.count()]"),
    "iter_unpack": ("bytes(1 << 24)", "[collections.deque(struct.iter_unpack('B', x), 0) for i in itertools.count()]"),
    "compile": ("'a = 1\\n' * 20_000", "[compile(x, 'f', 'exec') for i in itertools.count()]"),
    "gc.collect": ("[[i] for i in range(100_000)]", "[gc.collect() for i in itertools.count()]"),
    # Waiting.
    "sleep": ("0", "time.sleep(1000)"),
    "Lock": ("stuck_lock()", "x.acquire()"),
    "Lock with a limit": ("stuck_lock()", "x.acquire(timeout=1000)"),
    "with Lock": ("stuck_lock()", "x.__enter__()"),
    "RLock": ("threading.RLock()", "[threading.Thread(target=x.acquire).start(), time.sleep(.1), x.acquire()]"),
    "Condition": ("threading.Condition()", "[x.acquire(), x.wait()]"),
    "Event": ("threading.Event()", "x.wait()"),
    "Semaphore": ("threading.Semaphore(0)", "x.acquire()"),
    "Barrier": ("threading.Barrier(2)", "x.wait()"),
    "Queue": ("queue.Queue()", "x.get()"),
    "SimpleQueue": ("queue.SimpleQueue()", "x.get()"),
    "join": ("threading.Thread(target=time.sleep, args=(1000,), daemon=True)", "[x.start(), x.join()]"),
    "os.read": ("pipe()", "os.read(x[0], 1)"),
    "os.write": ("pipe(True)", "os.write(x[1], bytes(1 << 20))"),
    "file.read": ("open(pipe()[0], 'rb')", "x.read()"),
    "raw.read": ("open(pipe()[0], 'rb', 0)", "x.read()"),
    "text.read": ("open(pipe()[0])", "x.readline()"),
    "file.write": ("open(pipe(True)[1], 'wb', closefd=False)", "x.raw.write(bytes(1 << 20))"),
    "print": ("open(pipe(True)[1], 'wb', 0, closefd=False)", "print('a' * (1 << 20), file=io.TextIOWrapper(x, write_through=True))"),
    "open of a fifo": ("fifo()", "open(x)"),
    "flock": ("locked_file()", "fcntl.flock(x[1], fcntl.LOCK_EX)"),
    "select": ("pipe()", "select.select([x[0]], [], [])"),
    "poll": ("select.poll()", "x.poll()"),
    "epoll": ("select.epoll()", "x.poll()"),
    "accept": ("socket.create_server(('127.0.0.1', 0))", "x.accept()"),
    "recv": ("socket.socketpair()", "x[0].recv(1)"),
    "sendall": ("socket.socketpair()", "x[0].sendall(bytes(1 << 28))"),
    "waitpid": ("sleeper()", "os.waitpid(x.pid, 0)"),
    "Popen.wait": ("sleeper()", "x.wait()"),
    "pause": ("0", "signal.pause()"),
}

heard = threading.Event()


def handler(number, frame):
    heard.set()
    raise KeyboardInterrupt


def watch(name, before):
    """Names who takes no notice."""
    if not before.wait(PATIENCE):
        print(f"{name}: not heard", flush=True)
        os._exit(3)


def from_thread():
    time.sleep(0.1)
    gc.collect()
    os.kill(os.getpid(), signal.SIGINT)


def run(name, threads):
    made, operation = TABLE[name]
    names = dict(globals())
    names["x"] = eval(made, names)
    code = compile(operation, name, "eval")
    done = threading.Event()
    watcher = threading.Thread(target=watch, args=(name, done), daemon=True) if threads else None
    try:
        begin = time.monotonic()
        if threads:
            watcher.start()
            threading.Thread(target=from_thread, daemon=True).start()
        else:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
        eval(code, names)
        print(f"{name}: ended without the signal")
    except KeyboardInterrupt:
        return time.monotonic() - begin - 0.1
    finally:
        done.set()
        if isinstance(names["x"], subprocess.Popen):
            names["x"].kill()
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--thread", action="store_true")
    parser.add_argument("--times", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, handler)
    signal.signal(signal.SIGINT, handler)
    count = 0
    for name in options.names or TABLE:
        if not options.thread:
            # The timer's only thread names nobody: who hangs is the last in the output.
            print(name, end=" ", flush=True)
        took = run(name, options.thread)
        if took is not None:
            count += 1
        if options.times:
            print(name, took and round(took, 2), flush=True)
        gc.collect()
    print(f"\n{count} of {len(options.names or TABLE)} heard", flush=True)
    # Threads that still wait end with the process.
    os._exit(0)


main()
