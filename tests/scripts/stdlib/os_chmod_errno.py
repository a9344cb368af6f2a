"""`chmod` of links, and the names that `errno.errorcode` prefers where two share a number."""

import errno
import os
import tempfile

os.chdir(tempfile.mkdtemp())
open("f", "w").close()
os.symlink("f", "l")
os.symlink("gone", "g")


def attempt(f):
    try:
        return f()
    except Exception as e:
        return type(e).__name__, str(e)


def mode(name="f"):
    return oct(os.stat(name).st_mode)


print(attempt(lambda: os.chmod("f", 0o600, follow_symlinks=False)), mode())
print(attempt(lambda: os.chmod("l", 0o640, follow_symlinks=False)), mode())
print(attempt(lambda: os.chmod("g", 0o640, follow_symlinks=False)))
print(attempt(lambda: os.chmod("none", 0o640, follow_symlinks=False)))
fd = os.open(".", os.O_RDONLY)
print(attempt(lambda: os.chmod("l", 0o640, follow_symlinks=False, dir_fd=fd)), mode())
print(attempt(lambda: os.chmod("f", 0o644, follow_symlinks=False, dir_fd=fd)), mode())
print(attempt(lambda: os.chmod("l", 0o600)), mode())
print(attempt(lambda: os.chmod(fd, 0o700)), mode("."))
print(os.chmod in os.supports_follow_symlinks, os.chmod in os.supports_dir_fd, hasattr(os, "lchmod"))
for alias in ("EAGAIN", "EWOULDBLOCK", "EDEADLK", "EDEADLOCK", "ENOTSUP", "EOPNOTSUPP"):
    n = getattr(errno, alias)
    print(alias, n, errno.errorcode[n])
print([(k, v) for k, v in sorted(errno.errorcode.items()) if k < 134])
print(all(errno.errorcode[getattr(errno, k)] for k in dir(errno) if k.startswith("E")))
