# logging.handlers: a queue between threads, buffering in memory.
import io
import logging
import logging.handlers
import queue

stream = io.StringIO()
h = logging.StreamHandler(stream)
h.setFormatter(logging.Formatter("%(name)s %(message)s"))
q = queue.Queue()
listener = logging.handlers.QueueListener(q, h)
listener.start()
ql = logging.getLogger("queued")
ql.propagate = False
ql.addHandler(logging.handlers.QueueHandler(q))
ql.warning("through the queue")
listener.stop()
print(stream.getvalue().splitlines()[-1])
mem = logging.handlers.MemoryHandler(10, target=h)
ml = logging.getLogger("mem")
ml.propagate = False
ml.addHandler(mem)
ml.warning("buffered")
mem.flush()
print(stream.getvalue().splitlines()[-1])
logging.shutdown()
