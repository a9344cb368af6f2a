"""At the end of a program no thread can be started or joined."""

import threading
import time


class Last:
    """In a cycle, so that it dies when no thread runs any more."""

    def __init__(self):
        self.me = self
        self.sleeper = threading.Thread(target=time.sleep, args=(1000,), daemon=True)
        self.sleeper.start()
        self.done = threading.Thread(target=int, daemon=True)
        self.done.start()
        self.done.join()
        self.thread = threading.Thread
        self.error = PythonFinalizationError

    def __del__(self):
        self.done.join()
        for action in self.sleeper.join, lambda: self.sleeper.join(5), self.thread(target=print).start:
            try:
                action()
            except self.error as e:
                print(e)


last = Last()
del last
print('end of the script')
