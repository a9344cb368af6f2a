"""Names of the system's settings and of file control, and proxies' operators: every one that CPython knows."""

import errno
import fcntl
import os
import weakref

for names, ask in (os.sysconf_names, os.sysconf), (os.confstr_names, os.confstr), (os.pathconf_names, lambda n: os.pathconf("/", n)):
    print(len(names), sorted(names.items()))
    odd = []
    for name in names:
        try:
            ask(name)
        except OSError as e:
            odd.append(e.errno)
    # What a C library has no answer for, it says so.
    print(set(odd) <= {errno.EINVAL}, len(odd) < len(names) // 4)
print(os.confstr("CS_PATH"), os.confstr(os.confstr_names["CS_PATH"]), os.confstr("CS_GNU_LIBC_VERSION").split()[0])
for wrong in "CS_NO", 99999, None, 1.5, 2**80:
    try:
        print(os.confstr(wrong))
    except (ValueError, TypeError, OSError, OverflowError) as e:
        print(type(e).__name__, e)
print({name: value for name, value in vars(fcntl).items() if name.isupper()} and
      sorted((name, value) for name, value in vars(fcntl).items() if name.isupper()))


class Number:
    def __divmod__(self, other):
        return "divmod", other

    def __rdivmod__(self, other):
        return "rdivmod", other

    def __ipow__(self, other):
        return "ipow", other

    def __pow__(self, other, modulus=None):
        return "pow", other, modulus


n = Number()
p = weakref.proxy(n)
print(divmod(p, 2), divmod(2, p), pow(p, 2), pow(p, 2, 3))
p **= 5
print(p)
p = weakref.proxy(n)
del n
import gc
gc.collect()
try:
    divmod(p, 2)
except ReferenceError as e:
    print(e)
