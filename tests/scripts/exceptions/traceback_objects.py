# tb_frame, tb_lineno, tb_next; traceback module; extract and format.
import sys
import traceback


def a():
    b()


def b():
    c(1)


def c(x):
    raise ValueError("deep")


try:
    a()
except ValueError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_frame.f_lineno)
        tb = tb.tb_next
    print(traceback.format_exc())
    print([f"{f.name}:{f.lineno}:{f.line}" for f in traceback.extract_tb(e.__traceback__)])
    print("".join(traceback.format_exception_only(e)))
    print("".join(traceback.format_exception(e)[-1:]), end="")
    traceback.print_exc(file=sys.stdout)
    traceback.print_exc(limit=1, file=sys.stdout)
    e.__traceback__ = None
    traceback.print_exception(e, file=sys.stdout)


def recurse(n):
    if n == 0:
        raise KeyError("bottom")
    recurse(n - 1)


try:
    recurse(20)
except KeyError:
    print(traceback.format_exc())
try:
    try:
        1 / 0
    except ZeroDivisionError as z:
        raise RuntimeError("wrapped") from z
except RuntimeError as e:
    e.add_note("a note\nwith two lines")
    print(traceback.format_exc())
try:
    try:
        1 / 0
    except ZeroDivisionError:
        undefined_thing
except NameError as e:
    print(traceback.format_exc())
te = traceback.TracebackException(KeyError("k"), None, None) if False else traceback.TracebackException.from_exception(KeyError("k"))
print(te.exc_type_str, list(te.format()))


def stack():
    return [f.name for f in traceback.extract_stack()][-2:]


print(stack())
f = sys._getframe()
print(f.f_code.co_name, f.f_lineno, f.f_back, f.f_globals is globals())


def inner():
    fr = sys._getframe(1)
    return fr.f_code.co_name, sorted(fr.f_locals)


def outer(p):
    q = 2
    return inner()


print(outer(1))
try:
    sys._getframe(1000)
except ValueError as e:
    print(e)
try:
    exec(compile("def f():\n    1/0\nf()", "<generated>", "exec"))
except ZeroDivisionError:
    print(traceback.format_exc())
