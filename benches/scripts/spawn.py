"""Wall time of this interpreter's own start-up: `spawn.py ROUNDS`, prints milliseconds of `-c pass`.

A peer may be started through a wrapper (a chroot, a shell script), whose cost is not the
interpreter's; so the peer starts itself.
"""

import os
import sys
from time import perf_counter

times = []
for _ in range(int(sys.argv[1])):
    start = perf_counter()
    if hasattr(os, "posix_spawn"):
        pid = os.posix_spawn(sys.executable, [sys.executable, "-c", "pass"], os.environ)
        os.waitpid(pid, 0)
    else:
        os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", "pass"])
    times.append(perf_counter() - start)
times.sort()
print(f"{times[len(times) // 2] * 1000:.3f}")
