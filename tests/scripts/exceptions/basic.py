# Raising and catching; attributes of exceptions; matching.
def catch(f):
    try:
        return f()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


print(catch(lambda: 1 / 0))
print(catch(lambda: [][0]))
print(catch(lambda: {}["k"]))
print(catch(lambda: int("x")))
print(catch(lambda: undefined))
print(catch(lambda: None.x))
print(catch(lambda: "a" + 1))
print(catch(lambda: next(iter([]))))


class MyError(Exception):
    pass


class WithInit(Exception):
    def __init__(self, a, b=2):
        super().__init__(a, b)
        self.a = a


try:
    raise MyError("message", 5)
except MyError as e:
    print(e, e.args, repr(e))
try:
    raise WithInit(1)
except WithInit as e:
    print(e, e.a, e.args)
try:
    raise MyError
except MyError as e:
    print(repr(e), e.args, str(e) == "")


def which(e):
    try:
        raise e
    except (KeyError, IndexError):
        return "lookup pair"
    except LookupError:
        return "lookup"
    except ArithmeticError as a:
        return f"arith {type(a).__name__}"
    except Exception:
        return "other"
    except BaseException:
        return "base"


for e in (KeyError(1), IndexError(), LookupError(), ZeroDivisionError(), OverflowError(), ValueError(), KeyboardInterrupt(), SystemExit()):
    print(which(e))


def err(code):
    try:
        exec(code)
    except BaseException as e:
        print(type(e).__name__, e)


err("raise 5")
err("raise None")
err("raise int")
err("raise 'string'")
err("raise")
err("raise ValueError from 5")
err("raise ValueError from KeyError")
err("try:\n 1/0\nexcept 5: pass")
err("try:\n 1/0\nexcept (ValueError, 'x'): pass")
err("raise type('E', (Exception,), {'__init__': lambda self: 1/0})")
err("raise type('E', (Exception,), {'__new__': lambda cls: 5})")
e = ValueError("a")
e.custom = 1
e.args = ("changed", 2)
print(e, e.custom, e.__dict__)
try:
    e.args = 5
except TypeError as x:
    print(x)
print(ValueError("x") == ValueError("x"), isinstance(e, Exception), issubclass(KeyError, LookupError))
print(str(KeyError("k")), str(KeyError(1, 2)), str(KeyError()), repr(KeyError("k")), str(ValueError("k")), str(ValueError(1, 2)))
print(BaseException.__subclasses__()[:1] != [], Exception.__mro__[1:], Exception().__reduce__())
print(Exception.__new__(ValueError, 1, 2).args, ValueError.__doc__)
