"""What later releases of 3.14 mended: archives, temporary folders, passwords, time zones, dates, decimals, XML, asyncio, pools."""

import annotationlib
import asyncio
import decimal
import doctest
import hmac
import importlib
import importlib.util
import io
import linecache
import multiprocessing
import multiprocessing.managers
import os
import shutil
import stringprep
import sys
import sysconfig
import tarfile
import tempfile
import traceback
import unittest
import urllib.request
import warnings
import xml.etree.ElementTree as ET
import zipfile
import zipimport
import zoneinfo
from datetime import date, datetime, time
from zoneinfo._zoneinfo import _parse_tz_str


def seen(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def raised(f, *args):
    try:
        f(*args)
    except Exception as e:
        return type(e).__name__
    return "fine"


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)

    # Archives.
    def archive(*members, **options):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", **options) as tar:
            for name, kind, target in members:
                info = tarfile.TarInfo(name)
                info.type = kind
                info.linkname = target
                data = b"data" if kind == tarfile.REGTYPE else b""
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        buffer.seek(0)
        return tarfile.open(fileobj=buffer)

    for filter in "data", "tar":
        for member in (
            ("a/../../out/b/../../in", tarfile.REGTYPE, ""),
            ("x/../y", tarfile.REGTYPE, ""),
            (".", tarfile.SYMTYPE, "elsewhere"),
            ("a/..", tarfile.LNKTYPE, "x"),
            ("plain", tarfile.REGTYPE, ""),
        ):
            with archive(member) as tar:
                info = tar.getmembers()[0]
                outcome = seen(getattr(tarfile, f"{filter}_filter"), info, os.path.join(folder, "dest"))
                if not isinstance(outcome, str):
                    outcome = outcome.name
                print(filter, member[0], outcome.split("/", 1)[0] if "Error" in outcome else outcome)

    with archive(("dir/", tarfile.DIRTYPE, ""), ("f", tarfile.REGTYPE, "")) as tar:
        print([seen(lambda n: tar.getmember(n).name, n) for n in ("dir", "dir/", "f", "f/", "g")])

    real = tarfile.time.time
    tarfile.time.time = lambda: -5.0
    try:
        with tarfile.open("early.tgz", "w|gz"):
            pass
    finally:
        tarfile.time.time = real
    with open("early.tgz", "rb") as f:
        print(f.read(8))

    # A hard link to a symbolic link is one to the file.
    with archive(("d/e/file", tarfile.REGTYPE, ""), ("d/e/sym", tarfile.SYMTYPE, "file"), ("hard", tarfile.LNKTYPE, "d/e/sym")) as tar:
        tar.extractall("dest", filter="tar")
    print(os.path.islink("dest/hard"), open("dest/hard").read())

    # Folders whose permissions are in the way.
    os.makedirs("tmp/a/b")
    seen_args = []
    os.makedirs("t/u")
    shutil.rmtree("nothing", onexc=lambda *args: seen_args.append(len(args)))
    shutil.rmtree("nothing", onerror=None, ignore_errors=True)
    print(seen_args)
    d = tempfile.TemporaryDirectory(dir=folder)
    os.makedirs(os.path.join(d.name, "a", "b"))
    os.chmod(os.path.join(d.name, "a"), 0o400)
    d.cleanup()
    print(os.path.exists(d.name))

    # Modules in archives.
    with zipfile.ZipFile("mods.zip", "w") as z:
        z.writestr("inzip.py", "def f():\n    raise ValueError('in zip')\n")
        z.writestr("latin.py", "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"))
    sys.path.insert(0, os.path.join(folder, "mods.zip"))
    import inzip

    linecache.clearcache()
    print(linecache.getlines(inzip.__file__), linecache.getlines(os.path.join(folder, "mods.zip", "latin.py")))
    print(linecache.getlines(os.path.join(folder, "mods.zip", "none.py")))
    raw = open("mods.zip", "rb").read().replace(b"inzip.py", b"in\xffip.py")
    at = raw.index(b"PK\1\2")
    raw = raw[: at + 8] + b"\0\x08" + raw[at + 10 :]
    with open("bad.zip", "wb") as f:
        f.write(raw)
    print(seen(zipimport.zipimporter, "bad.zip"))
    with open("config.h", "w") as f:
        f.write("#define _Py_X 1\n/* #undef _Py_Y */\n#define Z 2\n#define _Other 3\n")
    print(sorted(sysconfig.parse_config_h(open("config.h")).items()))
    os.chdir("/")

# Passwords.
manager = urllib.request.HTTPPasswordMgrWithPriorAuth()
manager.add_password("r", "https://h/x", "u", "p", is_authenticated=True)
manager.add_password("r", "other:80", "v", "q")
for uri in "https://h/x/y", "http://h/x", "http://h:443/x", "h:443", "http://other/", "https://other:80/", "other":
    print(uri, manager.find_user_password("r", uri), manager.is_authenticated(uri))

# Rules of time zones.
for rule in (
    "EST5EDT,M3.2.0,M11.1.0", "EST5EDT,M3.2x0,M11.1.0", "EST", "E!T5", "<-03>3", "EST5ED T,J1,J300", "EST5EDT,J60,J300", "EST5EDT,J1_0,J300",
    "EST5EDT,+1,300",
):
    print(rule, raised(_parse_tz_str, rule))
rule = _parse_tz_str("AAA4BBB,J60/2,J300/2")
print([rule.start.year_to_epoch(y) for y in (2020, 2021)])

# Dates.
for text in "2020-1 -01", "+020-01-01", "2020-W0 -1", "20200101", "2020-W01-1", "2020-01-٠١", "2_20-01-01":
    print(ascii(text), seen(date.fromisoformat, text))
for text in "2020-01-01T0٥:02", "2020-01-01T01:02+0٥:00", "2020-01-01T+1:02", "2020-01-01T01:02:03.5":
    print(ascii(text), seen(datetime.fromisoformat, text))
print(seen(time.fromisoformat, "1 :00"), seen(time.fromisoformat, "01:00"))

# Decimals of contexts without bounds.
with decimal.localcontext(decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)):
    print(decimal.Decimal(95) // 7, decimal.Decimal(95) % 7, decimal.Decimal(95).remainder_near(7))
with decimal.localcontext(prec=2) as c:
    for a, b in (99, 1), (100, 1), (990, 10), (995, 10), (1005, 10), (10**27 - 1, 10**25):
        print(a, b, raised(lambda: decimal.Decimal(a) // b), raised(lambda: decimal.Decimal(a).remainder_near(b)))

# XML.
tree = ET.fromstring("<a>\n\u00a0\n<b/><b/>x<c/></a>")
tree[0].tail = "\u2003"
ET.indent(tree)
print(ascii(ET.tostring(tree, encoding="unicode")))
print([e.tag for e in tree.findall("b[2]")], len(tree.findall("b[last()]")), tree.findall("b[3]"), tree.find("b[1]") is tree[0])
print(ascii(ET.canonicalize("<a>\u00a0 x \u00a0</a>", strip_text=True)))


class Target:
    def doctype(self, name, public, system):
        print("doctype", name, public, system)

    def close(self):
        return None


for text in (
    "<!DOCTYPE html>", "<!DOCTYPE html SYSTEM 'it\"s'>", '<!DOCTYPE html PUBLIC "p" "s" [<!ENTITY e "v">]>', '<!DOCTYPE html [<!ENTITY e "v">]>',
):
    parser = ET.XMLParser(target=Target())
    parser.feed(text + "<html/>")
    parser.close()

# Unicode 3.2's small letters.
print([ascii(stringprep.map_table_b3(c)) for c in "A\u0130\u04c0\u10a0\u13a0\u2132\u0220\u023a\ua7ae"])

# Small things.
print(seen(hmac._compute_digest_fallback, "key", b"", "md5"), seen(hmac._compute_digest_fallback, memoryview(b"k"), b"", "md5"))
print(annotationlib.type_repr(int.from_bytes), annotationlib.type_repr([].append), annotationlib.type_repr(len))
out = doctest._SpoofOut()
out.write("abc")
out.truncate()
print(out.getvalue())
with warnings.catch_warnings(record=True) as log:
    warnings.simplefilter("always")
    warnings.warn("one")
warnings.showwarning = old = lambda *args: print("shown")
with warnings.catch_warnings(record=True) as log:
    warnings.simplefilter("always")
    warnings.warn("two")
    warnings.showwarning = None
print(len(log), warnings.showwarning is old)


class Truth:
    def __bool__(self):
        raise TypeError("no truth")

    def __str__(self):
        return "text"


error = SyntaxError("m")
error.msg = Truth()
print(traceback.format_exception_only(error)[-1])
import _frozen_importlib_external

print(_frozen_importlib_external._bless_my_loader({"__name__": "__main__", "__loader__": 5, "__spec__": None}))
print(hasattr(unittest, "expectedFailureIf"), importlib.util.find_spec("dummy_threading"), importlib.util.find_spec("_dummy_thread"))
tracker = multiprocessing.managers._SharedMemoryTracker
print(tracker("a").segment_names is tracker("b").segment_names, multiprocessing.get_start_method())


# Tasks.
async def main():
    # The result of a step that was cancelled is not lost.
    futures = [asyncio.get_running_loop().create_future() for _ in range(2)]
    steps = asyncio.as_completed(futures)
    step = asyncio.ensure_future(anext(steps))
    await asyncio.sleep(0)
    step.cancel()
    await asyncio.wait([step])
    for i, f in enumerate(futures):
        f.set_result(i)
    print([await f async for f in steps])

    # Who waits is forgotten.
    slow = asyncio.ensure_future(asyncio.sleep(100))
    try:
        await asyncio.wait_for(asyncio.shield(slow), 0.001)
    except TimeoutError:
        print("timeout", not slow._asyncio_awaited_by)
    await asyncio.wait([slow], timeout=0.001)
    print(not slow._asyncio_awaited_by)

    async def bad():
        raise ValueError

    try:
        await asyncio.gather(slow, bad())
    except ValueError:
        print("bad", not slow._asyncio_awaited_by)
    slow.cancel()

    # A server's connections end with it; what a callback raises is told.
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["message"]))

    def connected(reader, writer):
        raise ValueError("no")

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    print(await reader.read(), told)
    writer.close()
    serving = asyncio.ensure_future(server.serve_forever())
    await asyncio.sleep(0)
    serving.cancel()
    print(type((await asyncio.gather(serving, return_exceptions=True))[0]).__name__)

    # The end of a process is told although a child of its keeps its pipe.
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", "sleep 5 & exit 3", stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    print(await asyncio.wait_for(process.wait(), 4))
    process._transport.close()


asyncio.run(main())
