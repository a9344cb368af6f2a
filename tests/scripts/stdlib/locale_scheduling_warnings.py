"""Details of native modules: the locale, scheduling, warnings with sources, codec names, text before a fault."""

import contextvars
import faulthandler
import inspect
import io
import locale
import os
import pickle
import socket
import sys
import tempfile
import types
import warnings


def seen(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


# The locale.
print(seen(locale.strcoll, "a\0", "a"), seen(locale.strcoll, "a", "\0"), seen(locale.strxfrm, "a\0"), locale.strcoll("a", "b"))
print(seen(locale.setlocale, 0, "a\0"), seen(locale.setlocale, 55, "C"), seen(locale.setlocale, 2**40), locale.setlocale(locale.LC_ALL, "C"))
print(seen(locale.setlocale, locale.LC_ALL, "xx_YY"), locale.Error.__mro__[1:], locale.Error.__module__)

# Scheduling.
param = os.sched_param(3)
print(param, seen(os.sched_param), os.sched_param(sched_priority=1), os.sched_param("x"), tuple(param), param.sched_priority)
print(pickle.loads(pickle.dumps(param)), param.__reduce__()[1])
for scheduler in 1, [1, 2], (1,), (None, 5):
    text = seen(os.posix_spawn, sys.executable, [sys.executable, "-c", ""], os.environ, scheduler=scheduler)
    print(text.split(", not")[0] if isinstance(text, str) else "started")

# Ancillary data whose padding does not fit.
most = 0x7FFFFFFF
print([seen(socket.CMSG_SPACE, n) for n in (0, 1, most - 24, most - 23, most, -1)])


# Names that cannot be hashed or encoded.
class Unhashable(str):
    __hash__ = None


print(seen(contextvars.ContextVar, Unhashable("x")))
for f in b"a".decode, "a".encode:
    for name in "utf-8\udce2", "\udce2\udce3", "u\0":
        print(ascii(seen(f, name)))
print(ascii(seen(str, b"a", "x\udce2")), ascii(seen("a".encode, "utf-8", "strict\udce2")))

# The types of singletons.
print([inspect.signature(type(x)) for x in (None, ..., NotImplemented)])

# Warnings with a module's globals.
loader = types.SimpleNamespace(get_source=lambda name: f"first of {name}\nsecond\n")
spec = types.SimpleNamespace(loader=loader)
good = {"__name__": "mod", "__loader__": loader, "__spec__": spec}
with warnings.catch_warnings(record=True) as log:
    warnings.simplefilter("always")
    warnings.warn_explicit("m", UserWarning, "nofile", 2, module_globals=good)
    print([(w.category.__name__, w.line) for w in log])
    for globals in (
        {"__name__": "mod", "__loader__": loader},
        {"__name__": "mod", "__loader__": loader, "__spec__": None},
        {"__name__": "mod", "__loader__": None, "__spec__": None},
        {"__name__": "mod"},
        {"__name__": "mod", "__loader__": loader, "__spec__": types.SimpleNamespace(loader=object())},
        {"__name__": "mod", "__loader__": object(), "__spec__": None},
        {"__loader__": loader, "__spec__": spec},
        {},
    ):
        log.clear()
        outcome = seen(warnings.warn_explicit, "m", UserWarning, "nofile", 1, module_globals=globals)
        print(outcome, [(w.category.__name__, str(w.message), w.line) for w in log])
print(seen(warnings.warn_explicit, "m", UserWarning, "nofile", 9, module_globals=good))
print(seen(warnings.warn_explicit, "m", UserWarning, None, 1), seen(warnings.warn, "x", skip_file_prefixes=("a", 1)))

# Without a standard error.
error, sys.stderr = sys.stderr, None
outcome = seen(faulthandler.enable), seen(faulthandler.dump_traceback)
sys.stderr = error
print(outcome)

# Text well before a byte that means nothing is read.
with tempfile.TemporaryFile() as f:
    f.write(b"A\nB\r\n" + b"123456789\n" * 9000 + b"\x80\nlast\n")
    for encoding in "ascii", "utf-8":
        f.seek(0)
        text = io.TextIOWrapper(open(os.dup(f.fileno()), "rb"), encoding=encoding)
        print(repr(text.readline()), repr(text.readline()), repr(text.read(5)), text.tell())
        n = 0
        try:
            for line in text:
                n += 1
        except UnicodeDecodeError as e:
            print(e.reason, n > 8000, n <= 9000)
        text.close()
with tempfile.TemporaryFile() as f:
    f.write(b"A\n" + b"123456789\n" * 1000 + b"\x80")
    f.seek(0)
    text = io.TextIOWrapper(open(os.dup(f.fileno()), "rb"), encoding="ascii")
    print(repr(text.readline()), seen(lambda: len(list(text))).split(" in ")[0], repr(text.readline()), repr(text.readline()))
    text.close()

# Devices.
for n in -1, -2, 2**64, 2**64 - 1, -(2**70), 1.0, 0, 2**63, 259, "1":
    print(n, seen(os.major, n), seen(os.minor, n))
for n in -1, -2, 2**32, 2**32 - 1, 2**64, 0, 5, 1.5:
    print(n, seen(os.makedev, n, 1), seen(os.makedev, 1, n), seen(os.makedev, n, n))

# Names of ideographs.
import unicodedata

for name in (
    "CJK UNIFIED IDEOGRAPH-4E00", "cjk unified ideograph-4e00", "CJK UNIFIED IDEOGRAPH-04E00", "CJK UNIFIED IDEOGRAPH-33FF",
    "CJK UNIFIED IDEOGRAPH-20000", "CJK UNIFIED IDEOGRAPH-020000", "CJK UNIFIED IDEOGRAPH-F900", "CJK COMPATIBILITY IDEOGRAPH-F900",
    "CJK COMPATIBILITY IDEOGRAPH-3400", "CJK RADICAL REPEAT", "CJK UNIFIED IDEOGRAPH-9FFFF",
):
    print(name, ascii(seen(unicodedata.lookup, name)), ascii(seen(unicodedata.ucd_3_2_0.lookup, name)))

# Signatures that are not told.
import time

print([f for f in dir(time) if f.islower() and f.isascii() and "loader" not in f and f != "struct_time" and callable(getattr(time, f)) and not getattr(getattr(time, f), "__text_signature__", "?")])
