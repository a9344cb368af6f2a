"""Raising, handling, chaining, tracebacks, frames."""


def lines(e):
    out, tb = [], e.__traceback__
    while tb:
        out.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
        tb = tb.tb_next
    return out


def inner():
    x = 1
    raise KeyError(x)


def middle():
    try:
        inner()
    except ValueError:
        assert False
    finally:
        y = 2


try:
    middle()
except KeyError as e:
    assert lines(e)[1:] == [("middle", 2), ("inner", 2)], lines(e)
    frame = e.__traceback__.tb_next.tb_next.tb_frame
    assert frame.f_locals["x"] == 1 and frame.f_code is inner.__code__
    assert frame.f_back is not None or True
else:
    assert False

try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("second")
except ValueError as e:
    assert isinstance(e.__context__, ZeroDivisionError) and e.__cause__ is None

order = []


def control(how):
    for i in range(3):
        try:
            if i == 1:
                if how == "break":
                    break
                if how == "continue":
                    continue
                if how == "return":
                    return "returned"
                raise KeyError(how)
            order.append(i)
        except KeyError:
            order.append("except")
        else:
            order.append("else")
        finally:
            order.append("finally")
    return "end"


assert control("break") == "end" and control("continue") == "end"
assert control("return") == "returned" and control("raise") == "end"
assert order.count("finally") == 10 and order.count("except") == 1


class CM:
    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        return self

    def __exit__(self, kind, e, tb):
        self.seen = kind
        return self.swallow


with CM(True) as cm:
    1 / 0
assert cm.seen is ZeroDivisionError
with CM(False) as cm:
    pass
assert cm.seen is None

log = []
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2), KeyError(3)])
except* ValueError as g:
    log.append(len(g.exceptions))
except* (TypeError, KeyError) as g:
    log.append(len(g.exceptions))
assert log == [1, 2]


def unbound():
    if False:
        v = 1
    return v


try:
    unbound()
except UnboundLocalError as e:
    assert str(e) == "cannot access local variable 'v' where it is not associated with a value"
else:
    assert False


def snapshot():
    a = 1

    def use():
        return a

    b = 2
    return locals()


assert sorted(snapshot()) == ["a", "b", "use"]
code = snapshot.__code__
assert code.co_name == "snapshot" and code.co_cellvars == ("a",) and code.replace(co_name="z").co_name == "z"
assert [p for p in code.co_positions()] and [r for r in code.co_lines()]
