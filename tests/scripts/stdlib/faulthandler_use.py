"""faulthandler: dumps on request, after a time, on a signal."""
import faulthandler
import os
import re
import signal
import tempfile
import threading


def shown(act):
    with tempfile.TemporaryFile() as file:
        act(file)
        file.seek(0)
        text = file.read().decode()
    text = re.sub(r"0x[0-9a-f]+ \[[^\]]*\]", "IDENT", text)
    lines = [re.sub(r'File ".*[/\\]', 'File "', line) for line in text.splitlines()]
    return [line for line in lines if "threading.py" not in line]


def inner(file, **options):
    faulthandler.dump_traceback(file, **options)


for line in shown(lambda file: inner(file, all_threads=False)):
    print(line)
go, ready = threading.Event(), threading.Event()


def worker():
    ready.set()
    go.wait()


thread = threading.Thread(target=worker)
thread.start()
ready.wait()
lines = shown(inner)
print(sum(line.startswith("Thread") for line in lines), [line for line in lines if line.startswith("Current")])
print(any("in worker" in line for line in lines), any("in inner" in line for line in lines))
go.set()
thread.join()


def later(file):
    faulthandler.dump_traceback_later(0.05, file=file)
    while os.fstat(file.fileno()).st_size == 0:
        pass
    threading.Event().wait(0.05)
    faulthandler.cancel_dump_traceback_later()


lines = shown(later)
print(lines[0], any("in later" in line for line in lines))


def on_signal(file):
    faulthandler.register(signal.SIGUSR1, file, all_threads=False)
    os.kill(os.getpid(), signal.SIGUSR1)
    for _ in range(1000):
        pass
    print(faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1))


print(any("in on_signal" in line for line in shown(on_signal)))
faulthandler.cancel_dump_traceback_later()
print(faulthandler.is_enabled(), faulthandler.enable(), faulthandler.is_enabled(), faulthandler.disable(), faulthandler.is_enabled())
for call in [
    lambda: faulthandler.dump_traceback(-5),
    lambda: faulthandler.dump_traceback_later(0),
    lambda: faulthandler.dump_traceback_later("x"),
    lambda: faulthandler.register(signal.SIGSEGV),
]:
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)
