"""Frames of a traceback lead to their callers by `f_back`, whoever has ended: who hides secrets in error reports walks there."""

import functools
import sys
import threading


def chain(frame):
    names = []
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def shown(tb):
    while tb is not None:
        yield tb.tb_frame.f_code.co_name, chain(tb.tb_frame)
        tb = tb.tb_next


def inner(x):
    secret = x
    raise ValueError(secret)


def middle(x):
    return inner(x)


def outer(x):
    return middle(x)


def sensitive(f):
    @functools.wraps(f)
    def wrapper(*args):
        hidden = ("secret",)
        return f(*args)

    return wrapper


@sensitive
def check(password):
    raise KeyError(password)


def generator():
    yield 1
    inner(2)


def by_generator():
    for _ in generator():
        pass


def by_native():
    return sorted([1, 2], key=inner)


class Thing:
    def __getattr__(self, name):
        return outer(name)

    def __init__(self, fails):
        if fails:
            middle(self)


def closure():
    def within():
        outer(1)

    return within


def again(tb_of):
    raise tb_of


for f in (lambda: outer(1), lambda: check("p"), by_generator, by_native, lambda: Thing(False).x, lambda: Thing(True), closure(),
          lambda: [outer(i) for i in range(2)], lambda: list(map(outer, [1])), lambda: eval("outer(1)"), lambda: exec("def e(): outer(1)\ne()")):
    try:
        f()
    except (ValueError, KeyError) as e:
        error = e
    # Within the module's frame, which goes on.
    for name, names in shown(error.__traceback__):
        print(name, names)
    # The decorator's variables, as Django finds them.
    frame = error.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    print("hidden" in frame.tb_frame.f_back.f_locals, frame.tb_frame.f_back.f_lineno > 0)

# An exception that was kept is raised again elsewhere: who called once is not called by somebody else now.
try:
    again(error)
except ValueError as e:
    tb = e.__traceback__
    print([(name, names[:2]) for name, names in shown(tb)][:3])

# In a thread.
found = []


def work():
    try:
        outer(1)
    except ValueError as e:
        found.append(e)


t = threading.Thread(target=work)
t.start()
t.join()
print([(name, names[:2]) for name, names in shown(found[0].__traceback__)][1:])


# A frame that ended without an exception.
def kept():
    return sys._getframe()


print(chain(kept())[:2] in (["kept"], ["kept", "<module>"]))
