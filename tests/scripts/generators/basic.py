# Generators: iteration, send, throw, close, return values, state.
def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


print(list(count(4)), sum(count(5)), [*count(2)], tuple(count(0)))
g = count(2)
print(next(g), next(g), next(g, "end"), next(g, "still"))
print(iter(g) is g, type(g).__name__, g.__name__)


def echo():
    received = []
    while True:
        x = yield received
        if x is None:
            return "done"
        received.append(x)


e = echo()
print(next(e), e.send(1), e.send("b"))
try:
    e.send(None)
except StopIteration as s:
    print("returned", s.value)


def guarded():
    while True:
        try:
            x = yield "ready"
            print("got", x)
        except ValueError as e:
            print("caught", e)
        except GeneratorExit:
            print("closing")
            raise
        finally:
            print("finally")


g = guarded()
next(g)
g.send(1)
print(g.throw(ValueError("v")))
g.close()
g.close()
print(next(g, "exhausted"))


def err(f, *a):
    try:
        print(f(*a))
    except BaseException as e:
        print(type(e).__name__, e)


g = count(3)
err(g.send, 5)
err(g.throw, KeyError("unhandled"))
err(next, g)
err(g.throw, 5)
g = count(3)
err(g.throw, ValueError)
err(count)


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


s = stubborn()
next(s)
err(s.close)


def raises_stop():
    yield 1
    raise StopIteration("inner")


err(list, raises_stop())


def reentrant():
    yield next(me)


me = reentrant()
err(next, me)


def ret():
    return 5
    yield


err(next, ret())
print(list(ret()), (yield_from := list((x for x in [1]))))


def close_value():
    try:
        yield
    except GeneratorExit:
        return "value from close"


c = close_value()
next(c)
print(c.close())
print(g.gi_frame, g.gi_running, g.gi_code.co_name, count(1).gi_suspended)
f = count(2)
next(f)
print(f.gi_suspended, f.gi_frame.f_lineno, f.gi_frame.f_locals, f.gi_yieldfrom)


def args_gen(a, *b, c=3, **d):
    yield a, b, c, d


print(next(args_gen(1, 2, 3, c=4, e=5)))
gens = [count(3) for _ in range(3)]
print([next(g) for g in gens for _ in range(2)], list(zip(*gens)))
print(max(x * x % 7 for x in range(10)), {k: v for k, v in ((i, i * 2) for i in range(3))})
