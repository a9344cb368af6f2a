"""Processes and the machine as psutil sees them."""

import os
import signal
import socket
import subprocess
import sys
import threading

import psutil

me = psutil.Process()
print(me.pid == os.getpid(), me.ppid() == os.getppid(), me.is_running(), me.status())
print(me.cmdline()[-1].endswith("use_psutil.py"), me.cwd() == os.getcwd())
memory = me.memory_info()
print(0 < memory.rss <= memory.vms, 0 < me.memory_percent() < 100)

# Threads and files come and go.
before, done = me.num_threads(), threading.Event()
threads = [threading.Thread(target=done.wait) for _ in range(3)]
for t in threads:
    t.start()
print(me.num_threads() - before)
done.set()
for t in threads:
    t.join()
with open(__file__) as f:
    print([file.path == os.path.realpath(__file__) for file in me.open_files() if file.fd == f.fileno()])
with socket.create_server(("127.0.0.1", 0)) as server:
    port = server.getsockname()[1]
    print([c.status for c in me.net_connections() if c.laddr and c.laddr[1] == port])

# A child: its limits, priority, cores, end.
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
other = psutil.Process(child.pid)
print(other in me.children(), other.parent() == me)
print(other.nice() >= os.getpriority(os.PRIO_PROCESS, 0))
other.cpu_affinity(me.cpu_affinity()[:1])
print(other.cpu_affinity() == me.cpu_affinity()[:1])
hard = other.rlimit(psutil.RLIMIT_NOFILE)[1]
other.rlimit(psutil.RLIMIT_NOFILE, (32, hard))
print(other.rlimit(psutil.RLIMIT_NOFILE) == (32, hard))
other.suspend()
while other.status() != psutil.STATUS_STOPPED:
    pass
other.resume()
other.terminate()
gone, alive = psutil.wait_procs([other], timeout=30)
print(len(gone), alive, child.wait() in (-signal.SIGTERM, 0))
try:
    psutil.Process(child.pid)
except psutil.NoSuchProcess as e:
    print(type(e).__name__, e.pid == child.pid)

# The machine.
total = psutil.virtual_memory()
print(0 < total.available <= total.total, psutil.swap_memory().total >= 0)
print(psutil.cpu_count() >= 1, len(psutil.cpu_times(percpu=True)) >= 1, psutil.boot_time() > 0)
print(psutil.disk_usage("/").total > 0, isinstance(psutil.disk_partitions(all=True), list))
addresses = psutil.net_if_addrs()
print([(a.address, a.netmask) for a in addresses["lo"] if a.family == socket.AF_INET])
loopback = psutil.net_if_stats()["lo"]
print(loopback.isup, loopback.mtu > 0, "loopback" in loopback.flags, psutil.net_io_counters().bytes_sent >= 0)
for call in lambda: psutil.Process(-1), lambda: psutil.pid_exists(2**40), lambda: psutil.Process(2**40):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
