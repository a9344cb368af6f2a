# sys, gc, atexit, signal, errno, codecs, marshal: the parts that are the same everywhere.
import atexit
import codecs
import errno
import gc
import marshal
import signal
import sys

print(sys.byteorder, sys.maxunicode, sys.getsizeof([]) > 0, sys.float_info.epsilon, sys.float_info.dig, sys.hash_info.width, sys.hash_info.modulus, sys.int_info.default_max_str_digits, sys.float_repr_style)
print(sys.getrecursionlimit(), sys.intern("a b") == "a b", sys.is_finalizing(), sys.gettrace(), sys.getprofile(), sys.displayhook is sys.__displayhook__, sys.getdefaultencoding(), sys.stdin.fileno(), sys.stdout.encoding, sys.stderr.errors, type(sys.version).__name__, sys.copyright != "")
sys.displayhook(5)
sys.displayhook(None)
sys.displayhook("text")
import builtins

print(builtins._)
try:
    sys.intern(5)
except TypeError as e:
    print(e)
sys.set_int_max_str_digits(1000)
try:
    str(10**2000)
except ValueError as e:
    print(e)
sys.set_int_max_str_digits(0)
print(len(str(10**5000)))
sys.set_int_max_str_digits(4300)
print(gc.isenabled(), gc.collect() >= 0, gc.get_threshold() is not None, isinstance(gc.get_count(), tuple), gc.is_tracked([]), gc.is_tracked(5))
gc.disable()
print(gc.isenabled())
gc.enable()


class Cycle:
    dead = 0

    def __init__(self):
        self.me = self

    def __del__(self):
        Cycle.dead += 1


for _ in range(10):
    Cycle()
gc.collect()
print(Cycle.dead)


class Resurrect:
    kept = []

    def __del__(self):
        Resurrect.kept.append(self)


Resurrect()
gc.collect()
gc.collect()
print(len(Resurrect.kept), type(Resurrect.kept[0]).__name__)
print(errno.ENOENT, errno.errorcode[13], errno.EAGAIN == errno.EWOULDBLOCK, len(errno.errorcode) > 100)
for o in (None, True, 5, -(10**30), 1.5, 1j, "text é", b"bytes", (1, (2,)), [1, 2], {"a": 1}, {1}, frozenset([2]), ..., StopIteration):
    print(marshal.loads(marshal.dumps(o)) == o, end=" ")
print()
try:
    marshal.dumps(object())
except ValueError as e:
    print(e)
for bad in (b"", b"\xff", b"("):
    try:
        marshal.loads(bad)
    except (EOFError, ValueError, TypeError) as e:
        print(type(e).__name__)
print(eval(marshal.loads(marshal.dumps(compile("6 * 7", "<m>", "eval")))))
print(codecs.lookup("utf8").name, codecs.lookup("latin1").name, codecs.encode("é", "utf-16-be"), codecs.decode(b"\xe9", "latin-1"), codecs.encode("Hello", "rot13"), codecs.encode(b"hi", "hex"), codecs.decode(b"aGk=", "base64"), codecs.BOM_UTF8)
d = codecs.getincrementaldecoder("utf-8")()
print(d.decode(b"\xc3"), d.decode(b"\xa9"), repr(d.decode(b"a", True)))
e = codecs.getincrementalencoder("utf-16")()
print(e.encode("a"), e.encode("b"))
codecs.register_error("test.q", lambda ex: ("?" * (ex.end - ex.start), ex.end))
print("aéüb".encode("ascii", "test.q"), "é€".encode("ascii", "namereplace"), codecs.lookup_error("strict")is not None, "abc".encode("utf-8-sig"), b"\xef\xbb\xbfx".decode("utf-8-sig"), "é".encode("cp1252"), b"\x80".decode("cp1252"), "a".encode("utf-7"), "日".encode("utf-32-le"), "ä".encode("idna") if False else "", "x\u20ac".encode("iso8859-15"))
for bad in (lambda: codecs.lookup("nope"), lambda: b"\xff\xfe\x00".decode("utf-16"), lambda: "\ud800".encode("utf-16"), lambda: b"\x81".decode("cp1252"), lambda: "a".encode(5), lambda: codecs.lookup_error("zz")):
    try:
        print(bad())
    except Exception as ex:
        print(type(ex).__name__, ex)
got = []
old = signal.signal(signal.SIGUSR1, lambda n, f: got.append((signal.Signals(n).name, f is not None)))
print(old == signal.SIG_DFL)
import os

os.kill(os.getpid(), signal.SIGUSR1)
for _ in range(1000):
    pass
print(got, signal.getsignal(signal.SIGUSR1) is not None, signal.SIGINT, signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.strsignal(2))
signal.raise_signal(signal.SIGUSR1)
print(len(got))
try:
    signal.signal(99999, signal.SIG_IGN)
except ValueError as e:
    print(e)
signal.setitimer(signal.ITIMER_REAL, 0.01) if False else None
atexit.register(print, "atexit 1")
atexit.register(lambda: print("atexit 2"))


@atexit.register
def third():
    print("atexit 3")


atexit.unregister(third)
print("end of main")
