"""`__release_buffer__` hears of the end of each view that `__buffer__` or a base class gave."""

import inspect


class Counted:
    def __init__(self, data):
        self.data = bytearray(data)
        self.held = 0
        self.log = []

    def __buffer__(self, flags):
        self.held += 1
        self.given = memoryview(self.data)
        return self.given

    def __release_buffer__(self, view):
        assert view is self.given
        self.held -= 1
        self.log.append(view.tobytes())


c = Counted(b"hello")
with memoryview(c) as view:
    assert c.held == 1 and view.tobytes() == b"hello"
assert c.held == 0 and c.log == [b"hello"]

# Views that share the export: the last one ends it.
view = memoryview(c)
part = view[1:3]
again = memoryview(part)
view.release()
part.release()
assert c.held == 1 and again.tobytes() == b"el"
again.release()
again.release()
assert c.held == 0 and len(c.log) == 2

# What is asked for in passing is given back.
assert bytes(c) == b"hello" and bytearray(c) == b"hello" and b"".join([c]) == b"hello"
assert int.from_bytes(c, "little") == int.from_bytes(b"hello", "little")
assert c.held == 0, c.held
assert memoryview(b"hello") == c and c.held == 0


class Raises(Counted):
    def __release_buffer__(self, view):
        super().__release_buffer__(view)
        raise RuntimeError("heard by nobody")


import sys

heard = []
sys.unraisablehook = lambda args: heard.append(type(args.exc_value).__name__)
r = Raises(b"x")
memoryview(r).release()
assert heard == ["RuntimeError"] and r.held == 0
try:
    with memoryview(r):
        raise KeyError("passes")
except KeyError:
    pass
assert heard == ["RuntimeError"] * 2
sys.unraisablehook = sys.__unraisablehook__


class Kept(bytearray):
    """The memory is its own: what the call is lent ends with it."""

    def __release_buffer__(self, view):
        for use in (memoryview, lambda v: v.cast("b"), lambda v: v.toreadonly(), lambda v: v[:1], lambda v: v.__buffer__(0)):
            try:
                use(view)
            except ValueError:
                pass
            else:
                raise AssertionError(use)
        self.kept = view
        self.seen = view.tobytes()
        super().__release_buffer__(view)


k = Kept(b"own")
with memoryview(k):
    try:
        k.clear()
    except BufferError:
        pass
    else:
        raise AssertionError("resized while exported")
assert k.seen == b"own"
try:
    k.kept.tobytes()
except ValueError:
    pass
else:
    raise AssertionError("still there")
k.clear()
assert k == b""


class Own(bytearray):
    calls = 0

    def __buffer__(self, flags):
        return super().__buffer__(flags)

    def __release_buffer__(self, view):
        Own.calls += 1
        super().__release_buffer__(view)


o = Own(b"hello")
with memoryview(o) as view:
    assert view.tobytes() == b"hello" and Own.calls == 0
assert Own.calls == 1
o.clear()

for wrong in (lambda self, flags: b"bytes", lambda self, flags: 42, lambda self, flags: None, lambda self: memoryview(b"")):
    bad = type("Bad", (), {"__buffer__": wrong})()
    try:
        memoryview(bad)
    except TypeError:
        pass
    else:
        raise AssertionError(wrong)

with memoryview._from_flags(Counted(b"w"), inspect.BufferFlags.WRITABLE) as view:
    view[0] = 65
    assert view.tobytes() == b"A"
print("ok")
