# logging, as threaded programs use it.
import io
import logging
import threading

stream = io.StringIO()
log = logging.getLogger("app")
log.setLevel(logging.DEBUG)
log.propagate = False
h = logging.StreamHandler(stream)
h.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(funcName)s:%(lineno)d:%(threadName)s:%(message)s"))
log.addHandler(h)


def work():
    log.debug("debug %d", 1)
    log.info("info %s %s", "a", [1])
    log.warning("warn %(k)s", {"k": "v"})
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")
    log.critical("critical")


work()
print(stream.getvalue().replace(__file__, "FILE"))
stream.truncate(0)
stream.seek(0)
child = logging.getLogger("app.sub.deep")
print(child.parent.name, child.getEffectiveLevel() == logging.DEBUG, child.isEnabledFor(logging.INFO), log.hasHandlers())
h.setFormatter(logging.Formatter("{levelname:>8} {message}", style="{"))
child.info("from child")
h.setLevel(logging.ERROR)
child.info("hidden")
child.error("shown")
h.addFilter(lambda r: "secret" not in r.getMessage())
child.error("a secret")
print(stream.getvalue())
stream.truncate(0)
stream.seek(0)
h.setLevel(0)
h.setFormatter(logging.Formatter("%(message)s"))
ts = [threading.Thread(target=lambda i=i: [log.info("t%d %d", i, k) for k in range(100)]) for i in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
lines = stream.getvalue().splitlines()
print(len(lines), sorted(set(lines)) == sorted(f"t{i} {k}" for i in range(4) for k in range(100)))
print(logging.getLevelName(30), logging.getLevelName("INFO"), logging.getLevelNamesMapping()["ERROR"], log, logging.getLogger("app") is log)
a = logging.LoggerAdapter(log, {"extra": 1})
a.info("adapted")
print(stream.getvalue().splitlines()[-1])
try:
    log.setLevel("NOPE")
except ValueError as e:
    print(e)
log.info("bad %d", "x") if False else None
logging.addLevelName(25, "NOTICE")
h.setFormatter(logging.Formatter("%(levelname)s %(message)s %(x)s", defaults={"x": "dx"}))
log.log(25, "custom")
print(stream.getvalue().splitlines()[-1])
logging.shutdown()
