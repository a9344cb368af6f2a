"""The signal module: handlers, masks, waiting, timers, wake-up descriptors, threads."""
import os
import signal
import socket
import subprocess
import sys
import threading
import time


def attempt(f, *args):
    try:
        print("ok", f(*args))
    except BaseException as e:
        print(type(e).__name__, e)


hits = []
print(signal.signal(signal.SIGUSR1, lambda n, f: hits.append((n, f is not None))))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
print(hits, callable(signal.getsignal(signal.SIGUSR1)), signal.getsignal(signal.SIGUSR2))
print(signal.signal(signal.SIGUSR1, signal.SIG_IGN) is not None, signal.getsignal(signal.SIGUSR1))
print(signal.signal(signal.SIGUSR1, signal.SIG_DFL))
attempt(signal.signal, 0, signal.SIG_DFL)
attempt(signal.signal, 99, signal.SIG_DFL)
attempt(signal.signal, signal.SIGKILL, signal.SIG_IGN)
attempt(signal.signal, signal.SIGUSR1, "x")
print(signal.strsignal(signal.SIGINT), signal.Signals(15).name, signal.SIGRTMIN < signal.SIGRTMAX, signal.NSIG)
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
attempt(signal.default_int_handler)
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
except KeyboardInterrupt:
    print("KeyboardInterrupt")

# --- masks and waiting
old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2})
print(old, signal.pthread_sigmask(signal.SIG_BLOCK, []) == {signal.SIGUSR1, signal.SIGUSR2})
os.kill(os.getpid(), signal.SIGUSR1)
print(signal.sigpending(), signal.sigwait([signal.SIGUSR1]))
os.kill(os.getpid(), signal.SIGUSR2)
info = signal.sigwaitinfo([signal.SIGUSR2])
print(info.si_signo, info.si_pid == os.getpid(), info.si_uid == os.getuid())
print(signal.sigtimedwait([signal.SIGUSR1], 0.01), signal.sigtimedwait([signal.SIGUSR1], 0))
attempt(signal.sigtimedwait, [signal.SIGUSR1], -1)
print(len(signal.valid_signals()) > 30, signal.SIGALRM in signal.valid_signals())
signal.pthread_sigmask(signal.SIG_SETMASK, old)

# --- timers
signal.signal(signal.SIGALRM, lambda n, f: hits.append("alarm"))
hits.clear()
print(signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02))
while len(hits) < 3:
    time.sleep(0.01)
delay, interval = signal.setitimer(signal.ITIMER_REAL, 0)
print(hits[:3], 0 <= delay <= 0.02, round(interval, 3), signal.getitimer(signal.ITIMER_REAL))
print(signal.alarm(100), signal.alarm(0) > 90)
attempt(signal.setitimer, signal.ITIMER_REAL, -1)
attempt(signal.setitimer, 99, 1)
hits.clear()
signal.alarm(1)
signal.pause()
print(hits)

# --- exceptions from handlers break off what waits
class Stop(Exception):
    pass


def stop(n, f):
    raise Stop


signal.signal(signal.SIGALRM, stop)
lock = threading.Lock()
lock.acquire()
event = threading.Event()
t = threading.Thread(target=event.wait, args=(20,))
t.start()
for wait in (lambda: time.sleep(10), lambda: lock.acquire(), lambda: event.wait(10), lambda: t.join(10), lambda: os.read(os.pipe()[0], 1),
             lambda: subprocess.run(["sleep", "10"])):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.03)
        wait()
        print("not stopped")
    except Stop:
        print("stopped")
event.set()
t.join()

# --- wake-up descriptors, signals sent to threads
a, b = socket.socketpair()
a.setblocking(False)
b.setblocking(False)
print(signal.set_wakeup_fd(a.fileno()))
signal.signal(signal.SIGUSR1, lambda n, f: None)
signal.raise_signal(signal.SIGUSR1)
print(b.recv(10) == bytes([signal.SIGUSR1]), signal.set_wakeup_fd(-1) == a.fileno())
attempt(signal.set_wakeup_fd, 12345)
ran = []
signal.signal(signal.SIGUSR2, lambda n, f: ran.append(threading.current_thread() is threading.main_thread()))
ready, go = threading.Event(), threading.Event()
t = threading.Thread(target=lambda: (ready.set(), go.wait()))
t.start()
ready.wait()
signal.pthread_kill(t.ident, signal.SIGUSR2)
while not ran:
    time.sleep(0.01)
go.set()
t.join()
print(ran)
out = []
t = threading.Thread(target=lambda: (attempt(signal.signal, signal.SIGUSR1, signal.SIG_DFL), attempt(signal.set_wakeup_fd, -1)))
t.start()
t.join()
print(signal.siginterrupt(signal.SIGUSR1, False))

# --- how programs die
for code in ("import os,signal; os.kill(os.getpid(), signal.SIGTERM)", "raise KeyboardInterrupt", "import signal; signal.raise_signal(signal.SIGINT)",
             "import sys; sys.exit(3)", "import os; os.abort()"):
    p = subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    print(p.returncode)
a.close()
b.close()
