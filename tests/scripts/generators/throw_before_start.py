"""What is thrown into a generator that has not started comes out as it is, at the line of the definition."""
import traceback


def gen():
    print('not reached')
    yield 1


async def co():
    print('not reached')


async def agen():
    yield 1


def lines(e):
    return [(t.name, t.lineno, t.colno, t.end_colno) for t in traceback.extract_tb(e.__traceback__)][1:]


for make in (gen, co):
    for e in (KeyError('k'), StopIteration(3), StopAsyncIteration(4), GeneratorExit()):
        g = make()
        try:
            g.throw(e)
        except BaseException as got:
            print(got is e, repr(got), got.__cause__, got.__context__, lines(got))
        try:
            print(g.send(None))
        except BaseException as got:
            print(repr(got))
for e in (KeyError('k'), StopIteration(3), StopAsyncIteration(4), GeneratorExit()):
    try:
        agen().athrow(e).send(None)
    except BaseException as got:
        print(got is e, repr(got), lines(got))


def outer(inner):
    try:
        yield from inner
    except StopIteration as e:
        return ('caught', e.value)


g = outer(gen())
try:
    g.throw(StopIteration(5))
except StopIteration as e:
    print(repr(e))

inner = (x for x in 'ab')
try:
    inner.throw(KeyError)
except KeyError as e:
    print(lines(e))
    print(''.join(traceback.format_exception(e)).splitlines()[-2:])
for code in (gen.__code__, co.__code__, agen.__code__, lines.__code__):
    print(next(code.co_positions()))
