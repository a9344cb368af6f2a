# Finalization order: try/finally in generators at exhaustion, break with close, exceptions inside with.
class Res:
    def __init__(self, n):
        self.n = n

    def __enter__(self):
        print("open", self.n)
        return self.n

    def __exit__(self, *a):
        print("close", self.n, a[0].__name__ if a[0] else None)


def lines():
    with Res("file") as f:
        for i in range(3):
            yield f, i


for x in lines():
    print(x)
g = lines()
next(g)
g.close()
g = lines()
next(g)
try:
    g.throw(OSError("disk"))
except OSError as e:
    print("propagated", e)


def multi():
    try:
        try:
            yield 1
        finally:
            print("a")
            yield 2
            print("b")
    finally:
        print("c")


g = multi()
print(next(g), next(g), next(g, "end"))
g = multi()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)
print(list(multi()))


def exc_state():
    import sys

    try:
        raise ValueError("in gen")
    except ValueError:
        yield sys.exception()
        yield sys.exception()


g = exc_state()
print(repr(next(g)))
try:
    raise KeyError("outside")
except KeyError:
    print(repr(next(g)))
import sys

print(sys.exception())


def loop_else():
    for i in range(2):
        try:
            yield i
        except ValueError:
            print("ignored")
            continue
        print("resumed", i)
    else:
        yield "else"


g = loop_else()
next(g)
print(g.throw(ValueError()), next(g))


def nested_with():
    with Res(1), Res(2):
        yield
        raise KeyError("inside")


try:
    list(nested_with())
except KeyError as e:
    print(e)
from contextlib import closing

with closing(lines()) as c:
    print(next(c))


def return_in_finally_free():
    for i in range(3):
        try:
            yield i
        finally:
            print("fin", i)


it = return_in_finally_free()
for i in it:
    if i == 1:
        break
else:
    print("never")
it.close()
print("done")
