# A generator handles exceptions of its own; at the end of its outermost handler, what counts is what its present caller handles.
import sys


def now():
    e = sys.exception()
    return e and type(e).__name__


def entered_while_handling():
    try:
        raise ValueError
    except ValueError:
        yield now()
    yield now()
    try:
        yield now()
    finally:
        print(" finally", now())


g = entered_while_handling()
try:
    raise IndexError
except IndexError:
    print(next(g))
print(next(g))
try:
    raise KeyError
except KeyError:
    print(next(g))
    g.close()
print(now())


def passed_on():
    try:
        try:
            print(" ", now())
            yield
        except ValueError:
            print(" ", now())
            raise TypeError
    except Exception as e:
        print(" ", now(), type(e.__context__).__name__)
    print(" ", now())
    yield
    print(" ", now())
    yield "done"


g = passed_on()
next(g)
try:
    raise ValueError
except Exception as e:
    g.throw(e)
print(next(g))


def nested():
    try:
        raise KeyError
    except KeyError:
        try:
            raise ValueError
        except ValueError:
            yield now()
        yield now()
        for _ in range(2):
            try:
                yield now()
            except OSError as e:
                print(" context", type(e.__context__).__name__, now())
        yield now()
    yield now()


g = nested()
for step in range(2):
    print(next(g))
print(next(g))
print(g.throw(OSError))
print(g.throw(OSError))
try:
    raise EOFError
except EOFError:
    print(next(g))


async def coroutine(log):
    class Wait:
        def __await__(self):
            yield now()

    try:
        raise ValueError
    except ValueError:
        await Wait()
        log.append(now())
    log.append(now())
    await Wait()
    try:
        raise KeyError
    except KeyError:
        pass
    log.append(now())


log = []
c = coroutine(log)
try:
    raise IndexError
except IndexError:
    print(c.send(None))
print(c.send(None))
try:
    raise EOFError
except EOFError:
    try:
        c.send(None)
    except StopIteration:
        print("end", now())
print(log, now())


def reraises():
    try:
        yield 1
    except ValueError:
        yield 2
        raise


g = reraises()
next(g)
g.throw(ValueError("mine"))
try:
    raise KeyError
except KeyError:
    try:
        next(g)
    except ValueError as e:
        print(e, type(e.__context__).__name__)
g = reraises()
next(g)


def bare():
    yield 1
    try:
        raise
    except (RuntimeError, KeyError) as e:
        yield type(e).__name__
    try:
        raise
    except (RuntimeError, KeyError) as e:
        yield type(e).__name__


g = bare()
next(g)
try:
    raise KeyError
except KeyError:
    print(next(g))
print(next(g))
