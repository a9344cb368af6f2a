"""In a forked child the other threads have ended, and what they alone held is not finalized there."""

import os
import threading
import warnings

warnings.simplefilter('ignore', DeprecationWarning)


class Mine:
    def __init__(self, w):
        self.w, self.pid = w, os.getpid()

    def __del__(self):
        if os.getpid() != self.pid:
            os.write(self.w, b'finalized in the child')


def hold(w):
    mine = [Mine(w) for _ in range(20)]
    holding.set()
    release.wait()
    return mine


r, w = os.pipe()
holding, release = threading.Event(), threading.Event()
t = threading.Thread(target=hold, args=(w,))
t.start()
holding.wait()
pid = os.fork()
if pid == 0:
    for _ in range(1000):
        pass
    os.write(w, f'alive: {t.is_alive()}'.encode())
    os._exit(0)
os.waitpid(pid, 0)
release.set()
t.join()
print(os.read(r, 100))
