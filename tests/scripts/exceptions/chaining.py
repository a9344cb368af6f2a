# __cause__, __context__, __suppress_context__, notes, with_traceback.
def chain(e):
    parts = []
    while e is not None:
        parts.append(f"{type(e).__name__}({e})")
        if e.__cause__ is not None:
            parts.append("caused by")
            e = e.__cause__
        elif e.__context__ is not None and not e.__suppress_context__:
            parts.append("during")
            e = e.__context__
        else:
            e = None
    return " ".join(parts)


def implicit():
    try:
        1 / 0
    except ZeroDivisionError:
        {}["k"]


def explicit():
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise ValueError("v") from e


def suppressed():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("v") from None


def in_finally():
    try:
        1 / 0
    finally:
        raise KeyError("fin")


def nested():
    try:
        explicit()
    except ValueError:
        raise TypeError("t")


def cause_class():
    raise ValueError("x") from KeyError


for f in (implicit, explicit, suppressed, in_finally, nested, cause_class):
    try:
        f()
    except Exception as e:
        print(f.__name__, ":", chain(e), e.__suppress_context__)
try:
    try:
        raise ValueError("one")
    except ValueError as a:
        try:
            raise TypeError("two")
        except TypeError as b:
            raise a
except ValueError as e:
    print(chain(e), chain(e.__context__))
e = ValueError("noted")
e.add_note("first")
e.add_note("second")
print(e.__notes__)
try:
    e.add_note(5)
except TypeError as x:
    print(x)
print(e.with_traceback(None) is e, e.__traceback__)
try:
    e.__cause__ = 5
except TypeError as x:
    print(x)
try:
    e.__context__ = 5
except TypeError as x:
    print(x)
try:
    e.__traceback__ = 5
except TypeError as x:
    print(x)
e.__cause__ = KeyError("set")
print(e.__suppress_context__, repr(e.__cause__))
import sys


def current():
    return repr(sys.exception()), sys.exc_info()[0]


print(current())
try:
    raise ValueError("outer")
except ValueError:
    print(current())
    try:
        raise KeyError("inner")
    except KeyError:
        print(current())
    print(current())
print(current())


def gen():
    try:
        yield current()
    except ValueError:
        yield current()
    yield current()


g = gen()
print(next(g))
try:
    raise TypeError("outside")
except TypeError:
    print(g.throw(ValueError("thrown")))
    print(next(g))
print(current())
loop = ValueError("self")
try:
    try:
        raise loop
    except ValueError as x:
        raise x
except ValueError as x:
    print(x.__context__)
try:
    try:
        raise ValueError(1)
    except ValueError as e1:
        raise e1 from e1
except ValueError as e:
    print(e.__cause__ is e)
