# try / except / else / finally in all combinations, with return, break, continue.
def f(kind):
    out = []
    try:
        out.append("try")
        if kind == 1:
            raise ValueError("v")
        if kind == 2:
            raise KeyError("k")
        if kind == 3:
            return out
    except ValueError as e:
        out.append(f"value {e}")
    except (KeyError, IndexError) as e:
        out.append(f"key {e}")
    else:
        out.append("else")
    finally:
        out.append("finally")
    out.append("after")
    return out


for k in range(4):
    print(k, f(k))


def override():
    for i in range(3):
        try:
            return "try"
        finally:
            print("cleanup", i)


print(override())


def loop():
    log = []
    for i in range(5):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            log.append(i)
        finally:
            log.append(f"f{i}")
    return log


print(loop())


def nested():
    try:
        try:
            1 / 0
        finally:
            print("inner finally")
    except ZeroDivisionError as e:
        print("outer", e)
        try:
            raise TypeError("second")
        except TypeError as t:
            print(type(t.__context__).__name__)
    else:
        print("never")


nested()


def reraise():
    try:
        try:
            raise ValueError(1)
        except ValueError:
            raise
    except ValueError as e:
        return e.args


print(reraise())


def deleted():
    try:
        raise ValueError("gone")
    except ValueError as e:
        pass
    try:
        e
    except UnboundLocalError as u:
        print(u)


deleted()


def gen():
    try:
        yield 1
        yield 2
    finally:
        print("gen finally")


for v in gen():
    print(v)
    break
g = gen()
next(g)
g.close()


def ret_in_except():
    try:
        raise KeyError("x")
    except KeyError as e:
        return repr(e)
    finally:
        print("fin")


print(ret_in_except())


def while_finally():
    n = 0
    while True:
        try:
            n += 1
            if n < 3:
                continue
            return n
        finally:
            n += 10


print(while_finally())


def evaluate_once():
    x = 1
    try:
        return x
    finally:
        x = 2


print(evaluate_once())
try:
    try:
        raise OSError(2, "No such thing")
    except ValueError:
        print("no")
except OSError as e:
    print(e.errno, e.strerror, e)
try:
    raise Exception
except Exception as e:
    print(repr(e), e.args)
