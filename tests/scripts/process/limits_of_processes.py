# resource.prlimit asks for, and changes, the limits of a process by its number.
import os
import resource
import subprocess
import sys


def show(label, f):
    try:
        print(label, f())
    except Exception as e:
        print(label, type(e).__name__, e)


for name in ("SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME"):
    number = getattr(resource, "RLIMIT_" + name)
    print(name, number, len(resource.getrlimit(number)))

soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
print(resource.prlimit(0, resource.RLIMIT_CORE) == (soft, hard))
print(resource.prlimit(os.getpid(), resource.RLIMIT_CORE, None) == (soft, hard))
print(resource.prlimit(0, resource.RLIMIT_CORE, (0, hard)) == (soft, hard))
print(resource.getrlimit(resource.RLIMIT_CORE) == (0, hard))

# Another process.
child = subprocess.Popen(
    [sys.executable, "-c", "import resource; input(); print(resource.getrlimit(resource.RLIMIT_NOFILE))"],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
)
resource.prlimit(child.pid, resource.RLIMIT_NOFILE, (50, 60))
print(resource.prlimit(child.pid, resource.RLIMIT_NOFILE))
print(child.communicate("\n")[0].strip())
show("gone", lambda: resource.prlimit(child.pid, resource.RLIMIT_NOFILE))

# What this process reckons with follows.
print(resource.prlimit(0, resource.RLIMIT_NOFILE, (64, 64))[0] >= 64, resource.getrlimit(resource.RLIMIT_NOFILE))
for _ in range(200):
    open(os.devnull)
print("files")

show("few", lambda: resource.prlimit(0))
show("which", lambda: resource.prlimit(0, 99))
show("one", lambda: resource.prlimit(0, 7, (1,)))
show("ends", lambda: resource.prlimit(0, 7, (5, 4)))
show("pid", lambda: resource.prlimit("a", 7))
show("negative pid", lambda: resource.prlimit(-1, 7))
show("number", lambda: resource.prlimit(0, 7, 5))
show("large", lambda: resource.prlimit(0, 7, (2**70, 1)))
show("below", lambda: resource.prlimit(0, 7, (-5, 1)))
show("float", lambda: resource.prlimit(0, 2.5))
