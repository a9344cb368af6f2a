# What the hook for exceptions that cannot be raised is told: the object is in the message.
import gc, os, re, sys, weakref


def hook(u):
    print(re.sub(r" at 0x\w+", "", str(u.err_msg)), "|", type(u.object).__name__, "|", u.exc_type.__name__, u.exc_value)


sys.unraisablehook = hook


def bad(*args):
    raise ValueError("bad")


class C:
    pass


class D:
    def __del__(self):
        raise ValueError("del")


def make():
    c = C()
    refs.append(weakref.ref(c, bad))


def make_other():
    D()


refs = []
make()
gc.collect()
make_other()
gc.collect()
gc.callbacks.append(lambda phase, info: bad() if phase == "start" else None)
gc.collect()
gc.callbacks.clear()
os.register_at_fork(before=bad)
if (pid := os.fork()) == 0:
    os._exit(0)
os.waitpid(pid, 0)


class HidesClose:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    @property
    def close(self):
        raise KeyError(2)


def delegates():
    yield from HidesClose()


g = delegates()
next(g)
g.close()


def ignores():
    try:
        yield
    except GeneratorExit:
        yield


def drop():
    g = ignores()
    next(g)


drop()
gc.collect()
