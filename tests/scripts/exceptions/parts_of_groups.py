"""Parts of an exception group say that they have a cause to show, be there one or not, as CPython's do; whole ones are what they were."""

import traceback


def group():
    return ExceptionGroup("g", [ValueError(1), KeyError(2), ExceptionGroup("inner", [TypeError(3)])])


d = group()
m, r = d.split(ValueError)
print(m.__suppress_context__, r.__suppress_context__, d.subgroup(KeyError).__suppress_context__, d.split(OSError)[1].__suppress_context__)
print(d.split(Exception)[0] is d, d.__suppress_context__, d.subgroup(TypeError).exceptions[0].__suppress_context__)
try:
    try:
        raise group()
    except* ValueError:
        pass
except ExceptionGroup as e:
    print(e.__suppress_context__, e.__cause__)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            raise group()
        except* (ValueError, TypeError) as e:
            print(e.__suppress_context__, type(e.__context__))
except ExceptionGroup as e:
    text = "".join(traceback.format_exception(e))
    print("During handling" in text, e.__context__)
for cause in None, OSError("cause"):
    g = group()
    g.__cause__ = cause
    g.__context__ = RuntimeError()
    part = g.subgroup(KeyError)
    print(part.__cause__, part.__context__, part.__suppress_context__)
