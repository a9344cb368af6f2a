"""Audit events of native code: what hooks are told, that they may refuse, and that they are not traced."""

import fcntl
import gc
import io
import marshal
import mmap
import os
import socket
import sys
import syslog
import tempfile
import time
import types
import _thread

os.chdir(tempfile.mkdtemp())
listening = False


def simple(v):
    return v if isinstance(v, (int, str, bytes, float, type(None))) else type(v).__name__


def hook(event, args):
    global listening
    if listening:
        listening = False
        print('  ', event, *map(simple, args))
        listening = True


sys.addaudithook(hook)


def told(f):
    global listening
    print(f.__name__)
    listening = True
    try:
        f()
    except Exception as e:
        listening = False
        print('  !', type(e).__name__)
    listening = False


def g():
    pass


class C:
    pass


c, code, body = C(), g.__code__, marshal.dumps(None)


@told
def compiling():
    eval('1')
    exec('2')
    compile('3', 'f', 'eval')
    exec(code)


@told
def functions():
    g.__code__
    g.__code__ = code
    g.__defaults__ = (1,)
    del g.__defaults__
    g.__kwdefaults__ = None
    types.FunctionType(code, {})


@told
def classes():
    C.__name__ = 'D'
    C.__qualname__ = 'D'
    C.__module__ = 'here'
    C.__doc__ = 'text'
    c.__class__ = C
    C.other = 1
    c.x = 1


@told
def interpreter():
    sys._getframe()
    sys._getframemodulename(0)
    sys._current_frames()
    sys._current_exceptions()
    sys.setprofile(None)
    sys.monitoring.register_callback(1, 1, None)
    gc.get_objects(generation=1)
    gc.get_referents(C)
    gc.get_referrers()


@told
def data():
    marshal.dumps((1, 2))
    marshal.loads(body)
    marshal.load(io.BytesIO(body))
    mmap.mmap(-1, 8).close()
    time.sleep(0)


@told
def files():
    open('f', 'w').close()
    open('f', 'ab+').close()
    io.FileIO('f').close()
    os.close(os.open('f', os.O_RDONLY))
    os.open('missing', os.O_RDONLY)


@told
def folders():
    os.listdir('.')
    os.listdir()
    os.scandir('.').close()
    os.mkdir('d')
    os.chmod('d', 0o700)
    os.rename('d', 'e')
    os.replace('e', 'd')
    os.rmdir('d')
    os.link('f', 'h')
    os.symlink('f', 's')
    os.unlink('h')
    os.remove('s')
    os.truncate('f', 0)
    os.utime('f')
    os.utime('f', (1, 2))
    os.utime('f', ns=(1, 2))
    os.chdir('.')


@told
def processes():
    os.putenv('AUDITED', 'b')
    os.unsetenv('AUDITED')
    os.system('true')
    os.waitpid(os.posix_spawn('/bin/true', ['true'], {'A': 'b'}), 0)
    os.execv('/nonexistent', ['x'])


@told
def descriptors():
    with open('f', 'r+') as f:
        n = f.fileno()
        fcntl.fcntl(n, fcntl.F_GETFD)
        fcntl.flock(f, fcntl.LOCK_UN)
        fcntl.lockf(f, fcntl.LOCK_UN)
        os.lockf(n, os.F_ULOCK, 0)


@told
def sockets():
    socket.gethostname()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    s.sendto(b'x', ('127.0.0.1', 9))
    s.connect(('127.0.0.1', 9))
    s.close()
    socket.getservbyname('http', 'tcp')


@told
def threads():
    lock = _thread.allocate_lock()
    lock.acquire()
    _thread.start_new_thread(lock.release, ())
    lock.acquire()
    _thread.start_joinable_thread(g).join()


@told
def logging():
    syslog.setlogmask(syslog.LOG_DEBUG)
    syslog.openlog('name')
    syslog.closelog()


print('refusing')


def refuse(event, args):
    if event in refused:
        raise refused[event]('not here')


refused = {}
sys.addaudithook(refuse)
refused['open'] = KeyError
for name in ('f', 'missing', 0):
    try:
        open(name)
    except KeyError as e:
        print(type(e).__name__, e)
try:
    os.open('f', os.O_RDONLY)
except KeyError as e:
    print('os.open', e)
refused.clear()
print(open('f').read() == '')

seen = []
refused['sys.addaudithook'] = RuntimeError
print(sys.addaudithook(lambda *a: seen.append(a)))
sys.audit('mine', 1)
print(seen)
refused['sys.addaudithook'] = KeyboardInterrupt
try:
    sys.addaudithook(lambda *a: seen.append(a))
except KeyboardInterrupt as e:
    print('loudly', e)
refused.clear()

print('tracing')
traced = []


class Hook:
    def __call__(self, event, args):
        pass


h = Hook()
sys.addaudithook(h)


def tracer(frame, event, arg):
    if frame.f_code is Hook.__call__.__code__:
        traced.append(event)


sys.settrace(tracer)
sys.audit('one')
h.__cantrace__ = True
sys.audit('two')
h.__cantrace__ = False
sys.audit('three')
sys.settrace(None)
print(traced)

for bad in (9, None):
    try:
        sys.audit(bad)
    except TypeError as e:
        print(e)


def last(event, args):
    if event == 'sys.excepthook':
        sys.stdout.write(f'{args[0] is sys.__excepthook__} {args[2]!r}\n')
        sys.stdout.flush()
        raise RuntimeError


sys.addaudithook(last)
raise ValueError('nobody tells of this')
