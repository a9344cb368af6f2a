# What a trace function is told where blocks are left: clean-up has no line of its own, a jump's line comes before what runs on the way.
import sys


def trace(f, *args):
    events = []
    first = f.__code__.co_firstlineno

    def tracer(frame, event, arg):
        if frame.f_code.co_filename == __file__:
            events.append((frame.f_code.co_name, frame.f_lineno - first, event))
        return tracer

    sys.settrace(tracer)
    try:
        f(*args)
    except Exception as e:
        events.append(repr(e))
    finally:
        sys.settrace(None)
    print(f.__name__, *args)
    for e in events:
        print("   ", e)


def named_handler():
    try:
        try:
            raise Exception
        except Exception as e:
            raise
    except Exception:
        pass


def named_handler_ends():
    try:
        1 / 0
    except ZeroDivisionError as e:
        if e:
            a = 1
    return 2


def endless():
    items = [1, 2, 3]
    i = 0
    while True:
        i += items[i]
        if i > 1:
            break


def break_finally():
    for i in range(3):
        try:
            a = 5
            if i > 0:
                break
            a = 8
        finally:
            c = 10
    return a


def continue_finally():
    for i in range(2):
        try:
            if i == 0:
                continue
            a = 8
        finally:
            c = 10
    return a


def return_finally(n):
    try:
        if n == 0:
            return 2
        if n == 1:
            return
        return n + 1
    finally:
        if n:
            4


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass


def return_with():
    with Manager():
        return


def break_with():
    for i in (1, 2):
        with Manager():
            break
    pass


def finally_condition(condition):
    try:
        try:
            raise KeyError
        finally:
            if condition:
                result = 1
        result = 2
    except KeyError:
        result = 3
    return result


def star():
    try:
        try:
            raise ExceptionGroup("eg", [ValueError(5), TypeError("bad type")])
        except* TypeError as e:
            7
        except* OSError:
            9
        except* ValueError:
            raise
    except* ValueError:
        8
    finally:
        10


def unpack_long():
    (a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28,
     b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27, b28,
     c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, c27, c28,
     d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28,
     e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12) = range(129)


def class_ends(n):
    class A:
        """Doc."""
        if n < 9:
            a = 1
        else:
            a = 2


for f in (named_handler, named_handler_ends, endless, break_finally, continue_finally, return_with, break_with, star, unpack_long):
    trace(f)
for n in (0, 1, 2):
    trace(return_finally, n)
trace(finally_condition, True)
trace(finally_condition, False)
trace(class_ends, 3)
trace(class_ends, 30)


# A frame whose function is set from a frame that it called hears of the exception that arrives.
def set_and_raise(tracer):
    sys._getframe().f_back.f_trace = tracer
    sys.settrace(lambda frame, event, arg: None)
    raise RuntimeError


def late(tracer):
    try:
        set_and_raise(tracer)
    except RuntimeError:
        pass


told = []


def tracer(frame, event, arg):
    told.append((frame.f_lineno - late.__code__.co_firstlineno, event))
    return tracer


late(tracer)
sys.settrace(None)
print(told)


# A profiler hears of both ends of a call of a native function through a method.
class C:
    f = classmethod(repr)


told = []
sys.setprofile(lambda frame, event, arg: told.append((event, getattr(arg, "__name__", None))))
C().f()
sys.setprofile(None)
print(told)
