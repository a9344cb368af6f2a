"""A thread that waits for long gives back what its native stack has used; what it needs later is there, also under the frames that wait."""
import threading
import time


def nested(n):
    value = []
    for _ in range(n):
        value = [value]
    return value


class Waits:
    def __init__(self, seconds, depth):
        self.seconds, self.depth = seconds, depth

    def __repr__(self):
        # Native frames above this one, and dead ones below it.
        repr(nested(self.depth))
        time.sleep(self.seconds)
        event.wait(self.seconds)
        return repr(nested(self.depth))


def work(n):
    before = [Waits(0.2, n), n]
    results[n] = str([before, {n: before}]).count("[")


event = threading.Event()
results = {}
threads = [threading.Thread(target=work, args=(100 * k,)) for k in range(1, 5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results.items()))
