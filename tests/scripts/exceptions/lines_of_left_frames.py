# The line that a frame shows after an exception left it through clean-up.
def lines(f):
    first = f.__code__.co_firstlineno
    try:
        f()
    except Exception as e:
        t = e.__traceback__.tb_next
    print(f.__name__, [t.tb_lineno - first, t.tb_frame.f_lineno - first])


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass


def in_except():
    try:
        1/0
    except:
        1/0
        pass


def in_named_except():
    try:
        1/0
    except Exception as ex:
        1/0
        pass


def other_except():
    try:
        1/0
    except TypeError as ex:
        pass


def in_finally():
    try:
        1/0
    finally:
        1/0
        pass


def after_finally():
    try:
        1/0
    finally:
        x = 1


def after_with():
    with Quiet():
        1/0
        pass


def raised_again():
    try:
        1/0
    except ZeroDivisionError:
        x = 1
        raise


def in_loop():
    for i in range(3):
        try:
            [][i]
        except KeyError:
            pass


for f in (in_except, in_named_except, other_except, in_finally, after_finally, after_with, raised_again, in_loop):
    lines(f)
