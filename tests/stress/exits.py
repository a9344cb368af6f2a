"""A program that ends while its threads wait in every kind of way: it ends, at once, with the right code."""

import os
import signal
import sys
import time

from _stress import case, main

WAITS = {
    "lock": "l = threading.Lock(); l.acquire(); wait = l.acquire",
    "lock_timeout": "l = threading.Lock(); l.acquire(); wait = lambda: l.acquire(timeout=1000)",
    "rlock": "l = threading.RLock(); l.acquire(); wait = l.acquire",
    "condition": "c = threading.Condition()\ndef wait():\n    with c: c.wait()",
    "condition_timeout": "c = threading.Condition()\ndef wait():\n    with c: c.wait(1000)",
    "event": "wait = threading.Event().wait",
    "semaphore": "wait = threading.Semaphore(0).acquire",
    "barrier": "wait = threading.Barrier(2).wait",
    "queue_get": "import queue; wait = queue.Queue().get",
    "queue_put": "import queue; q = queue.Queue(1); q.put(1); wait = lambda: q.put(2)",
    "simple_queue": "import queue; wait = queue.SimpleQueue().get",
    "sleep": "wait = lambda: time.sleep(1000)",
    "join": "t0 = threading.Thread(target=time.sleep, args=(1000,), daemon=True); t0.start(); wait = t0.join",
    "pipe_read": "import os; r, w = os.pipe(); wait = lambda: os.read(r, 1)",
    "pipe_file": "import os; r, w = os.pipe(); f = open(r, 'rb'); wait = f.read",
    "pipe_write": "import os; r, w = os.pipe(); wait = lambda: os.write(w, bytes(1 << 20))",
    "stdin": "wait = sys.stdin.read",
    "future": "from concurrent.futures import Future; wait = Future().result",
    "busy": "def wait():\n    while True: [k for k in range(100)]",
    "busy_gc": "import gc\ndef wait():\n    while True: gc.collect()",
    # The child ends when the program that waits for it is gone, however that ended.
    "wait_child": "import os\nr, w = os.pipe()\npid = os.fork()\nif pid == 0:\n    os.close(w); os.read(r, 1); os._exit(0)\nwait = lambda: os.waitpid(pid, 0)",
}
ENDS = {
    "return": ("", 0),
    "sys_exit": ("sys.exit(3)", 3),
    "raise": ("raise ValueError('end')", 1),
    "os_exit": ("import os; os._exit(4)", 4),
}
PROGRAM = """
import sys, threading, time
{wait}
started = threading.Barrier(4)
def body():
    started.wait()
    wait()
for _ in range(3):
    threading.Thread(target=body, daemon={daemon}).start()
started.wait()
time.sleep(0.01)
{end}
"""


def execute(program, limit=60):
    """Runs a program with an open, empty standard input; gives its exit code and what it wrote, or None for the code."""
    stdin, stdout = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(stdin[0], 0)
        os.dup2(stdout[1], 1)
        os.dup2(stdout[1], 2)
        os.closerange(3, 64)
        os.execv(sys.executable, [sys.executable, "-c", program])
    os.close(stdin[0])
    os.close(stdout[1])
    code, wait, end = None, 0.001, time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            break
        time.sleep(wait)
        wait = min(wait * 2, 0.05)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os.close(stdin[1])
    with open(stdout[0], "rb") as f:
        return code, f.read().decode()


def expect(run, program, code, what):
    got, text = execute(program)
    if got is None:
        run.problem(what, "does not end", text[-300:])
    elif got != code:
        run.problem(what, "ended with", got, "instead of", code, text[-300:])


@case
def daemon_threads_in_every_wait(run):
    """The main thread ends while daemon threads wait: the program ends with the main thread's code."""
    ends = list(ENDS.items())
    for k, (name, wait) in enumerate(WAITS.items()):
        for end, (text, code) in ends if run.scale > 1 else [ends[k % len(ends)]]:
            expect(run, PROGRAM.format(wait=wait, daemon=True, end=text), code, f"{name}, {end}:")


@case
def other_threads_are_awaited(run):
    """Threads that are no daemons are waited for; what they print is there."""
    program = """
import threading, time, {module}
done = threading.Event()
def body(k):
    done.wait()
    time.sleep(0.01 * k)
    print(f"thread {{k}}\\n", end="")
for k in range(3):
    threading.Thread(target=body, args=(k,)).start()
threading.Timer(0.05, done.set).start()
print("main")
{end}
"""
    for end, code in (("", 0), ("import sys; sys.exit(5)", 5), ("1 / 0", 1)):
        got, text = execute(program.format(end=end, module="sys"))
        out = [line for line in text.split("\n") if line == "main" or line.startswith("thread ")]
        run.check(got == code, "exit code", got, text[-300:])
        run.check(sorted(out) == ["main", "thread 0", "thread 1", "thread 2"], "output", out)


@case
def exit_functions_and_finalizers(run):
    """atexit functions, `__del__` and open files at the end of a program with threads."""
    program = """
import atexit, threading, time
class F:
    def __del__(self): pass
kept = [F() for _ in range(100)]
atexit.register(print, "atexit")
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
pool = __import__("concurrent.futures").futures.ThreadPoolExecutor(2)
print(pool.submit(sum, [1, 2]).result())
threading._register_atexit(print, "threading atexit")
print("end of main")
"""
    code, text = execute(program)
    run.check(code == 0, "exit code", code)
    run.check(text.split("\n") == ["3", "end of main", "threading atexit", "atexit", ""], text)


@case
def interrupt_while_waiting(run):
    """SIGINT reaches a main thread that waits, while other threads run and wait too."""
    program = """
import threading, time, sys, os, signal
{wait}
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
def busy():
    while True: [k for k in range(100)]
threading.Thread(target=busy, daemon=True).start()
try:
    threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    wait()
except (KeyboardInterrupt, RuntimeError) as e:
    # A condition that is interrupted between freeing its lock and waiting finds it free at the end of `with`, in CPython too.
    if not isinstance(e.__context__ or e, KeyboardInterrupt):
        raise
    print("interrupted")
    sys.stdout.flush()
    os._exit(7)
"""
    for name in ("lock", "lock_timeout", "condition", "event", "semaphore", "queue_get", "simple_queue", "sleep", "join", "pipe_read", "stdin", "busy"):
        expect(run, program.format(wait=WAITS[name]), 7, name)


main()
