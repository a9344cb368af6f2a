"""What the system's signals do to a process that sends them to itself, when nobody handles them."""

import os
import signal
import threading

STOPS = {signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
try:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
except ImportError:
    pass


def end_of(send):
    child = os.fork()
    if child == 0:
        send()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


ways = {
    "kill": lambda n: os.kill(os.getpid(), n),
    "raise": signal.raise_signal,
    "pthread_kill": lambda n: signal.pthread_kill(threading.get_ident(), n),
}
for number in sorted(signal.valid_signals() - STOPS - {signal.SIGINT}):
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"RTMIN+{number - signal.SIGRTMIN}"
    before = signal.getsignal(number)
    print(name, before, *(f"{way}: {end_of(lambda: send(number))}" for way, send in ways.items()))
