# except* and exception groups.
def run(group):
    log = []
    try:
        raise group
    except* ValueError as g:
        log.append(("value", [str(e) for e in g.exceptions]))
    except* (TypeError, KeyError) as g:
        log.append(("type/key", [repr(e) for e in g.exceptions]))
    return log


print(run(ExceptionGroup("g", [ValueError("a"), ValueError("b")])))
print(run(ExceptionGroup("g", [ValueError("a"), TypeError("t"), KeyError("k")])))
print(run(ExceptionGroup("g", [ExceptionGroup("n", [ValueError("deep")]), TypeError("t")])))
try:
    run(ExceptionGroup("g", [OSError("o"), ValueError("v")]))
except ExceptionGroup as e:
    print("left", e, e.exceptions)
try:
    raise ValueError("plain")
except* ValueError as g:
    print(type(g).__name__, repr(g), g.exceptions)
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError:
        raise KeyError("new")
except ExceptionGroup as g:
    print(repr(g))
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError:
        raise
except ExceptionGroup as g:
    print(repr(g))
try:
    pass
except* ValueError:
    print("no")
else:
    print("else")
finally:
    print("finally")
eg = ExceptionGroup("top", [ValueError(1), ExceptionGroup("sub", [TypeError(2), ValueError(3)])])
print(eg.message, len(eg.exceptions))
print(repr(eg.subgroup(ValueError)))
m, r = eg.split(TypeError)
print(repr(m), repr(r))
print(eg.subgroup(OSError), eg.split(lambda e: isinstance(e, ValueError) and e.args[0] > 2)[0])
print(repr(eg.derive([OSError()])))
for bad in (lambda: ExceptionGroup("x", []), lambda: ExceptionGroup("x", [1]), lambda: ExceptionGroup(1, [ValueError()]), lambda: ExceptionGroup("x", [KeyboardInterrupt()])):
    try:
        bad()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
print(type(BaseExceptionGroup("b", [ValueError()])).__name__, type(BaseExceptionGroup("b", [KeyboardInterrupt()])).__name__)


def nested():
    for i in range(2):
        try:
            raise ExceptionGroup("loop", [ValueError(i)])
        except* ValueError as g:
            print(i, g.exceptions[0])
    try:
        g
    except UnboundLocalError as e:
        print(e)


nested()
try:
    exec("try: pass\nexcept* ExceptionGroup: pass")
    raise ExceptionGroup("e", [ValueError()])
except* Exception as e:
    print("all", len(e.exceptions))
try:
    try:
        raise ValueError("x")
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
