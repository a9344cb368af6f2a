# Functions, methods and types of native modules have documentation: help(os.listdir) says what it does.
import _socket
import gc
import os
import posix
import signal
import sys
import time

for o in (time.sleep, time.localtime, os.listdir, os.rename, os.getpid, sys.getsizeof, sys.exit, sys.intern, gc.collect,
          gc.get_referrers, signal.alarm, _socket.gethostname, _socket.socket.bind, sys.version_info, type(sys.version_info),
          type(sys.float_info), time.struct_time, os.stat_result):
    print(o.__doc__ and o.__doc__.splitlines()[0])

missing = [name for m in (posix, time, gc) for name, o in vars(m).items()
           if callable(o) and not name.startswith('_') and not o.__doc__]
print(missing)


class Own(OSError):
    pass


def documented():
    "mine"


print(Own.__doc__, documented.__doc__)
try:
    time.sleep.__doc__ = 'other'
except AttributeError:
    print('read only')
