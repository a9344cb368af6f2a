"""`next` and `send` reached as attributes: what is not there is no default."""

import builtins


def count(n):
    yield from range(n)


def through(n):
    yield from count(n)


def plain(it):
    return builtins.next(it)


def with_default(it, default):
    return builtins.next(it, default)


def ends(f, *args):
    try:
        f(*args)
    except StopIteration as e:
        return e.value is None
    return False


for make in (count, through):
    for _ in range(3):
        it = make(1)
        assert plain(it) == 0
        assert ends(plain, it)
        assert ends(plain, it)
        it = make(2)
        assert [with_default(it, "end") for _ in range(4)] == [0, 1, "end", "end"]
        assert next(it, None) is None
        assert with_default(make(0), it) is it


class Holder:
    next = next
    step = staticmethod(next)

    def ask(self, it):
        return self.step(it, self)


holder = Holder()
it = count(1)
assert holder.ask(it) == 0
assert holder.ask(it) is holder
assert ends(holder.step, it)
assert ends(Holder.next, it)
assert Holder.next(it, 5) == 5


def echo():
    got = None
    while got != "stop":
        got = yield got


e = echo()
assert e.send(None) is None
assert e.send(3) == 3
send = e.send
assert send(4) == 4
assert ends(send, "stop")
assert ends(e.send, None)
print("ok")
