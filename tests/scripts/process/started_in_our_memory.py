# A started program changes nothing in the process that started it: handlers, masks, descriptors, directory, whatever fails on the way.
import os
import signal
import subprocess
import sys
import threading

heard = []
signal.signal(signal.SIGUSR1, lambda n, f: heard.append(n))
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
before = os.getcwd(), sorted(os.listdir("/proc/self/fd"))

# What the shell prints of its signals: blocked, ignored and caught as bits.
show = "while read k v; do case $k in SigBlk:|SigIgn:|SigCgt:) echo $k $v;; esac; done < /proc/self/status"


def bits(text):
    fields = dict(line.split() for line in text.split("\n") if line)
    return {k: [n for n in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGTERM) if int(v, 16) >> (n - 1) & 1] for k, v in fields.items()}


for restore in (True, False):
    r = subprocess.run(["/bin/sh", "-c", show], capture_output=True, text=True, restore_signals=restore)
    print({k: [n.name for n in v] for k, v in bits(r.stdout).items()})
print(signal.getsignal(signal.SIGUSR1).__name__, signal.getsignal(signal.SIGUSR2).name, signal.getsignal(signal.SIGPIPE).name)
print([n.name for n in signal.pthread_sigmask(signal.SIG_BLOCK, [])])
os.kill(os.getpid(), signal.SIGUSR1)
print(heard)

# Failures come back with their number, and nothing of ours has moved.
for kind, args, options in [
    ("no program", ["/nonexistent/program"], {}),
    ("no permission", ["/dev/null"], {}),
    ("no folder", ["/bin/true"], {"cwd": "/nonexistent"}),
    ("not a program", [os.path.abspath(__file__)], {}),
]:
    try:
        subprocess.run(args, **options)
    except OSError as e:
        print(kind, type(e).__name__, e.errno, e.filename if "cwd" in options else "")
print(subprocess.run(["/bin/pwd"], cwd="/", capture_output=True, umask=0o77).stdout, os.umask(os.umask(0o22)) != 0o77)
print((os.getcwd(), sorted(os.listdir("/proc/self/fd"))) == before)
r = subprocess.run(["/bin/sh", "-c", "echo $A $B; exit 3"], env={"A": "a" * 10, "B": "b"}, capture_output=True, start_new_session=True)
print(r.returncode, r.stdout)
read, write = os.pipe()
r = subprocess.run(["/bin/sh", "-c", f"echo passed >&{write}"], pass_fds=[write])
os.close(write)
print(r.returncode, os.read(read, 100), os.get_inheritable(read))

# Several threads at once, while signals come.
results = []


def start(n):
    for i in range(8):
        r = subprocess.run(["/bin/sh", "-c", f"echo {n} {i}"], capture_output=True, text=True)
        results.append((r.returncode, r.stdout.split()))


threads = [threading.Thread(target=start, args=(n,)) for n in range(3)]
for t in threads:
    t.start()
sent = 1
while any(t.is_alive() for t in threads):
    os.kill(os.getpid(), signal.SIGUSR1)
    sent += 1
    threads[0].join(0.001)
for t in threads:
    t.join()
print(sorted(results) == [(0, [str(n), str(i)]) for n in range(3) for i in range(8)], 1 < len(heard) <= sent)
sys.stdout.flush()
